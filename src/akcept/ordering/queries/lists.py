"""The lists of orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from akcept.approvals import sentences
from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.states import State
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.ordering.models import Placement
from akcept.ordering.queries.asked import asked_about, case_of
from akcept.ordering.visibility import visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.models import Unit


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
    """What a list is narrowed by: a unit with those below it, who placed them, since when anything happened."""

    unit_id: int | None = None
    requester_id: int | None = None
    changed_since: datetime | None = None


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
    seat = organizations.seat_of(actor)
    found = visible_placements(actor, seat)
    if scope != "all":
        found = found.filter(buyer_id=actor.user_id)
    if status:
        found = found.filter(order__status=status)
    found = narrowed_by(found, wanted)
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


def narrowed_by(found: QuerySet[Placement], wanted: OrderFilter) -> QuerySet[Placement]:
    """Return those of the orders that a filter is about."""
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
    return found


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
