"""The shop's credit at the checkout and on the page that changes an order: figures beforehand, and a way on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from akcept.approvals.models import Case, Terms
from akcept.ordering.actions import Placed
from akcept.ordering.models import CreditLimit, Placement
from akcept.organizations.models import UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support.visitors import hidden


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _limit(cast: Cast, amount: str) -> None:
    CreditLimit.objects.create(organization=cast.acme, amount=Decimal(amount), currency="PLN")


def _form(client: Client, person: Person, **changes: Any) -> dict[str, Any]:
    page = _text(client.get("/checkout/"))
    assert person.member is not None
    return {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "address": UnitAddress.objects.get(unit=person.member.unit, is_default=True).pk,
        "delivery": orders.COURIER,
        "payment": "on_account",
        "po_number": "PO-7",
        "note": "pilne",
    } | changes


def _cart(person: Person) -> None:
    carts.fill(person, records=[carts.stock("A", price="100.00")], quantity=1)


def _change(client: Any, placed: Placed, **data: Any) -> Any:
    line = apps.get_model("order.Line").objects.get(order_id=placed.order_id)
    version = Case.objects.get(pk=placed.order_id).version
    typed = {"version": version, f"quantity-{line.pk}": line.quantity, "reason": "kredyt"} | data
    return client.post(f"/orders/{placed.order_number}/change/", typed)


def test_checkout_says_nothing_without_a_limit(cast: Cast, visit: Visit) -> None:
    _cart(cast.ben)
    assert "On account:" not in _text(visit(cast.ben).get("/checkout/"))


@pytest.mark.parametrize(
    ("language", "limit", "words"),
    [
        ("en", "500.00", "On account: PLN 500.00 of PLN 500.00 gross left."),
        ("en", "100.00", "too little for this order. Pay another way, or ask the shop."),
        ("pl", "100.00", "za mało na to zamówienie"),
    ],
)
def test_checkout_says_beforehand_what_is_left(cast: Cast, visit: Visit, language: str, limit: str, words: str) -> None:
    _limit(cast, limit)
    _cart(cast.ben)
    assert words in _text(visit(cast.ben, language=language).get("/checkout/"))


def test_refused_at_its_field_and_paid_another_way(cast: Cast, visit: Visit) -> None:
    _limit(cast, "100.00")
    _cart(cast.anna)
    anna = visit(cast.anna)
    answer = anna.post("/checkout/", _form(anna, cast.anna))
    page = _text(answer)
    assert (answer.status_code, 'id="id_payment-error"' in page) == (409, True)
    for kept in ("PO-7", "pilne"):
        assert kept in page
    assert not Placement.objects.exists()
    assert anna.post("/checkout/", _form(anna, cast.anna, payment="transfer")).status_code == 302
    assert Placement.objects.get().payment_code == "transfer"


def test_otto_s_organisation_has_its_own(cast: Cast, visit: Visit) -> None:
    _limit(cast, "0.00")
    _cart(cast.otto)
    page = _text(visit(cast.otto).get("/checkout/"))
    assert "On account:" not in page


def test_order_says_it_and_its_requester_pays_another_way(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=1, payment_code="on_account")
    _limit(cast, "10.00")
    for who in (cast.anna, cast.ben):
        assert "PLN 10.00 is left" in _text(visit(who).get(f"/orders/{placed.order_number}/"))
    refused = _text(visit(cast.ben).post(f"/orders/{placed.order_number}/accept/", {"version": 1}))
    assert "to have another payment method chosen, or ask the shop." in refused
    anna = visit(cast.anna)
    assert "PLN 10.00 is left" in _text(anna.get(f"/orders/{placed.order_number}/change/"))
    still = _change(anna, placed, payment="on_account", remark="zostaje")
    assert (still.status_code, 'id="id_payment-error"' in _text(still), "zostaje" in _text(still)) == (409, True, True)
    assert _change(anna, placed, payment="transfer").status_code == 302
    assert Placement.objects.get().payment_code == "transfer"
    shown = _text(visit(cast.ben).get(f"/orders/{placed.order_number}/"))
    assert "<del>deferred, on account</del>" in shown
    assert "<ins>bank transfer</ins>" in shown


def test_approver_is_offered_another_way_to_pay_only_then(cast: Cast, visit: Visit) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=1, payment_code="on_account")
    ben = visit(cast.ben)
    assert 'name="payment"' not in _text(ben.get(f"/orders/{placed.order_number}/change/"))
    _limit(cast, "10.00")
    page = _text(ben.get(f"/orders/{placed.order_number}/change/"))
    assert 'name="payment"' in page
    assert 'value="on_account"' not in page
    assert _change(ben, placed, payment="").status_code == 422
    assert _change(ben, placed, payment="transfer").status_code == 302
    assert Placement.objects.get().payment_code == "transfer"


def test_the_shop_sees_how_the_payment_was_changed(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=1, payment_code="on_account")
    _change(visit(cast.anna), placed, payment="transfer")
    page = _text(visit(cast.mia, superuser=True).get(f"/dashboard/acceptance/{placed.order_number}/"))
    assert "<ins>bank transfer</ins>" in page
