"""What was agreed of orders themselves: how small, how large, how paid and delivered (issue 16, point 5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Addressed, Conditions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import Agreement
from akcept.kernel.errors import Invalid, OutOfBounds
from akcept.ordering import actions, payments
from akcept.ordering.models import Placement
from akcept.ordering.ports import WantedLine
from akcept.ordering.shop_terms import agreed_with
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.statements import statements


def _agree(cast: Cast, unit: Any, name: str = "Umowa", **said: Any) -> Agreement:
    wanted = AgreementInput(name=name, conditions=Conditions(**said))
    return agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk)


def _order(person: Person, net: str, **wanted: Any) -> Any:
    """Order one piece at a net price, by a list as other systems do."""
    record = carts.stock(f"T{net}", price=net)
    return actions.place_list(
        [WantedLine(code=record.partner_sku, quantity=1)],
        actor=person.actor,
        **{"delivery_code": orders.COURIER, "delivery_address": orders.address_of(person), **wanted},
    )


def test_an_order_is_as_large_as_agreed_nearest_first_and_umbra_is_not_bound(cast: Cast) -> None:
    _agree(cast, cast.head_office, order_from=Decimal(100), order_up_to=Decimal(200))
    _agree(cast, cast.krakow, "Oddział", order_from=Decimal(50))
    assert agreed_with(cast.krakow.pk) == Conditions(order_from=Decimal(50), order_up_to=Decimal(200))
    with pytest.raises(OutOfBounds, match="50"):
        _order(cast.anna, "49.99")
    with pytest.raises(OutOfBounds, match="100"):
        _order(cast.jan, "99.99")
    with pytest.raises(OutOfBounds, match="200"):
        _order(cast.anna, "200.01")
    assert _order(cast.anna, "50.00").order_number
    assert _order(cast.jan, "200.00").order_number
    assert _order(cast.otto, "0.01").order_number


def test_ways_to_pay_and_to_deliver_are_those_agreed(cast: Cast) -> None:
    _agree(cast, cast.krakow, pays=("on_account",), delivers=(orders.COURIER,))
    with pytest.raises(Invalid) as paid:
        _order(cast.anna, "10.00", payment_code="transfer")
    assert (paid.value.field, "deferred, on account" in str(paid.value)) == ("payment", True)
    with pytest.raises(Invalid) as delivered:
        _order(cast.anna, "10.00", payment_code="on_account", delivery_code="pickup")
    assert delivered.value.field == "delivery"
    assert _order(cast.anna, "10.00", payment_code="on_account").order_number
    assert _order(cast.jan, "10.00", payment_code="transfer").order_number, "another branch has agreed nothing"


def test_an_order_that_waits_goes_to_the_shop_as_large_as_agreed_today(cast: Cast) -> None:
    placed = _order(cast.anna, "90.00")
    row = _agree(cast, cast.krakow, order_from=Decimal(100))
    with pytest.raises(OutOfBounds, match="100"):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    agreements.change_agreement(row.pk, AgreementInput(name="Umowa"), actor=cast.mia.actor, version=1)
    assert actions.accept(placed.order_number, actor=cast.ben.actor, version=1)


@pytest.mark.parametrize(
    ("low", "high", "field"), [("5", "4", "order_up_to"), ("-1", None, "order_from"), (None, "0.001", "order_up_to")]
)
def test_bounds_that_cannot_be_are_refused(cast: Cast, low: str | None, high: str | None, field: str) -> None:
    said = {"order_from": low and Decimal(low), "order_up_to": high and Decimal(high)}
    with pytest.raises(Invalid) as refused:
        _agree(cast, cast.krakow, **said)
    assert refused.value.field == field


@pytest.mark.parametrize("lines", [1, 3])
def test_conditions_are_read_with_the_lists_once_whatever_the_lines(cast: Cast, lines: int) -> None:
    def placing() -> int:
        cart = carts.fill(cast.anna, lines=lines)
        return len(statements(lambda: orders.place_cart(cast.anna, cart, delivery_address=orders.ADDRESS)))

    placing()  # what is read once a process is read
    without = placing()
    _agree(cast, cast.krakow, order_from=Decimal("0.01"))
    assert placing() - without == 2, "what was agreed, and under which version the order is kept"


def test_days_to_pay_are_shown_kept_with_the_order_and_told(cast: Cast, visit: Visit) -> None:
    """Nearest first; a changed agreement changes no order that was placed; Tarnów and Umbra agreed nothing nearer."""
    _agree(cast, cast.head_office, pay_days=30)
    row = _agree(cast, cast.krakow, "Oddział", pay_days=14)
    assert [agreed_with(each.pk).pay_days for each in (cast.krakow, cast.tarnow, cast.terminal)] == [14, 30, None]
    carts.fill(cast.anna)
    assert "within 14 days" in visit(cast.anna).get("/checkout/").content.decode()
    placed = _order(cast.anna, "10.00", payment_code="on_account")
    agreements.change_agreement(row.pk, AgreementInput(name="Oddział"), actor=cast.mia.actor, version=1)
    for client, path in (
        (visit(cast.anna), f"/orders/{placed.order_number}/"),
        (visit(cast.ben), f"/orders/{placed.order_number}/"),
        (visit(cast.mia), f"/dashboard/acceptance/{placed.order_number}/"),
    ):
        assert "deferred, on account, 14 days" in client.get(path).content.decode(), path
    told = system_of(cast.anna).get(f"/orders/{placed.order_number}").json()
    assert (told["payment"], told["payment_days"]) == ("on_account", 14)
    paid_now = _order(cast.jan, "10.00", payment_code="transfer")
    assert system_of(cast.jan).get(f"/orders/{paid_now.order_number}").json()["payment_days"] is None
    assert Placement.objects.get(number=_order(cast.otto, "10.00").order_number).pay_days is None


@pytest.mark.parametrize("days", [-1, 366])
def test_days_to_pay_that_cannot_be_are_refused(cast: Cast, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        _agree(cast, cast.krakow, pay_days=days)
    assert refused.value.field == "pay_days"


@pytest.mark.parametrize(
    ("code", "days", "words"),
    [
        ("transfer", 30, "bank transfer"),
        ("on_account", None, "deferred, on account"),
        ("on_account", 0, "deferred, on account, at once"),
        ("on_account", 1, "deferred, on account, 1 day"),
        ("on_account", 30, "deferred, on account, 30 days"),
    ],
)
def test_how_an_order_is_paid_in_words(code: str, days: int | None, words: str) -> None:
    with translation.override("en"):
        assert payments.within(code, days) == words


ELSEWHERE = replace(orders.ADDRESS, line1="ul. Targowa 5", name="Targi")


def test_goods_go_where_it_was_agreed_nearest_first(cast: Cast, visit: Visit) -> None:
    """Only to the unit's addresses even by those who may elsewhere; or anywhere even for those who may not."""
    free = person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    assert _order(free, "10.00", delivery_address=ELSEWHERE).order_number
    _agree(cast, cast.head_office, addressed=Addressed.ANYWHERE)
    _agree(cast, cast.krakow, "Oddział", addressed=Addressed.OWN)
    with pytest.raises(Invalid, match="addresses of Oddział Kraków only") as refused:
        _order(free, "10.00", delivery_address=ELSEWHERE)
    assert refused.value.field == "address"
    assert _order(free, "10.00").order_number, "their unit's own"
    with pytest.raises(Invalid):
        _order(cast.anna, "10.00", delivery_address=ELSEWHERE)
    assert _order(cast.jan, "10.00", delivery_address=ELSEWHERE).order_number, "agreed with head office"
    with pytest.raises(Invalid):
        _order(cast.otto, "10.00", delivery_address=ELSEWHERE)
    for who, types in ((free, False), (cast.jan, True), (cast.otto, False)):
        carts.fill(who)
        assert ('value="elsewhere"' in visit(who).get("/checkout/").content.decode()) is types, who.name


def test_where_the_permission_was_agreed_it_decides(cast: Cast) -> None:
    _agree(cast, cast.head_office, addressed=Addressed.ANYWHERE)
    _agree(cast, cast.krakow, "Oddział", addressed=Addressed.PERMISSION)
    with pytest.raises(Invalid):
        _order(cast.anna, "10.00", delivery_address=ELSEWHERE)
    free = person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    assert _order(free, "10.00", delivery_address=ELSEWHERE).order_number
