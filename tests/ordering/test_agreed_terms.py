"""What was agreed of orders themselves: how small, how large, how paid and delivered (issue 16, point 5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Conditions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import Agreement
from akcept.kernel.errors import Invalid, OutOfBounds
from akcept.ordering import actions
from akcept.ordering.ports import WantedLine
from akcept.ordering.shop_terms import agreed_with
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
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
