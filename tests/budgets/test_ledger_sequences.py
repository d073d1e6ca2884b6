"""Whatever happens to orders in whatever sequence, the ledger stays true."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akcept.budgets import binding, ledger
from akcept.budgets.ledger import Booking
from akcept.budgets.models import LedgerRow
from akcept.budgets.standing import Effect, funds_of
from akcept.testing import budgets
from akcept.testing.cast import Cast
from tests.budgets.test_ledger import NOW, act, amounts, an_order, bearer

# --- any sequence ---


STEP = st.tuples(
    st.sampled_from(["place", "place", "accept", "end", "amend", "revoke", "credit", "cancel", "month"]),
    st.integers(0, 5),
    st.decimals("0.00", "700.00", places=2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    carry=st.sampled_from(["none", "all", "up_to"]),
    effect=st.sampled_from(["block", "warn"]),
    steps=st.lists(STEP, max_size=20),
)
def test_any_sequence_keeps_the_ledger_true(
    cast: Cast, pool: list[Any], carry: str, effect: str, steps: list[tuple[str, int, Decimal]]
) -> None:
    """Orders that did not end accepted sum to zero; a blocking budget is never passed; sums are what the acts say."""
    sid = transaction.savepoint()
    try:
        _Run(cast, pool, carry=carry, effect=effect).through(steps)
    finally:
        transaction.savepoint_rollback(sid)


@pytest.fixture
def pool(cast: Cast) -> list[Any]:
    """Orders of the shop to book on; what they cost is drawn."""
    return [an_order() for _ in range(26)]


class _Run:
    """A budget, and beside it what ought to be: a plain dictionary of orders."""

    def __init__(self, cast: Cast, pool: list[Any], *, carry: str, effect: str) -> None:
        self.cast, self.pool, self.now = cast, list(pool), NOW
        self.budget = budgets.make(cast.krakow, carry=carry, carry_most=Decimal(250), effect=effect)
        self.budgets = [self.budget, budgets.make(cast.anna, "1500.00", effect="warn", basis="total_gross")]
        #: order -> [state, start of its period, what it takes of the first budget, given back, value]
        self.orders: dict[Any, list[Any]] = {}
        self.acts = 0

    def through(self, steps: list[tuple[str, int, Decimal]]) -> None:
        for what, which, value in steps:
            if what == "place":
                self.place(value)
            elif what == "month":
                self.now += timedelta(days=31)
            elif self.orders:
                order = list(self.orders)[which % len(self.orders)]
                getattr(self, what)(order, value)
            self.check()

    def _act(self, order: Any) -> Booking:
        self.acts += 1
        return act(order, f"act/{self.acts}", self.cast.anna, at=self.now)

    def place(self, value: Decimal) -> None:
        found = binding.standings(bearer(self.cast.anna), amounts(str(value)), at=self.now, lock=True)
        if any(standing.over and standing.effect is Effect.BLOCK for standing in found):
            return
        order = self.pool.pop()
        ledger.book_placing(found, self._act(order), held=True)
        self.orders[order] = ["held", found[0].funds.period.start, value, Decimal(0), value]

    def accept(self, order: Any, _value: Decimal) -> None:
        if self.orders[order][0] == "held":
            ledger.book_acceptance(self._act(order))
            self.orders[order][0] = "spent"

    def revoke(self, order: Any, _value: Decimal) -> None:
        if self.orders[order][0] == "spent" and not self.orders[order][3]:  # the shop has not begun with it
            ledger.book_revocation(self._act(order))
            self.orders[order][0] = "held"

    def amend(self, order: Any, value: Decimal) -> None:
        if self.orders[order][0] != "held":
            return
        found = binding.standings_of_order(order.pk, amounts(str(value)), lock=True, today=self.now.date())
        if (
            any(standing.over and standing.effect is Effect.BLOCK for standing in found)
            and value > self.orders[order][2]
        ):
            return
        ledger.book_change(found, self._act(order))
        self.orders[order][2] = self.orders[order][4] = value

    def credit(self, order: Any, value: Decimal) -> None:
        if self.orders[order][0] == "spent":
            entry = self.orders[order]
            entry[3] += value
            ledger.book_given_back(self._act(order), amounts(str(entry[3]), delivery="0"))
            entry[2] = max(Decimal(0), entry[4] - entry[3])

    def end(self, order: Any, _value: Decimal) -> None:
        if self.orders[order][0] == "held":
            ledger.book_end(self._act(order))
            self.orders[order] = ["ended", self.orders[order][1], Decimal(0), Decimal(0), Decimal(0)]

    def cancel(self, order: Any, _value: Decimal) -> None:
        if self.orders[order][0] == "spent":
            ledger.book_end(self._act(order))
            self.orders[order] = ["ended", self.orders[order][1], Decimal(0), Decimal(0), Decimal(0)]

    def check(self) -> None:
        rows: dict[tuple[int, int], list[LedgerRow]] = {}
        for row in LedgerRow.objects.all():
            rows.setdefault((row.order_id, row.budget_id), []).append(row)
        for order in (order for order, entry in self.orders.items() if entry[0] == "ended"):
            for budget in self.budgets:
                assert sum(row.amount for row in rows[order.pk, budget.pk]) == 0
                assert sum(row.orders for row in rows[order.pk, budget.pk]) == 0
        used = binding.sums_of([self.budget]).get(self.budget.pk, {})
        for start in {start for _state, start, *_ in self.orders.values()}:
            inside = [entry for entry in self.orders.values() if entry[1] == start]
            assert used[start].held == sum(value for state, _s, value, *_ in inside if state == "held")
            assert used[start].spent == sum(value for state, _s, value, *_ in inside if state == "spent")
            assert used[start].orders == sum(1 for state, *_ in inside if state != "ended")
        if self.budget.effect == "block":
            every = self.budget.periods_until(max([self.now.date(), *used]), marks=used)
            assert all(funds.free >= 0 for funds in funds_of(self.budget.terms, every, used))
