"""What waits for one person: sorted, narrowed, paged by key. The rule is `visibility.awaiting_decision_by`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.db.models import Q, QuerySet

from akcept.approvals.models import Case
from akcept.budgets.binding import exceeded_by
from akcept.kernel.paging import COUNTED, PAGE_SIZE, Page, key_of, page_of
from akcept.ordering.models import Placement
from akcept.ordering.queries.narrowing import Choices, called, choices_of
from akcept.ordering.visibility import awaiting_decision_by
from akcept.organizations import queries as organizations
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat


class Sort(StrEnum):
    """What comes first; orders that are equal in it follow each other as they were placed."""

    OLDEST = "oldest"
    #: Highest net value with delivery first; the number counts, whatever its currency.
    VALUE = "value"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What the inbox is narrowed by; values are net with delivery, both ends included."""

    unit_id: int | None = None
    requester_id: int | None = None
    #: Parts of the unit's name or code, and of the requester's name or e-mail address.
    unit_text: str = ""
    requester_text: str = ""
    net_from: Decimal | None = None
    net_to: Decimal | None = None
    #: Found in the order's number, its products' summary, its note or the customer's own number.
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One order that waits for this person's decision. `total_net` includes delivery."""

    number: str
    version: int
    requester: str
    unit: str
    summary: str
    line_count: int
    currency: str
    total_net: Decimal
    total_gross: Decimal
    waiting_since: datetime
    #: Who passed it on to this seat in particular; empty when nobody did.
    passed_on_by: str
    #: Its requester has changed or explained it after it was sent back, or while it waited.
    resubmitted: bool
    #: The budgets it exceeded when it last took money of them.
    over_budgets: tuple[str, ...] = ()


def inbox_count(seat: Seat | None) -> int:
    """Return how many orders wait for this seat's decision, up to `COUNTED` + 1, which stands for more.

    One statement, none for who may not accept; it reads no further than that.
    """
    return awaiting_decision_by(seat).order_by("order_id")[: COUNTED + 1].count()


def inbox(
    seat: Seat | None,
    *,
    after: str = "",
    sort: Sort = Sort.OLDEST,
    wanted: InboxFilter = InboxFilter(),
    size: int = PAGE_SIZE,
) -> Page[InboxRow]:
    """Return what waits for this seat; two statements whatever the length. A mangled `after` is the first page."""
    found = _loaded(_narrowed(awaiting_decision_by(seat), wanted, seat))
    beyond = _beyond(after, sort)
    if beyond is not None:
        found = found.filter(beyond)
    cases = list(found.order_by(*_ORDERS[sort])[: size + 1])
    return page_of(
        _inbox_rows(cases, seat),
        [_key(case, sort) for case in cases],
        size=size,
        is_first=beyond is None,
    )


_NET = "order__akcept_placement__total_net"
_ORDERS = {
    Sort.OLDEST: ("order_id",),  # order ids rise with the time of placing
    Sort.VALUE: (f"-{_NET}", "order_id"),
    Sort.UNIT: ("unit__name", "order_id"),
}


def _narrowed(found: QuerySet[Case], wanted: InboxFilter, seat: Seat | None) -> QuerySet[Case]:
    exact = {
        "unit_id": wanted.unit_id,
        "requester_id": wanted.requester_id,
        f"{_NET}__gte": wanted.net_from,
        f"{_NET}__lte": wanted.net_to,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if seat is not None:
        names = {"unit": wanted.unit_text, "requester": wanted.requester_text}
        found = called(found, organization_id=seat.organization_id, **names)
    if text := wanted.text.strip():
        columns = ("number", "summary", "note", "po_number")
        found = found.filter(mentions(text, *(f"order__akcept_placement__{column}" for column in columns)))
    return found


def _key(case: Case, sort: Sort) -> str:
    """Return what names a row in a sorted list: its id, and behind it what it is sorted by."""
    if sort is Sort.VALUE:
        return f"{case.order_id}~{case.order.akcept_placement.total_net}"
    return f"{case.order_id}~{case.unit.name}" if sort is Sort.UNIT else str(case.order_id)


def _beyond(after: str, sort: Sort) -> Q | None:
    """Return what comes after a key; None for one that is missing, mangled, or of another sort."""
    first, _tilde, value = after.partition("~")
    key = key_of(first)
    if key is None or bool(value) is (sort is Sort.OLDEST):
        return None
    if sort is Sort.OLDEST:
        return Q(order_id__gt=key)
    if sort is Sort.UNIT:
        return Q(unit__name__gt=value) | Q(unit__name=value, order_id__gt=key)
    try:
        net = Decimal(value)
    except InvalidOperation:
        return None
    if not net.is_finite() or abs(net) >= Decimal(10) ** 10:
        return None
    return Q(**{f"{_NET}__lt": net}) | Q(**{_NET: net, "order_id__gt": key})


def inbox_row(seat: Seat | None, number: str) -> InboxRow | None:
    """Return one row of the seat's inbox, None when that order does not wait for it (any more); two statements."""
    return next(iter(inbox_rows(seat, [number])), None)


def inbox_rows(seat: Seat | None, numbers: Collection[str]) -> list[InboxRow]:
    """Return those of these orders that wait for the seat, the longest waiting first; two statements."""
    found = _loaded(awaiting_decision_by(seat)).filter(order__number__in=numbers)
    return _inbox_rows(list(found.order_by("order_id")), seat)


def inbox_choices(seat: Seat | None) -> Choices:
    """Return what the inbox can be narrowed to, of the orders that have waited longest; one statement."""
    return choices_of(awaiting_decision_by(seat))


def _loaded(found: QuerySet[Case]) -> QuerySet[Case]:
    return found.select_related("order__akcept_placement", "requester__user", "unit", "forwarded_by__user")


def _inbox_rows(cases: Sequence[Case], seat: Seat | None) -> list[InboxRow]:
    over = exceeded_by([case.pk for case in cases])
    return [_inbox_row(case, seat, over.get(case.pk, ())) for case in cases]


def _inbox_row(case: Case, seat: Seat | None, over_budgets: tuple[str, ...]) -> InboxRow:
    to_me = seat is not None and case.forwarded_to_id == seat.member_id and case.forwarded_by is not None
    placement: Placement = case.order.akcept_placement
    return InboxRow(
        number=placement.number,
        version=case.version,
        requester=organizations.name_of(case.requester.user),
        unit=case.unit.name,
        summary=placement.summary,
        line_count=placement.line_count,
        currency=placement.currency,
        total_net=placement.total_net,
        total_gross=placement.total_gross,
        waiting_since=case.opened_at,
        passed_on_by=organizations.name_of(case.forwarded_by.user) if to_me and case.forwarded_by else "",
        resubmitted=case.revision > 1 or case.round > 1,
        over_budgets=over_budgets,
    )
