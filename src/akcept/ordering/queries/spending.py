"""What an organisation spent: by unit, member, category or month; from the lines of orders that are the shop's work.

Waiting orders, those that ended without acceptance, and what the shop cancelled are left out. Money is net, without
delivery, in one currency at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any, Final, Protocol
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
#: What a row of sums is: its key, how many orders, net.
Added = tuple[tuple[Any, ...], int, Decimal]


class Dimension(StrEnum):
    """What spending is broken down by."""

    UNIT = "unit"
    MEMBER = "member"
    CATEGORY = "category"
    MONTH = "month"


_COLUMNS: Final = {Dimension.UNIT: "unit_id", Dimension.MEMBER: "requester_id", Dimension.MONTH: "month"}


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


class Kept(Protocol):
    """Sums of whole months that are kept beside the orders (`akcept.insight`), and that nothing has changed since."""

    def covered(self, organization_id: int, since: datetime, until: datetime) -> Covered:
        """Return which months between two moments are kept for an organisation, and what of the time they leave."""

    def sums(self, organization_id: int, months: Collection[Any], by: str, *, unit_path: str) -> Iterable[Added]:
        """Return what they come to by currency and a column, `month` by its first day, of units at or below a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What of a stretch of time is kept, as the source knows its months, and the rest: from a moment up to another."""

    months: Collection[Any] = ()
    rest: Sequence[tuple[datetime, datetime]]


_sources: list[Kept] = []


def read_from(kept: Kept) -> None:
    """Let reports read kept sums; called once, when an app is ready."""
    _sources[:] = [kept]


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
    begin, end = datetime.combine(since, time(), zone), datetime.combine(until + timedelta(days=1), time(), zone)
    scope = _Scope(actor, seat, zone)
    if question.by is Dimension.CATEGORY:
        found = scope.orders([(begin, end)])
        currencies = _currencies(found)
        currency = _currency(question, currencies)
        rows = _by_category(found.filter(currency=currency))
    else:
        spent = _spent(scope, begin, end, question.by)
        currencies = {each: sum(number for _key, number, _net in sums) for each, sums in spent.items()}
        currency = _currency(question, currencies)
        rows = _LABELLED[question.by](spent.get(currency, []))
    total = sum((net for _label, _orders, net in rows), Decimal("0.00"))
    return Report(
        by=question.by,
        since=since,
        until=until,
        currency=currency,
        currencies=_most_first(currencies),
        rows=_rows(rows, total),
        total=total,
        orders=currencies.get(currency, 0),
        seat=seat,
    )


def _year_before(until: date) -> date:
    """Return the first day of the twelve months that end with the month of a day."""
    months = until.year * 12 + until.month - 12
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose orders a report is about, and in which time zone."""

    actor: Actor
    seat: Seat
    zone: ZoneInfo

    @property
    def _is_of_units(self) -> bool:
        """Whether the report is about all orders of some units, and not about those its reader may see."""
        return Permission.SEE_ALL_ORDERS in self.seat.permissions or sees_budgets(self.seat)

    @property
    def unit_path(self) -> str:
        """The unit whose orders, and those below, are counted; empty for all of the organisation."""
        return "" if Permission.SEE_ALL_ORDERS in self.seat.permissions else self.seat.unit_path

    def covered(self, begin: datetime, end: datetime) -> Covered:
        """Return what of the time is kept: months are the shop's, and of whole units."""
        if not _sources or not self._is_of_units or self.zone.key != settings.TIME_ZONE or begin >= end:
            return Covered(rest=[(begin, end)])
        return _sources[0].covered(self.seat.organization_id, begin, end)

    def orders(self, stretches: Iterable[tuple[datetime, datetime]]) -> QuerySet[Placement]:
        """Return the orders that count, of these stretches of time."""
        within = Q(pk__in=[])
        for begin, end in stretches:
            within |= Q(placed_at__gte=begin, placed_at__lt=end)
        own = counted(Placement.objects.filter(within, organization_id=self.seat.organization_id))
        if not self._is_of_units:
            return own.filter(pk__in=visible_placements(self.actor, self.seat).order_by().values("pk"))
        return own.filter(unit__path__startswith=self.unit_path) if self.unit_path else own


