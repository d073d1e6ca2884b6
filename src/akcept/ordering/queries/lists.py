"""The lists of orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from akcept.approvals import sentences
from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.states import State
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.ordering.models import Placement
from akcept.ordering.queries import finding
from akcept.ordering.queries.asked import asked_about, case_of
from akcept.ordering.queries.narrowing import Choices, called, choices_of, midnight
from akcept.ordering.visibility import visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.models import Unit
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One order in a list, with where it stands and, when it was decided, by whom and why."""

    number: str
    status: str
    placed_at: datetime
    requester: str
    unit: str
    summary: str
    line_count: int
    currency: str
    total_net: Decimal
    total_gross: Decimal
    mine: bool
    #: Who rejected it, sent it back or accepted it last, with what they wrote; empty in every other state.
    decided_by: str
    remark: str
    #: Who has accepted it so far, whom it asks now, and in words whom each later step asks.
    accepted: tuple[str, ...]
    asked: tuple[str, ...]
    later: tuple[str, ...]
    #: The case's state; empty for an order that never waited.
    state: str
    #: Whom an approver asked in particular.
    passed_on_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What a list is narrowed by: a unit with those below it, who placed them, since when anything happened.

    Days are the shop's, sums net with delivery in each order's own currency; both ends are included.
    """

    unit_id: int | None = None
    requester_id: int | None = None
    changed_since: datetime | None = None
    #: Parts of the unit's name or code, and of the requester's name or e-mail address.
    unit_text: str = ""
    requester_text: str = ""
    #: See `finding.about`.
    text: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    net_from: Decimal | None = None
    net_to: Decimal | None = None


EVERY_ORDER: Final = OrderFilter()


def orders(
    actor: Actor,
    *,
    after: str = "",
    scope: str = "mine",
    status: str = "",
    size: int = PAGE_SIZE,
    wanted: OrderFilter = EVERY_ORDER,
) -> Page[OrderRow]:
    """Return orders the actor may see, newest first: "mine", or "all" they may see. A constant number of statements."""
    found = _narrowed(actor, scope=scope, status=status, wanted=wanted)
    if (key := key_of(after)) is not None:
        found = found.filter(order_id__lt=key)
    rows = list(_with_case(found).order_by("-order_id")[: size + 1])
    waiting = [case for row in rows if (case := case_of(row)) is not None and case.state == State.AWAITING]
    asked, later = _asked_names(waiting), _asked_later(waiting)
    return page_of(
        [
            _order_row(row, actor, asked=asked.get(row.order_id, ()), later=tuple(later.get(row.order_id, ())))
            for row in rows
        ],
        [str(row.order_id) for row in rows],
        size=size,
        is_first=key is None,
    )


def _narrowed(actor: Actor, *, scope: str, status: str, wanted: OrderFilter) -> QuerySet[Placement]:
    seat = organizations.seat_of(actor)
    found = _in_scope(actor, seat, scope)
    if status:
        found = found.filter(order__status=status)
    return narrowed_by(found, wanted, organization_id=seat.organization_id if seat else None)


def _in_scope(actor: Actor, seat: Seat | None, scope: str) -> QuerySet[Placement]:
    found = visible_placements(actor, seat)
    return found if scope == "all" else found.filter(buyer_id=actor.user_id)


def order_choices(actor: Actor) -> Choices:
    """Return the units and requesters of the latest orders an actor may see, to narrow the list by; one statement."""
    found = visible_placements(actor, organizations.seat_of(actor)).exclude(organization=None)
    return choices_of(found, latest=True)


def listed(
    actor: Actor, *, scope: str = "mine", status: str = "", wanted: OrderFilter = EVERY_ORDER, most: int
) -> QuerySet[Placement]:
    """Return the orders of a list without its pages, for a file.

    Raises Invalid for more than `most`: a file that silently lacks some is worse than none.
    """
    found = _narrowed(actor, scope=scope, status=status, wanted=wanted)
    if found.order_by()[: most + 1].count() > most:
        text = _("A file holds up to %(n)d orders, and these are more. Narrow the list first, for example to a month.")
        raise Invalid(text % {"n": most})
    return found


def narrowed_by(
    found: QuerySet[Placement], wanted: OrderFilter, *, organization_id: int | None = None
) -> QuerySet[Placement]:
    """Return those of the orders that a filter is about; names of units and people are those of one organisation."""
    if wanted.unit_id is not None:  # below it: the number stands in the path
        path = Unit.objects.filter(pk=wanted.unit_id).values("path")[:1]
        found = found.filter(unit__path__startswith=Subquery(path))
    if wanted.requester_id is not None:
        found = found.filter(requester_id=wanted.requester_id)
    if wanted.changed_since is not None:
        happened = Entry.objects.filter(
            subject_type="order", subject_id=OuterRef("number"), at__gte=wanted.changed_since
        )
        moved = Placement.objects.filter(
            pk=OuterRef("pk"), order__status_changes__date_created__gte=wanted.changed_since
        )
        found = found.filter(Exists(happened) | Exists(moved))
    if organization_id is not None:
        names = {"unit": wanted.unit_text, "requester": wanted.requester_text}
        found = called(found, organization_id=organization_id, **names)
    return found.filter(finding.about(wanted.text, organization_id=organization_id), _terms_of(wanted))


def _terms_of(wanted: OrderFilter) -> Q:
    """Return the days and the sums of a filter as a condition."""
    last = wanted.placed_to
    bounds = {
        "placed_at__gte": wanted.placed_from and midnight(wanted.placed_from),
        "placed_at__lt": last and midnight(last + timedelta(days=1)),
        "total_net__gte": wanted.net_from,
        "total_net__lte": wanted.net_to,
    }
    return Q(**{column: bound for column, bound in bounds.items() if bound is not None})


def _with_case(found: QuerySet[Placement]) -> QuerySet[Placement]:
    return found.select_related(
        "order__akcept_case__forwarded_to__user",
        "requester__user",
        "unit",
        "organization__acceptance_terms",
    ).prefetch_related("order__akcept_case__decisions")


def _asked_names(waiting: Sequence[Case]) -> dict[int, tuple[str, ...]]:
    asked = asked_about(waiting)
    return {case.pk: tuple(person.name for person in people) for case, people in zip(waiting, asked, strict=True)}


def _asked_later(waiting: Sequence[Case]) -> dict[int, list[str]]:
    """Return whom the steps after the open one ask, by order id; two statements, none where no step follows."""
    several = [case for case in waiting if case.steps_total > case.position]
    if not several:
        return {}
    steps = Step.objects.filter(
        case__in=several, round=F("case__round"), position__gt=F("case__position")
    ).prefetch_related("selectors")
    found: dict[int, list[str]] = {}
    for step in steps.order_by("case_id", "position"):
        found.setdefault(step.case_id, []).append(
            sentences.asked([row.ask for row in step.selectors.all()], step.quorum)
        )
    return found


def _order_row(row: Placement, actor: Actor, *, asked: tuple[str, ...], later: tuple[str, ...]) -> OrderRow:
    case = case_of(row)
    last = _decision_of(case) if case else None
    passed_on = case.forwarded_to if case else None
    return OrderRow(
        number=row.number,
        status=row.order.status,
        placed_at=row.placed_at,
        requester=organizations.name_of(row.requester.user) if row.requester else "",
        unit=row.unit.name if row.unit else "",
        summary=row.summary,
        line_count=row.line_count,
        currency=row.currency,
        total_net=row.total_net,
        total_gross=row.total_gross,
        mine=row.buyer_id == actor.user_id,
        decided_by=organizations.acting_name(last.member_name, last.for_member_name) if last else "",
        remark=last.remark if last else "",
        accepted=_accepted_by(case) if case else (),
        asked=asked,
        later=later,
        state=case.state if case else "",
        passed_on_to=organizations.name_of(passed_on.user) if passed_on else "",
    )


_DECIDED_BY: Final[dict[str, str]] = {
    State.ACCEPTED: Decision.Kind.ACCEPT,
    State.REJECTED: Decision.Kind.REJECT,
    State.RETURNED: Decision.Kind.SEND_BACK,
}


def _decision_of(case: Case) -> Decision | None:
    """Return the decision that brought a case with its decisions at hand to where it is, None where none did."""
    kind = _DECIDED_BY.get(case.state)
    found = [d for d in case.decisions.all() if d.kind == kind and not d.voided]
    return max(found, key=lambda d: d.pk, default=None)


def _accepted_by(case: Case) -> tuple[str, ...]:
    """Return who accepted in the present round of a case with its decisions at hand, in their order."""
    given = [d for d in case.decisions.all() if d.kind == Decision.Kind.ACCEPT and d.round == case.round]
    named = (d for d in sorted(given, key=lambda d: d.pk) if not d.voided)
    return tuple(organizations.acting_name(d.member_name, d.for_member_name) for d in named)


def visible_numbers(actor: Actor, numbers: Iterable[str]) -> frozenset[str]:
    """Return which of these orders the actor may see, for links to them; two statements."""
    found = visible_placements(actor, organizations.seat_of(actor)).filter(number__in=list(numbers))
    return frozenset(found.values_list("number", flat=True))
