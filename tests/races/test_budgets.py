"""Budgets at once: money is never used twice and nobody waits for ever; the naive way is shown to fail beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from akcept.budgets import binding, ledger
from akcept.budgets.ledger import Booking
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.scope import Bearer
from akcept.budgets.states import State
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import OverBudget
from akcept.ordering.models import Placement
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from tests.budgets.test_ledger import bearer
from tests.support.threads import together

pytestmark = pytest.mark.postgres

REQUESTERS, FITTING, ROUNDS = 20, 7, 30
PRICE = Decimal("100.00")
AMOUNTS = Amounts(currency="PLN", goods_net=PRICE, goods_gross=PRICE, total_net=PRICE, total_gross=PRICE)


def _moment(number: int) -> datetime:
    """Return a moment in a month of its own for each round."""
    return datetime(2026 + number // 12, number % 12 + 1, 10, 9, 0, tzinfo=UTC)


def _act(order: Any, who: Bearer, number: int, name: str) -> Booking:
    return Booking(
        order_id=order.pk,
        order_number=order.number,
        organization_id=who.organization_id,
        name=f"{name}/{number}",
        actor=Actor.system("race"),
        at=_moment(number),
    )


def _place(order: Any, who: Bearer, *, number: int, lock: bool) -> None:
    """Book an order as placing does; without `lock` it is the naive way: look, then write."""
    with transaction.atomic():
        found = binding.standings(who, AMOUNTS, at=_moment(number), lock=lock)
        if any(standing.over for standing in found):
            raise OverBudget("nothing is left")
        ledger.book_placing(found, _act(order, who, number, "placed"), held=True)


def _end(order: Any, who: Bearer, *, number: int) -> None:
    with transaction.atomic():
        ledger.book_end(_act(order, who, number, "ended"))


@pytest.fixture
def pool(cast: Cast) -> list[tuple[Any, Bearer]]:
    """As many orders as there are requesters, from two branches below head office."""
    people = [cast.anna, cast.piotr] * (REQUESTERS // 2)
    return [(orders.order(orders.place(who, records=[carts.stock("R1")])), bearer(who)) for who in people]


def _outcomes(results: list[Any]) -> dict[str, int]:
    names = [type(result).__name__ for result in results]
    return {name: names.count(name) for name in sorted(set(names))}


def _used(budget: Budget, number: int) -> Decimal:
    sums = binding.sums_of([budget])[budget.pk][_moment(number).date().replace(day=1)]
    return sums.held + sums.spent


@pytest.mark.slow
def test_twenty_at_once_on_money_for_seven(cast: Cast, pool: list[tuple[Any, Bearer]]) -> None:
    """Two budgets bind every order, whose other budgets lie around them: locked in one order, nobody deadlocks."""
    below = budgets.make(cast.krakow, "1500.00", name="Branch")
    whole = budgets.make(cast.head_office, str(PRICE * FITTING), name="Whole")
    for number in range(ROUNDS):
        results = together(*(partial(_place, order, who, number=number, lock=True) for order, who in pool))
        assert _outcomes(results) == {"NoneType": FITTING, "OverBudget": REQUESTERS - FITTING}, results
        assert _used(whole, number) == _used(below, number) == PRICE * FITTING
    assert LedgerRow.objects.count() == ROUNDS * FITTING * 2


def test_the_naive_way_spends_money_twice(cast: Cast, pool: list[tuple[Any, Bearer]]) -> None:
    """The control: without the lock the same race passes the budget, so the race is one."""
    whole = budgets.make(cast.head_office, str(PRICE * FITTING), name="Whole")
    exceeded = 0
    for number in range(10):
        together(*(partial(_place, order, who, number=number, lock=False) for order, who in pool))
        exceeded += _used(whole, number) > PRICE * FITTING
    assert exceeded > 0


def test_placing_and_ending_at_once_never_passes_the_budget(cast: Cast, pool: list[tuple[Any, Bearer]]) -> None:
    """Releases take no lock: they only give. What they free may be used at once or a moment later, never twice."""
    whole = budgets.make(cast.head_office, str(PRICE * FITTING), name="Whole")
    for number in range(20):
        first, rest = pool[:FITTING], pool[FITTING:]
        for order, who in first:
            _place(order, who, number=number, lock=True)
        ending = [partial(_end, order, who, number=number) for order, who in first]
        placing = [partial(_place, order, who, number=number, lock=True) for order, who in rest]
        results = together(*ending, *placing)
        assert set(_outcomes(results)) <= {"NoneType", "OverBudget"}, results
        placed = _outcomes(results[FITTING:]).get("NoneType", 0)
        assert placed <= FITTING
        assert _used(whole, number) == PRICE * placed


def test_an_order_is_given_back_once(cast: Cast, pool: list[tuple[Any, Bearer]]) -> None:
    whole = budgets.make(cast.head_office, name="Whole")
    order, who = pool[0]
    for number in range(20):
        _place(order, who, number=number, lock=True)
        results = together(*[partial(_end, order, who, number=number)] * 3)
        assert _outcomes(results).get("NoneType", 0) >= 1
        assert _used(whole, number) == 0


@pytest.mark.slow
def test_twenty_orders_placed_at_once_on_money_for_seven(cast: Cast) -> None:
    """The whole way, as the checkout goes it: seven orders are there, the others' baskets are as they were."""
    record = carts.stock("RACE", price=str(PRICE), number=100_000)
    people = [cast.anna, cast.piotr] * (REQUESTERS // 2)
    orders.place(cast.anna, records=[record], quantity=1)
    for number in range(10):
        below = budgets.make(cast.krakow, "1500.00", name=f"Branch {number}", starts=_today())
        whole = budgets.make(cast.head_office, str(PRICE * FITTING), name=f"Whole {number}", starts=_today())
        filled = [carts.fill(who, records=[record], quantity=1) for who in people]
        results = together(*(partial(orders.place_cart, who, cart) for who, cart in zip(people, filled, strict=True)))
        assert _outcomes(results) == {"OverBudget": REQUESTERS - FITTING, "Placed": FITTING}, results
        for budget in (whole, below):
            rows = LedgerRow.objects.filter(budget=budget)
            assert -sum(row.amount for row in rows) == PRICE * FITTING
            assert rows.values("order").distinct().count() == FITTING
        Budget.objects.update(state=State.CLOSED)
    assert Placement.objects.count() == 10 * FITTING + 1


def _today() -> date:
    return utc_now().date().replace(day=1)
