"""Row A2 beside A7: budgets that count net and gross bind the same order, and each is booked to the grosz.

Reckoned by hand. 2 at 24.50 (23 %) and 3 at 10.01 (8 %), all less 10 per cent: 44.10 and 27.03 net. With the courier's
19.00 the VAT is 14.51 (of 63.10, 10.14 of it the first line's) and 2.16, so the lines are 54.24 and 29.19 gross.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.approvals.models import Terms
from akcept.budgets.models import LedgerRow
from akcept.ordering import actions
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from tests.support import offers

BASES = ("goods_net", "goods_gross", "total_net", "total_gross")
WHOLE = dict(zip(BASES, ("71.13", "83.43", "90.13", "106.80"), strict=True))
#: Without the first line; the courier comes all the same.
WITHOUT_FIRST = dict(zip(BASES, ("27.03", "29.19", "46.03", "52.56"), strict=True))
#: 54.24 of 106.80 paid back, and nobody says for what: that share of every sum.
SHARE_PAID_BACK = dict(zip(BASES, ("35.01", "41.06", "44.36", "52.56"), strict=True))
NOTHING = dict.fromkeys(BASES, "0.00")


def _placed(cast: Cast, person: Person) -> Any:
    for basis in BASES:
        budgets.make(cast.krakow, "1000.00", basis=basis, name=basis)
    offers.percent("10")
    records = [carts.stock("A", price="24.50", rate=23), carts.stock("B", price="10.01", rate=8)]
    cart = carts.fill(person, records=records, quantity=2)
    lines = apps.get_model("basket.Line").objects.filter(basket_id=cart)
    lines.filter(stockrecord=records[1]).update(quantity=3)
    return orders.order(orders.place_cart(person, cart))


def _first(order: Any) -> Any:
    return order.lines.get(partner_sku="A")


def _booked() -> dict[str, str]:
    """Return what each budget is booked for, held or spent."""
    sums: dict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for basis, amount in LedgerRow.objects.values_list("budget__name", "amount"):
        sums[basis] -= amount
    return {basis: str(amount + 0) for basis, amount in sums.items()}


def _counted() -> set[int]:
    """Return how many orders the budgets count."""
    sums: dict[str, int] = defaultdict(int)
    for basis, number in LedgerRow.objects.values_list("budget__name", "orders"):
        sums[basis] += number
    return set(sums.values())


def _paid_back(order: Any, amount: str) -> None:
    kind = apps.get_model("payment.SourceType").objects.get_or_create(code="cash", name="Cash")[0]
    source = apps.get_model("payment.Source").objects.create(order=order, source_type=kind, amount_debited=200)
    source.refund(Decimal(amount))


@pytest.mark.django_db
def test_a2_a_discounted_line_given_back_is_credited_on_every_basis_and_the_rest_with_the_order(cast: Cast) -> None:
    order = _placed(cast, cast.ben)
    assert (_booked(), _counted()) == (WHOLE, {1})
    _first(order).set_status("cancelled")
    assert (_booked(), _counted()) == (WITHOUT_FIRST, {1})
    order.refresh_from_db()
    order.set_status("cancelled")
    assert (_booked(), _counted()) == (NOTHING, {0})


@pytest.mark.django_db
def test_a2_money_paid_back_for_a_discounted_line_and_the_line_cancelled_are_the_same_money(cast: Cast) -> None:
    """The line says what of it was net; a share of the whole order said 45.77 of the net total, where it was 44.10."""
    order = _placed(cast, cast.ben)
    _first(order).set_status("cancelled")
    _paid_back(order, "54.24")
    assert _booked() == WITHOUT_FIRST
    _paid_back(order, "52.56")
    assert _booked() == NOTHING


@pytest.mark.django_db
def test_a2_money_paid_back_nobody_says_for_what_is_a_share_of_every_sum_and_stays_given(cast: Cast) -> None:
    order = _placed(cast, cast.ben)
    _paid_back(order, "54.24")
    assert _booked() == SHARE_PAID_BACK
    _first(order).set_status("cancelled")
    assert _booked() == WITHOUT_FIRST | {"total_net": SHARE_PAID_BACK["total_net"]}
    order.refresh_from_db()
    order.set_status("cancelled")
    assert (_booked(), _counted()) == (NOTHING, {0})


@pytest.mark.django_db
def test_a2_an_order_accepted_without_one_of_its_lines_spends_what_is_left(cast: Cast) -> None:
    order = _placed(cast, cast.anna)
    assert _booked() == WHOLE
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    without = {_first(order).pk: 0}
    actions.amend(order.number, actor=cast.ben.actor, version=1, quantities=without, reason="There are some left.")
    actions.accept(order.number, actor=cast.ben.actor, version=2)
    assert (_booked(), _counted()) == (WITHOUT_FIRST, {1})
    spent = LedgerRow.objects.filter(kind="spend").values_list("budget__name", "amount")
    assert {basis: str(-amount) for basis, amount in spent} == WITHOUT_FIRST
    apps.get_model("order.Order").objects.get(pk=order.pk).set_status("cancelled")
    assert (_booked(), _counted()) == (NOTHING, {0})


@pytest.mark.django_db
def test_a2_an_order_that_is_rejected_frees_every_basis(cast: Cast) -> None:
    order = _placed(cast, cast.anna)
    actions.reject(order.number, actor=cast.ben.actor, version=1, reason="Too dear.")
    assert (_booked(), _counted()) == (NOTHING, {0})
