"""Booking orders on budgets: rows written inside the transaction of whoever calls (the actions of `ordering`).

What an order holds is held until it ends: accepted, it is spent in the period of placing; otherwise it is free again.
Only what may take more money needs the budgets locked (`binding.locked`); giving back never does. Every
act of an order is booked once, whatever calls twice: the database refuses the second row of the same act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import OuterRef, QuerySet

from akcept.budgets.binding import Standing, order_sums
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.standing import ZERO
from akcept.budgets.states import RowKind
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts, Basis
from akcept.kernel.money import cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What an order goes through: which one, named so that it cannot be booked twice; by whom, and when."""

    order_id: int
    order_number: str
    organization_id: int
    #: For example "placed", "accepted/1", "amended/3".
    name: str
    actor: Actor
    at: datetime
    reason: str = ""


def booked(order_id: int | OuterRef) -> QuerySet[LedgerRow]:
    """Return what is booked of an order, to be asked for as part of another statement.

    It is booked when it is placed, on the budgets that bind it then, or never.
    """
    return LedgerRow.objects.filter(order_id=order_id)


def book_placing(standings: Sequence[Standing], act: Booking, *, held: bool) -> None:
    """Book a new order on the budgets that bind it: held while it waits, else spent; one statement, none for none."""
    kind = RowKind.HOLD if held else RowKind.SPEND
    _insert(
        _row(
            act, standing.budget_id, standing.funds.period.start, kind, -(standing.this or ZERO), orders=1, of=standing
        )
        for standing in standings
    )


def book_change(standings: Sequence[Standing], act: Booking) -> None:
    """Book what a waiting order takes now, as the difference to what it held; at most two statements."""
    if not standings:
        return
    held = {budget: amount for budget, _start, amount, _spent, _orders in order_sums(act.order_id)}
    rows = []
    for standing in standings:
        more = (standing.this or ZERO) - held.get(standing.budget_id, ZERO)
        if more:
            kind = RowKind.HOLD if more > 0 else RowKind.RELEASE
            rows.append(_row(act, standing.budget_id, standing.funds.period.start, kind, -more, of=standing))
    _insert(rows)


def book_acceptance(act: Booking) -> None:
    """Turn what an order holds into spending, in the period of placing; two statements, one for none."""
    rows = []
    for budget, start, held, _spent, _orders in order_sums(act.order_id):
        rows += [
            _row(act, budget, start, RowKind.RELEASE, held),
            _row(act, budget, start, RowKind.SPEND, -held),
        ]
    _insert(row for row in rows if row.amount)


def book_revocation(act: Booking) -> None:
    """Turn spending back into a hold, when an acceptance is taken back; two statements, one for none."""
    rows = []
    for budget, start, _held, spent, _orders in order_sums(act.order_id):
        rows += [
            _row(act, budget, start, RowKind.CREDIT, spent),
            _row(act, budget, start, RowKind.HOLD, -spent),
        ]
    _insert(row for row in rows if row.amount)


def book_end(act: Booking) -> None:
    """Give everything back that an order holds or has spent, and do not count it; two statements, one for none.

    For orders that were rejected, withdrawn or expired, and for accepted ones that the shop cancels.
    """
    rows = []
    for budget, start, held, spent, orders in order_sums(act.order_id):
        if held or not spent:
            rows.append(_row(act, budget, start, RowKind.RELEASE, held, orders=-orders))
            orders = 0
        if spent:
            rows.append(_row(act, budget, start, RowKind.CREDIT, spent, orders=-orders))
    _insert(row for row in rows if row.amount or row.orders)


def book_given_back(act: Booking, given_back: Amounts) -> None:
    """Bring what an accepted order has spent down to what it costs without what the shop has given back in all.

    Cancelled lines, refunds; at most three statements. `given_back` is in the order's currency, converted by the rate
    of placing; told the same sum once more it books nothing, and never more than is spent is given back.
    """
    sums = {budget: (start, spent) for budget, start, _held, spent, _orders in order_sums(act.order_id) if spent > 0}
    if not sums:
        return
    bases = dict(Budget.objects.filter(pk__in=sums).values_list("pk", "basis"))
    costs: dict[int, tuple[Decimal, Decimal]] = {}
    for row in LedgerRow.objects.filter(order_id=act.order_id, original__isnull=False).order_by("pk"):
        costs[row.budget_id] = (row.original or ZERO, row.rate or ZERO)  # in the end as it was last changed
    rows = []
    for budget, (start, spent) in sums.items():
        original, rate = costs[budget]
        left = max(cents((original - given_back.on(Basis(bases[budget]))) * rate), ZERO)
        rows.append(_row(act, budget, start, RowKind.CREDIT, spent - left))
    _insert(row for row in rows if row.amount > 0)


def _row(
    act: Booking,
    budget_id: int,
    start: date,
    kind: RowKind,
    amount: Decimal,
    *,
    orders: int = 0,
    of: Standing | None = None,
) -> LedgerRow:
    row = LedgerRow(
        budget_id=budget_id,
        organization_id=act.organization_id,
        period_start=start,
        kind=kind.value,
        amount=amount,
        orders=orders,
        order_id=act.order_id,
        order_number=act.order_number,
        act=act.name,
        actor_kind=act.actor.doer.kind.value,
        actor_id=act.actor.doer.user_id,
        reason=act.reason[:300],
        at=act.at,
    )
    if of is not None:
        row.exceeded = bool(of.over)
        row.original, row.original_currency = of.original, of.original_currency
        if of.converted is not None:
            row.rate, row.rate_day, row.rate_source = of.converted.rate, of.converted.day, of.converted.source[:60]
    return row


def _insert(rows: Iterable[LedgerRow]) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a budget's ledger is written inside the transaction of an action")
    LedgerRow.objects.bulk_create(rows)
