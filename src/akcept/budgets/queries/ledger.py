"""The rows of a budget in one period, each with what was left after it; and the orders they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min, QuerySet, Sum

from akcept.budgets import binding, policies, reasons
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.periods import Period
from akcept.budgets.standing import ZERO, Funds
from akcept.budgets.states import HELD, SPENT, TYPED, RowKind
from akcept.kernel.money import cents
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations.queries import name_of
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One row of the ledger as people read it; `left` is what was free in the period after it."""

    at: datetime
    kind: RowKind
    amount: Decimal
    left: Decimal
    order_number: str
    #: The other budget of a transfer, where whoever asks may see it.
    counterpart: str
    reason: str
    who: str
    original: Decimal | None
    original_currency: str
    rate: Decimal | None
    rate_day: date | None
    rate_source: str


def ledger(budget: Budget, funds: Funds, *, seat: Seat, after: str = "", size: int = PAGE_SIZE) -> Page[LedgerLine]:
    """Return rows of a period, newest first; one statement, two from the second page on, one more with transfers.

    The budget must be one the seat may see, `funds` those of the period.
    """
    found, left = _of(budget, funds.period).select_related("actor"), funds.free
    if (key := key_of(after)) is not None:
        left -= cents(found.filter(pk__gte=key).aggregate(sum=Sum("amount"))["sum"] or ZERO)
        found = found.filter(pk__lt=key)
    rows = list(found.order_by("-pk")[: size + 1])
    return page_of(_lines(rows, left, seat), [str(row.pk) for row in rows], size=size, is_first=key is None)


def whole_ledger(budget: Budget, funds: Funds, *, seat: Seat) -> list[LedgerLine]:
    """Return every row of a period, newest first; as `ledger`."""
    return _lines(list(_of(budget, funds.period).select_related("actor").order_by("-pk")), funds.free, seat)


def _of(budget: Budget, period: Period) -> QuerySet[LedgerRow]:
    return LedgerRow.objects.filter(budget=budget, period_start=period.start)


def _lines(rows: Sequence[LedgerRow], left: Decimal, seat: Seat) -> list[LedgerLine]:
    others = {row.counterpart_id for row in rows if row.counterpart_id is not None}
    names = dict(policies.visible(seat).filter(pk__in=others).values_list("pk", "name")) if others else {}
    lines = []
    for row in rows:
        lines.append(
            LedgerLine(
                at=row.at,
                kind=RowKind(row.kind),
                amount=row.amount,
                left=left,
                order_number=row.order_number,
                counterpart=names.get(row.counterpart_id or 0, ""),
                reason=row.reason if row.kind in TYPED else reasons.told(row.reason),
                who=name_of(row.actor) if row.actor else "",
                original=row.original,
                original_currency=row.original_currency,
                rate=row.rate,
                rate_day=row.rate_day,
                rate_source=row.rate_source,
            )
        )
        left -= row.amount
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What one order takes of a budget in a period: held while it waits, spent once it is accepted."""

    order_number: str
    status: str
    who: str
    at: datetime
    held: Decimal
    spent: Decimal


def orders(budget: Budget, period: Period, *, after: str = "", size: int = PAGE_SIZE) -> Page[OrderLine]:
    """Return the orders booked in a period, the last placed first; two statements. As `ledger`."""
    found = (
        _of(budget, period)
        .filter(order__isnull=False)
        .order_by()
        .values_list("order_id")
        .annotate(first=Min("pk"), held=binding.sum_of(HELD), spent=binding.sum_of(SPENT))
        .order_by("-first")
    )
    if (key := key_of(after)) is not None:
        found = found.filter(first__lt=key)
    sums = list(found[: size + 1])
    placing = LedgerRow.objects.select_related("order", "actor").in_bulk([first for _pk, first, *_rest in sums])
    lines = [_order(placing[first], held=held, spent=spent) for _pk, first, held, spent in sums]
    return page_of(lines, [str(first) for _pk, first, *_rest in sums], size=size, is_first=key is None)


def _order(row: LedgerRow, *, held: Decimal, spent: Decimal) -> OrderLine:
    return OrderLine(
        order_number=row.order_number,
        status=row.order.status if row.order else "",
        who=name_of(row.actor) if row.actor else "",
        at=row.at,
        held=-cents(held),
        spent=-cents(spent),
    )
