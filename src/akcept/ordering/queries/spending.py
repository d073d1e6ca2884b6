"""What an organisation spent: by unit, member, category or month; from the lines of orders that are the shop's work.

Waiting orders, those that ended without acceptance, and what the shop cancelled are left out. Money is net, without
delivery, in one currency at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.budgets.calendars import calendar_of
from akcept.budgets.periods import local_day
from akcept.budgets.policies import sees_budgets
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.kernel.money import cents
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.ports import assortment
from akcept.ordering.visibility import visible_placements
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import name_of
from akcept.organizations.seats import Seat

#: Rows a report has; the rest is one row at its end.
SHOWN: Final = 100
_SEES: Final = frozenset({Permission.SEE_ALL_ORDERS, Permission.SEE_UNIT_ORDERS})
_NET: Final = "order__lines__line_price_excl_tax"


class Dimension(StrEnum):
    """What spending is broken down by."""

    UNIT = "unit"
    MEMBER = "member"
    CATEGORY = "category"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a report is asked for, both days included.

    Without days the last twelve months, without a currency the one most orders are in.
    """

    by: Dimension = Dimension.UNIT
    since: date | None = None
    until: date | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingRow:
    """One unit, member, category or month. An order may count in several categories, its money only in one each."""

    label: str
    orders: int
    net: Decimal
    #: In per cent of the largest row, for the chart.
    width: Decimal
    #: In per cent of the whole.
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Spending in one currency; `rest` is how many rows were put together at the end."""

    by: Dimension
    since: date
    until: date
    currency: str
    currencies: tuple[str, ...]
    rows: tuple[SpendingRow, ...]
    total: Decimal
    orders: int
    seat: Seat

    @property
    def average(self) -> Decimal:
        """What one order came to."""
        return cents(self.total / self.orders) if self.orders else self.total


def sees_spending(seat: Seat | None) -> bool:
    """Whether a seat has reports: who sees budgets, or others' orders by permission."""
    sees = seat is not None and seat.active and seat.sees_prices
    return seat is not None and sees and (sees_budgets(seat) or bool(seat.permissions & _SEES))


def report(actor: Actor, question: Question, *, now: datetime | None = None) -> Report:
    """Return what the orders the actor may count add up to.

    For whoever sees budgets the orders of their unit and below, for others those they may see. A constant number of
    statements. Raises NotAllowed.
    """
    seat = policies.require_seat(organizations.seat_of(actor))
    if not sees_spending(seat):
        raise NotAllowed(
            _("To see reports you need the permission “seeing budgets”. Ask an administrator of your organisation.")
        )
    zone = ZoneInfo(calendar_of(seat.organization_id).time_zone)
    until = question.until or local_day(now or utc_now(), zone.key)
    since = question.since or _year_before(until)
    found = _counted(actor, seat).filter(
        placed_at__gte=datetime.combine(since, time(), zone),
        placed_at__lt=datetime.combine(until + timedelta(days=1), time(), zone),
    )
    currencies = _currencies(found)
    currency = (
        question.currency
        if question.currency in currencies
        else next(iter(currencies), settings.OSCAR_DEFAULT_CURRENCY)
    )
    found = found.filter(currency=currency)
    rows = _LABELLED[question.by](found, zone)
    total = sum((net for _label, _orders, net in rows), Decimal("0.00"))
    return Report(
        by=question.by,
        since=since,
        until=until,
        currency=currency,
        currencies=tuple(currencies),
        rows=_rows(rows, total),
        total=total,
        orders=currencies.get(currency, 0),
        seat=seat,
    )


