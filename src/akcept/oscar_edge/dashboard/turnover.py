"""What orders that are work come to: by status and currency, gross with delivery; of months that are over as kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Q, Sum
from oscar.core.loading import get_model

from akcept.oscar_edge.work import is_work

_NOTHING: Final = Decimal("0.00")
#: Status, currency, orders, gross total.
_Row = tuple[str, str, int, Decimal]


@dataclass(frozen=True, slots=True)
class AllOrders:
    """What the orders of a time come to by status, as `by_status` says it."""

    statuses: list[dict[str, Any]]
    kept_lines: int
    #: From a moment up to another: what of the time is not kept.
    rest: Sequence[tuple[datetime | None, datetime | None]]

    @property
    def lines(self) -> int:
        """Their lines; one statement where not all of the time is kept."""
        lines = get_model("order", "Line").objects.filter(_within(self.rest, "order__"))
        return self.kept_lines + (int(lines.count()) if self.rest else 0)


def of_all(since: datetime | None = None, until: datetime | None = None) -> AllOrders:
    """Return what all orders between two moments come to: kept months, and the orders of the rest.

    At most three statements, one where nothing is kept (`akcept.insight`).
    """
    kept, rest = _kept(since, until)
    found = [(standing, currency, number, total) for standing, currency, number, _lines, total in kept]
    if rest:
        found += _read(get_model("order", "Order").objects.filter(_within(rest)))
    return AllOrders(_statuses(found), sum(lines for *_key, lines, _total in kept), rest)


def _kept(since: datetime | None, until: datetime | None) -> tuple[list[Any], list[Any]]:
    if not apps.is_installed("akcept.insight"):
        return [], [(since, until)]
    from akcept.insight import queries  # optional

    return queries.turnover(since or queries.ALWAYS, until or queries.FOR_EVER)


def _within(stretches: Sequence[tuple[datetime | None, datetime | None]], prefix: str = "") -> Q:
    """Return which orders, or what belongs to them, are work of these stretches of time."""
    within = Q(pk__in=[])
    for since, until in stretches:
        bounds = {"gte": since, "lt": until}
        named = {f"{prefix}date_placed__{name}": at for name, at in bounds.items() if at is not None}
        within |= Q(**named) if named else Q(pk__isnull=False)
    return within & is_work(prefix)


def by_status(orders: Any) -> list[dict[str, Any]]:
    """Return status, number (`freq`) and gross totals of orders, by the status' name; one statement.

    `turnover` has the total of each currency; `revenue`, for Oscar's own pages, that of the shop's own.
    """
    return _statuses(_read(orders))


def _read(orders: Any) -> Iterable[_Row]:
    grouped = orders.order_by().values_list("status", "currency")
    found: Iterable[_Row] = grouped.annotate(freq=Count("id"), total=Sum("total_incl_tax"))
    return found


def _statuses(found: Iterable[_Row]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for standing, currency, number, total in sorted(found):
        row = rows.setdefault(standing, {"status": standing, "freq": 0, "turnover": by_currency(())})
        row["freq"] += number
        row["turnover"][currency] = row["turnover"].get(currency, _NOTHING) + total
    return [{**row, "revenue": in_own(row["turnover"])} for row in rows.values()]


def turnover(statuses: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    """Return what orders of all these statuses come to, in each currency; the shop's own first."""
    return by_currency(each for row in statuses for each in row["turnover"].items())


def by_currency(totals: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return the sum of the totals of each currency: the shop's own first, even if it is nothing, then by name."""
    sums: dict[str, Decimal] = {own_currency(): _NOTHING}
    for currency, total in sorted(totals):
        sums[currency] = sums.get(currency, _NOTHING) + total
    return sums


def in_own(sums: dict[str, Decimal]) -> Decimal:
    """Return of a `turnover` what it is in the shop's own currency, the one that Oscar's own pages know."""
    return sums[own_currency()]


def own_currency() -> str:
    """Return the shop's own currency."""
    return str(settings.OSCAR_DEFAULT_CURRENCY)
