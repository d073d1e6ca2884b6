"""What the checkout refuses: bad input loses nothing, what changed is shown, no way leads around it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from oscar.core.loading import get_class

from akcept.approvals.models import Case
from akcept.ordering.models import Placement
from akcept.organizations.models import Member, UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.oscar_edge.checkout import CHECKOUT, form_of, text_of
from tests.support.visitors import hidden


def test_member_who_may_not_order_sees_prices_and_whom_to_ask(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.cora)
    client = visit(cast.cora)
    page = text_of(client.get(CHECKOUT))
    assert "Dora Zielińska" in page
    assert "11.00" in page
    assert "btn-accept btn-lg" not in page, "there is no button to order with"
    answer = client.post(CHECKOUT, form_of(client, cast.cora))
    assert answer.status_code == 403
    assert not Placement.objects.exists()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"delivery": ""}, "delivery"),
    ({"delivery": "pigeon"}, "delivery"),
    ({"payment": ""}, "payment"),
    ({"payment": "barter"}, "payment"),
    ({"address": ""}, "address"),
    ({"address": "999999"}, "address"),
    ({"address": "abc"}, "address"),
    ({"address": "elsewhere"}, "address"),
    ({"address": "9" * 5000}, "address"),
    ({"po_number": "x" * 61}, "po_number"),
    ({"note": "x" * 1001}, "note"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_bad_input_is_told_at_its_field_and_the_rest_stays(
    cast: Cast, visit: Visit, change: dict[str, Any], field: str
) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    typed = {"po_number": "PO-77", "note": "kept words"} | change
    answer = client.post(CHECKOUT, form_of(client, cast.anna, **typed))
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'id="id_{field}-error"' in page
    if field != "note":
        assert "kept words" in page
    if field != "po_number":
        assert "PO-77" in page
    assert not Placement.objects.exists()


@pytest.mark.parametrize("field", ["cart", "seen"])
@pytest.mark.parametrize("value", ["", "abc", "-1", "9" * 30])
def test_mangled_hidden_fields_place_nothing(cast: Cast, visit: Visit, field: str, value: str) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    answer = client.post(CHECKOUT, form_of(client, cast.anna, **{field: value}))
    assert answer.status_code in (302, 409, 422)
    assert not Placement.objects.exists()


def test_address_of_another_unit_or_organisation_is_not_taken(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    for unit in (cast.tarnow, cast.terminal):
        foreign = UnitAddress.objects.get(unit=unit).pk
        assert client.post(CHECKOUT, form_of(client, cast.anna, address=foreign)).status_code == 422
    assert not Placement.objects.exists()


def test_basket_of_somebody_else_is_not_ordered(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    foreign = carts.fill(cast.otto)
    client = visit(cast.anna)
    client.post(CHECKOUT, form_of(client, cast.anna, cart=foreign))
    assert not Placement.objects.exists()


def test_price_that_rose_meanwhile_is_shown_before_it_is_ordered(cast: Cast, visit: Visit) -> None:
    record = carts.stock("RISES", price="10.00")
    carts.fill(cast.anna, records=[record])
    client = visit(cast.anna)
    form = form_of(client, cast.anna, note="kept words")
    apps.get_model("partner.StockRecord").objects.filter(pk=record.pk).update(price=12)
    answer = client.post(CHECKOUT, form)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "changed since you opened" in page
    assert "kept words" in page
    assert hidden(page, "seen") != form["seen"]
    assert client.post(CHECKOUT, form | {"seen": hidden(page, "seen")}).status_code == 302


def test_sold_out_meanwhile_names_the_product(cast: Cast, visit: Visit) -> None:
    record = carts.stock("GONE", number=3)
    carts.fill(cast.anna, records=[record])
    client = visit(cast.anna)
    form = form_of(client, cast.anna)
    apps.get_model("partner.StockRecord").objects.filter(pk=record.pk).update(num_in_stock=0)
    answer = client.post(CHECKOUT, form)
    assert answer.status_code == 409
    assert "Produkt GONE" in text_of(answer)


def test_right_taken_away_with_the_page_open(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    form = form_of(client, cast.anna)
    Member.objects.filter(pk=cast.anna.member.pk).update(place_orders=False)
    answer = client.post(CHECKOUT, form)
    assert (answer.status_code, "Dora Zielińska" in text_of(answer)) == (403, True)


DOORS = ["shipping-address", "shipping-method", "payment-method", "payment-details", "preview"]


@pytest.mark.parametrize("door", DOORS)
def test_oscars_own_steps_place_nothing(cast: Cast, visit: Visit, door: str) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    for answer in (
        client.get(f"/checkout/{door}/"),
        client.post(f"/checkout/{door}/", {"action": "place_order"}),
    ):
        assert answer["Location"] == CHECKOUT
    assert not Placement.objects.exists()
    assert not apps.get_model("order.Order").objects.exists()


@pytest.mark.parametrize(("who", "status"), [("anna", "awaiting_acceptance"), ("ben", "unhandled")])
def test_code_that_places_oscars_way_waits_like_any_other(cast: Cast, who: str, status: str) -> None:
    """Whatever status and number it asks for."""
    buyer: Person = getattr(cast, who)
    basket = apps.get_model("basket.Basket").objects.get(pk=carts.fill(buyer))
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=None,
        shipping_method=SimpleNamespace(code=orders.COURIER),
        shipping_charge=None,
        user=buyer.user,
        shipping_address=SimpleNamespace(
            name=orders.ADDRESS.name,
            line1=orders.ADDRESS.line1,
            postcode=orders.ADDRESS.postcode,
            line4=orders.ADDRESS.city,
            country_id="PL",
        ),
        status="unhandled",
        order_number="X1",
    )
    assert (order.status, order.number == "X1") == (status, False)
    assert Case.objects.filter(order=order).exists() is (who == "anna")


def test_nobody_orders_again_around_it(cast: Cast, visit: Visit) -> None:
    """Oscar's re-order fills the basket; what is ordered from it waits like anything else."""
    placed = orders.place(cast.anna)
    client = visit(cast.anna)
    client.post(f"/accounts/orders/{placed.order_number}/", {"order_id": placed.order_number, "action": "reorder"})
    assert Placement.objects.count() == 1
    assert re.match(r"/orders/\d+/", client.get(f"/accounts/orders/{placed.order_number}/")["Location"])


@pytest.mark.parametrize("who", ["ben", "otto", "paul", None])
def test_anonymous_order_page_shows_nothing(cast: Cast, visit: Visit, who: str | None) -> None:
    placed = orders.place(cast.anna)
    order = orders.order(placed)
    client = visit(getattr(cast, who) if who else None)
    answer = client.get(f"/accounts/order-status/{placed.order_number}/{order.verification_hash()}/", follow=True)
    assert "Produkt" not in text_of(answer) or who == "ben"