def counted(found: QuerySet[Placement]) -> QuerySet[Placement]:
    """Return those of some orders that are spending: the shop's work, and not cancelled."""
    return found.order_by().exclude(order__status__in=[*status.NOT_WORK, status.CANCELLED])


def _currencies(found: QuerySet[Placement]) -> dict[str, int]:
    """Return the orders of each currency."""
    return dict(found.values_list("currency").annotate(number=Count("pk")))


def _most_first(currencies: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(currencies, key=lambda each: (-currencies[each], each)))


def _currency(question: Question, currencies: dict[str, int]) -> str:
    if question.currency in currencies:
        return question.currency
    return next(iter(_most_first(currencies)), str(settings.OSCAR_DEFAULT_CURRENCY))


Labelled = list[tuple[str, int, Decimal]]


#: Inside an aggregate, so that it asks of each line and not of the order.
_KEPT: Final = ~Q(order__lines__status=status.CANCELLED)


def sums(found: QuerySet[Placement], *keys: str) -> Iterator[Added]:
    """Yield what orders come to by some of their columns, where anything is left: key, number, net; one statement."""
    grouped = found.values_list(*keys).annotate(
        number=Count("pk", distinct=True, filter=_KEPT), net=Sum(_NET, filter=_KEPT)
    )
    for *key, number, net in grouped:
        if number:
            yield tuple(key), number, cents(net or Decimal(0))


#: Of one currency: what is added up by, how many orders, net.
Sums = list[tuple[Any, int, Decimal]]


def _spent(scope: _Scope, begin: datetime, end: datetime, by: Dimension) -> dict[str, Sums]:
    """Return what was spent, by currency: kept months together with what they leave of the time."""
    covered = scope.covered(begin, end)
    found: dict[str, dict[Any, tuple[int, Decimal]]] = {}
    for (currency, key), number, net in chain(_kept(scope, covered, by), _read(scope, covered, by)):
        known = found.setdefault(currency, {})
        before = known.get(key, (0, Decimal("0.00")))
        known[key] = (before[0] + number, before[1] + net)
    return {currency: [(key, *each) for key, each in known.items()] for currency, known in found.items()}


def _kept(scope: _Scope, covered: Covered, by: Dimension) -> Iterable[Added]:
    if not covered.months:
        return ()
    months, path = covered.months, scope.unit_path
    return _sources[0].sums(scope.seat.organization_id, months, _COLUMNS[by], unit_path=path)


def _read(scope: _Scope, covered: Covered, by: Dimension) -> Iterable[Added]:
    if not covered.rest:
        return
    orders = scope.orders(covered.rest)
    if by is Dimension.MONTH:
        orders = orders.annotate(month=TruncMonth("placed_at", tzinfo=scope.zone))
    for (currency, key), number, net in sums(orders, "currency", _COLUMNS[by]):
        yield (currency, key.astimezone(scope.zone).date() if by is Dimension.MONTH else key), number, net


def _by_unit(found: Sums) -> Labelled:
    names = dict(Unit.objects.filter(pk__in=[pk for pk, *_rest in found]).values_list("pk", "name"))
    return _largest_first((names.get(pk, "–"), number, net) for pk, number, net in found)


def _by_member(found: Sums) -> Labelled:
    members = Member.objects.select_related("user").in_bulk([pk for pk, *_rest in found if pk])
    return _largest_first(
        (name_of(members[pk].user) if pk in members else "–", number, net) for pk, number, net in found
    )


def _by_category(found: QuerySet[Placement]) -> Labelled:
    """Each product counts in one of the topmost categories it is in: the first by name."""
    per_product = [(key[0], number, net) for key, number, net in sums(found, "order__lines__product_id")]
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


def _by_month(found: Sums) -> Labelled:
    months = {month: (number, net) for month, number, net in found}
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