def _year_before(until: date) -> date:
    """Return the first day of the twelve months that end with the month of a day."""
    months = until.year * 12 + until.month - 12
    return date(months // 12, months % 12 + 1, 1)


def _counted(actor: Actor, seat: Seat) -> QuerySet[Placement]:
    own = Placement.objects.filter(organization_id=seat.organization_id).order_by()
    own = own.exclude(order__status__in=[*status.NOT_WORK, status.CANCELLED])
    if Permission.SEE_ALL_ORDERS in seat.permissions:
        return own  # the rule of `visible_placements` without asking it of each order
    ids = visible_placements(actor, seat).order_by().values("pk")
    seen = Q(pk__in=ids)
    if sees_budgets(seat):
        seen |= Q(unit__path__startswith=seat.unit_path)
    return own.filter(seen)


def _currencies(found: QuerySet[Placement]) -> dict[str, int]:
    """Return the orders of each currency, most first."""
    return dict(found.values_list("currency").annotate(number=Count("pk")).order_by("-number", "currency"))


Labelled = list[tuple[str, int, Decimal]]


#: Inside an aggregate, so that it asks of each line and not of the order.
_KEPT: Final = ~Q(order__lines__status=status.CANCELLED)


def _sums(found: QuerySet[Placement], key: str) -> list[tuple[Any, int, Decimal]]:
    grouped = found.values_list(key).annotate(
        number=Count("pk", distinct=True, filter=_KEPT), net=Sum(_NET, filter=_KEPT)
    )
    return [(value, number, cents(net or Decimal(0))) for value, number, net in grouped if number]


def _by_unit(found: QuerySet[Placement], _zone: ZoneInfo) -> Labelled:
    sums = _sums(found, "unit_id")
    names = dict(Unit.objects.filter(pk__in=[pk for pk, *_rest in sums]).values_list("pk", "name"))
    return _largest_first((names.get(pk, "–"), number, net) for pk, number, net in sums)


def _by_member(found: QuerySet[Placement], _zone: ZoneInfo) -> Labelled:
    sums = _sums(found, "requester_id")
    members = Member.objects.select_related("user").in_bulk([pk for pk, *_rest in sums if pk])
    return _largest_first(
        (name_of(members[pk].user) if pk in members else "–", number, net) for pk, number, net in sums
    )


def _by_category(found: QuerySet[Placement], _zone: ZoneInfo) -> Labelled:
    """Each product counts in one of the topmost categories it is in: the first by name."""
    per_product = _sums(found, "order__lines__product_id")
    categories = assortment().categories_of([pk for pk, *_rest in per_product if pk])
    tops = {
        pk: min((ref.name for ref in refs if ref.depth == 0), default="") for pk, refs in categories.items() if refs
    }
    orders: dict[str, set[int]] = {}
    lines = found.values_list("order__lines__product_id", "order_id").annotate(kept=Count("pk", filter=_KEPT))
    for product_id, order_id, _number in lines.filter(kept__gt=0):
        orders.setdefault(tops.get(product_id, ""), set()).add(order_id)
    net: dict[str, Decimal] = {}
    for product_id, _number, each in per_product:
        top = tops.get(product_id, "")
        net[top] = net.get(top, Decimal("0.00")) + each
    return _largest_first((top or _("no category"), len(orders.get(top, ())), each) for top, each in net.items())


def _by_month(found: QuerySet[Placement], zone: ZoneInfo) -> Labelled:
    sums = _sums(found.annotate(month=TruncMonth("placed_at", tzinfo=zone)), "month")
    months = {month.astimezone(zone).date(): (number, net) for month, number, net in sums}
    locale = (get_language() or "pl").split("-")[0]
    return [
        (format_date(month, "LLLL y", locale=locale), *months.get(month, (0, Decimal("0.00"))))
        for month in _months(min(months, default=None), max(months, default=None))
    ]


def _months(first: date | None, last: date | None) -> Iterator[date]:
    """Yield the first days of months from one to another, those in between that have nothing too."""
    while first is not None and last is not None and first <= last:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _largest_first(rows: Iterable[tuple[str, int, Decimal]]) -> Labelled:
    ordered = sorted(rows, key=lambda row: (-row[2], row[0]))
    if len(ordered) <= SHOWN:
        return ordered
    rest = ordered[SHOWN:]
    label = _("%(n)d others") % {"n": len(rest)}
    return [
        *ordered[:SHOWN],
        (label, sum(number for _l, number, _n in rest), sum((net for _l, _o, net in rest), Decimal(0))),
    ]


_LABELLED: Final = {
    Dimension.UNIT: _by_unit,
    Dimension.MEMBER: _by_member,
    Dimension.CATEGORY: _by_category,
    Dimension.MONTH: _by_month,
}


def _rows(rows: Labelled, total: Decimal) -> tuple[SpendingRow, ...]:
    largest = max((net for _label, _orders, net in rows), default=Decimal(0))
    return tuple(
        SpendingRow(label=label, orders=orders, net=net, width=_per_cent(net, largest), share=_per_cent(net, total))
        for label, orders, net in rows
    )


def _per_cent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1")) if whole > 0 else Decimal("0.0")
