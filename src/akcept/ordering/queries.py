"""Reads for the people of an organisation: preview, inbox, orders, one order with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from akcept.approvals import sentences
from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.policies import door
from akcept.approvals.standing import Standing, matter_of, standings, terms_of
from akcept.approvals.states import DROPPED, OPEN, State
from akcept.journal import queries as journal
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound, OverBudget, Refused
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.ordering import again, budgeting, placing, reasons, revisions, shop_terms
from akcept.ordering.again import Compared, Other
from akcept.ordering.budgeting import Standings
from akcept.ordering.credit import Credit, credit_of, limits_of
from akcept.ordering.inbox import inbox as inbox
from akcept.ordering.inbox import inbox_count as inbox_count
from akcept.ordering.inbox import inbox_requesters as inbox_requesters
from akcept.ordering.inbox import inbox_row as inbox_row
from akcept.ordering.inbox import inbox_units as inbox_units
from akcept.ordering.models import Placement
from akcept.ordering.ports import DeliveryOption, OrderDocument, Quote, order_book, order_reader
from akcept.ordering.revisions import Difference
from akcept.ordering.status import UNHANDLED
from akcept.ordering.validity import Outcome, Validity, validity_of
from akcept.ordering.visibility import visible_cases, visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.pseudonyms import shown
from akcept.organizations.seats import Door, Matter, Person, Seat

STUCK_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen if the cart were ordered now: exactly one of refused, waits, or neither (goes to the shop)."""

    refused: str
    waits: bool
    reason: str
    approvers: tuple[str, ...]
    unit_name: str
    organization_name: str
    #: The budgets that would bind it, each with what it would take; empty where there is none.
    budgets: Standings = ()
    #: Whom each further step asks, in words.
    then: tuple[str, ...] = ()


def _refused(refusal: Refused, budgets: Standings = ()) -> Preview:
    return Preview(
        refused=str(refusal),
        waits=False,
        reason="",
        approvers=(),
        unit_name="",
        organization_name="",
        budgets=budgets,
    )


def preview(actor: Actor, quote: Quote) -> Preview:
    """Return what placing this quote would lead to, with the same code placing uses. Never raises Refused."""
    seat: Seat | None = None
    try:
        seat = placing.require_buyer(actor)
        route = placing.route(seat, quote, at=utc_now())
    except OverBudget as refusal:
        return _refused(refusal, budgeting.binding_new_order(seat, quote.amounts, at=utc_now()) if seat else ())
    except Refused as refusal:
        return _refused(refusal)
    unit = seat.unit_name if seat else ""
    steps = route.plan.steps
    return Preview(
        refused="",
        waits=route.waits,
        reason=reasons.to_requester(steps[0].reason.value, steps[0].detail, unit_name=unit) if steps else "",
        approvers=tuple(person.name for person in route.approvers),
        unit_name=unit,
        organization_name=seat.organization_name if seat else "",
        budgets=route.budgets,
        then=tuple(sentences.asked(step.asks, step.quorum) for step in steps[1:]),
    )


def own_credit(seat: Seat | None) -> Credit | None:
    """Return what a member's organisation may still order on account, None where the merchant set no limit.

    One statement where he did not, two where he did.
    """
    return credit_of(seat.organization_id) if seat is not None and seat.active else None


# --- the lists of orders ---


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
    #: Who rejected it, sent it back or accepted it last, with what he wrote; empty in every other state.
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


def orders(
    actor: Actor, *, after: str = "", scope: str = "mine", status: str = "", size: int = PAGE_SIZE
) -> Page[OrderRow]:
    """Return orders the actor may see, newest first: "mine", or "all" he may see. A constant number of statements."""
    seat = organizations.seat_of(actor)
    found = visible_placements(actor, seat)
    if scope != "all":
        found = found.filter(buyer_id=actor.user_id)
    if status:
        found = found.filter(order__status=status)
    if (key := key_of(after)) is not None:
        found = found.filter(order_id__lt=key)
    rows = list(_with_case(found).order_by("-order_id")[: size + 1])
    waiting = [case for row in rows if (case := _case_of(row)) is not None and case.state == State.AWAITING]
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


def _with_case(found: QuerySet[Placement]) -> QuerySet[Placement]:
    return found.select_related(
        "order__akcept_case__unit",
        "order__akcept_case__organization__acceptance_terms",
        "order__akcept_case__forwarded_to__user",
        "requester__user",
        "unit",
    ).prefetch_related("order__akcept_case__decisions")


def _case_of(placement: Placement) -> Case | None:
    """Return an order's case with the placement at hand for it, None for one that never waited."""
    case: Case | None = getattr(placement.order, "akcept_case", None)
    if case is not None:
        case.order = placement.order
        case.order.akcept_placement = placement
    return case


def matters(cases: Sequence[Case]) -> list[Matter]:
    """Return who may answer the open steps of cases whose placements are loaded; two statements at most."""
    found = standings(cases)
    return [matter(case, found[case.pk]) for case in cases]


def matter(case: Case, at: Standing) -> Matter:
    """Return who may answer a case at its step."""
    placement: Placement = case.order.akcept_placement
    return matter_of(case, at, amounts=placement.amounts, unit_path=case.unit.path)


def asked_about(cases: Sequence[Case]) -> list[list[Person]]:
    """Return who may answer each of the cases' open steps now; four statements at most."""
    return organizations.who_may_accept_each(matters(cases))


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
    case = _case_of(row)
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


def changed_since(actor: Actor, seen: Mapping[str, int]) -> dict[str, tuple[Difference, ...]]:
    """Return how orders were changed after the versions somebody saw of them, by number; three statements.

    Orders the actor may not see are left out.
    """
    found = visible_placements(actor, organizations.seat_of(actor)).filter(number__in=list(seen))
    return revisions.since_each({placement: seen[placement.number] for placement in found})


def visible_numbers(actor: Actor, numbers: Iterable[str]) -> frozenset[str]:
    """Return which of these orders the actor may see, for links to them; two statements."""
    found = visible_placements(actor, organizations.seat_of(actor)).filter(number__in=list(numbers))
    return frozenset(found.values_list("number", flat=True))


def waiting_in(unit: Unit) -> organizations.Several:
    """Return which orders of a unit and the units below it wait, by number, the oldest first; two statements."""
    waiting = Case.objects.filter(
        organization_id=unit.organization_id,
        state__in=[state.value for state in OPEN],
        unit__path__startswith=unit.path,
    )
    return organizations.several(waiting.order_by("order_id").values_list("order__number", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckRow:
    """An order that waits although nobody may decide it. `may_see`: whether the order's page opens for the actor."""

    number: str
    requester: str
    unit: str
    stuck_since: datetime
    currency: str
    total_net: Decimal
    may_see: bool


def stuck_orders(seat: Seat) -> list[StuckRow]:
    """Return orders nobody may decide, of the units whose members the seat manages, oldest first; one statement.

    Empty for whoever manages no members: giving somebody the right is what helps. At most `STUCK_SHOWN`.
    """
    if not seat.holds(Permission.MANAGE_MEMBERS):
        return []
    found = (
        Case.objects.filter(
            organization_id=seat.organization_id,
            state=State.AWAITING.value,
            stuck_since__isnull=False,
            unit__path__startswith=seat.unit_path,
        )
        .select_related("order__akcept_placement", "requester__user", "unit")
        .annotate(may_see=Exists(visible_cases(seat).filter(pk=OuterRef("pk"))))
        .order_by("order_id")
    )
    return [_stuck_row(case) for case in found[:STUCK_SHOWN]]


def _stuck_row(case: Case) -> StuckRow:
    placement: Placement = case.order.akcept_placement
    assert case.stuck_since is not None  # noqa: S101  the filter's
    return StuckRow(
        number=placement.number,
        requester=organizations.name_of(case.requester.user),
        unit=case.unit.name,
        stuck_since=case.stuck_since,
        currency=placement.currency,
        total_net=placement.total_net,
        may_see=bool(getattr(case, "may_see", False)),
    )


# --- one order ---


def would_cost(
    view: OrderView, quantities: Mapping[int, int], *, delivery_code: str | None = None, today: bool = False
) -> Quote:
    """Return what an order the actor was shown would cost with other quantities or delivery; nothing is changed.

    `today` takes today's prices. Raises EmptyCart when no line would be left, Invalid (field `delivery`).
    """
    return order_book().would_cost(view.placement.order_id, quantities, delivery_code=delivery_code, today=today)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChoice:
    """The ways of delivery the shop offers for an order; `given_up`: the order's own is none of them any more."""

    options: tuple[DeliveryOption, ...]
    given_up: bool


def delivery_choice(view: OrderView) -> DeliveryChoice:
    """Return in which ways an order the actor was shown could be delivered."""
    order_id, code = view.placement.order_id, view.document.delivery_code
    return DeliveryChoice(
        options=order_book().delivery_options(order_id),
        given_up=not order_book().still_delivers(order_id, code),
    )


class Act(StrEnum):
    """What a page offers beside accept and reject."""

    SEND_BACK = "send_back"
    AMEND = "amend"
    FORWARD = "forward"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of an order's way: why, whom it asks as it stood, who has accepted it, and where it is.

    `place` is "done", "skipped", "now" or "later"; of an order that ended without acceptance the step it ended at is
    "rejected" or "stopped", and what would have followed "unasked".
    """

    position: int
    why: str
    asks: tuple[str, ...]
    quorum: int
    accepted: tuple[str, ...]
    place: str

    @property
    def missing(self) -> int:
        """How many acceptances it still needs; 0 when it wants all of those asked, or no more."""
        return max(0, self.quorum - len(self.accepted))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """Everything the page of an order shows, and what this actor may do on it now."""

    placement: Placement
    document: OrderDocument
    status: str
    case: Case | None
    requester: str
    unit: str
    organization: str
    why: str
    approvers: tuple[Person, ...]
    history: tuple[Entry, ...]
    #: What helps to decide, by product; both empty for whoever does not decide.
    last_bought: dict[int, tuple[datetime, int]]
    stock: dict[int, int | None]
    may_decide: bool
    steps: tuple[StepView, ...]
    changes: tuple[Difference, ...]
    #: What else the actor may do on it now; see `Act`.
    acts: frozenset[Act]
    #: Whom the actor would decide for as a substitute; empty for his own right.
    stands_for: str
    mine: bool
    seat: Seat | None
    #: The budgets it holds money of while it is open; for whoever placed it or decides it.
    budgets: Standings = ()
    #: What happened to it while it waited; for whoever placed it or decides it.
    validity: Validity = field(default_factory=Validity)
    #: While it is open: until when its prices are kept; None for as long as it waits.
    prices_until: datetime | None = None
    #: The ended order it takes the place of, and how it differs from that.
    instead_of: Other | None = None
    compared: Compared | None = None
    #: The orders that take the place of this ended one.
    taken_by: tuple[Other, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision, or for its requester's answer."""
        return self.case is not None and State(self.case.state) in OPEN

    @property
    def prices_of(self) -> datetime:
        """The day whose prices it has."""
        return self.placement.repriced_at or self.placement.placed_at

    @property
    def has_ended(self) -> bool:
        """Whether it ended without acceptance: it can be ordered once more, and the new order says so."""
        return self.case is not None and State(self.case.state) in DROPPED

    @property
    def version(self) -> int:
        """The version a decision on this page has to name."""
        return self.case.version if self.case else 0

    @property
    def accepted_at(self) -> Decimal:
        """What accepting it now is about, net with delivery: a price that fell since counts."""
        today = self.validity.today
        return today.quote.total_net if today and today.outcome is Outcome.FALLS else self.document.total_net

    @property
    def now(self) -> StepView | None:
        """The step that is asked now."""
        return next((step for step in self.steps if step.place == "now"), None)

    @property
    def asked(self) -> tuple[str, ...]:
        """Who may decide now, by name."""
        return tuple(person.name for person in self.approvers)

    @property
    def shows_way(self) -> bool:
        """Whether more is to be told about the steps than why the order waits."""
        return len(self.steps) > 1 or any(step.quorum != 1 or step.asks for step in self.steps)


#: What `view_of` needs loaded with a placement.
LOADED: Final = (
    "order__akcept_case__unit",
    "order__akcept_case__organization__acceptance_terms",
    "order__akcept_case__requester__user",
    "order__akcept_case__forwarded_to__user",
    "order__akcept_case__forwarded_by__user",
    "requester__user",
    "unit",
    "organization",
    "buyer",
)


def order(actor: Actor, number: str) -> OrderView:
    """Return one order for its page. Raises NotFound when there is none the actor may see."""
    seat = organizations.seat_of(actor)
    found = visible_placements(actor, seat).annotate(
        shop_has_terms=Exists(shop_terms.saying_something()),
        has_credit_limit=Exists(limits_of(OuterRef("organization_id"))),
    )
    placement = found.filter(number=number).select_related(*LOADED).first()
    if placement is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    return view_of(placement, seat=seat, user_id=actor.user_id, now=utc_now())


def view_of(
    placement: Placement,
    *,
    seat: Seat | None,
    user_id: int | None,
    for_approver: bool = False,
    now: datetime | None = None,
) -> OrderView:
    """Return the page's content for a placement that whoever asks was found allowed to see (or is mailed about).

    Its budgets are for whoever placed it or may decide it, and for a mail to such a person (`for_approver`). With
    `now` what happened to it meanwhile is told to the same people.
    """
    case = _case_of(placement)
    requester = organizations.name_of(placement.requester.user if placement.requester else placement.buyer)
    unit = placement.unit.name if placement.unit else ""
    mine = user_id is not None and placement.buyer_id == user_id
    document = order_reader().document(placement.order_id)
    approvers: list[Person] = []
    right: Door | None = None
    if case is not None and case.state == State.AWAITING:
        (asked,) = matters([case])
        approvers = organizations.who_may_accept(asked)
        right = door(seat, asked)
    decides = right is not None
    steps = _steps(case, requester=requester, unit_name=unit, mine=mine)
    former = again.instead_of(placement, seat=seat, user_id=user_id)
    dropped = case is not None and State(case.state) in DROPPED
    return OrderView(
        placement=placement,
        document=document,
        status=document.status,
        case=case,
        requester=requester,
        unit=unit,
        organization=placement.organization.name if placement.organization else "",
        why=next((step.why for step in steps if step.place == "now"), steps[-1].why if steps else ""),
        approvers=tuple(approvers),
        history=tuple(journal.history("order", placement.number)),
        last_bought=_last_bought(placement, document) if decides else {},
        stock=order_reader().stock(_products_of(document)) if decides else {},
        may_decide=decides,
        steps=steps,
        changes=revisions.differences(placement) if case is not None and case.revision > 1 else (),
        acts=_acts(case, seat, decides=decides, mine=mine, others=len(approvers) > 1),
        stands_for=right.name if right else "",
        mine=mine,
        seat=seat,
        budgets=_budgets(placement, case) if decides or mine or for_approver else (),
        validity=_validity(case, placement, document, now=now) if now and (decides or mine) else Validity(),
        prices_until=_prices_until(placement, case),
        instead_of=former,
        compared=again.compared(former, document) if former else None,
        taken_by=again.taken_by(placement, seat=seat, user_id=user_id) if dropped else (),
    )


def _validity(case: Case | None, placement: Placement, document: OrderDocument, *, now: datetime) -> Validity:
    if case is None or State(case.state) not in OPEN:
        return Validity()
    return validity_of(case, placement, document, now=now)


def _budgets(placement: Placement, case: Case | None) -> Standings:
    """Return what an open order takes of its budgets; three statements, one without a budget, none for any other."""
    if case is None or State(case.state) not in OPEN:
        return ()
    return budgeting.of_order(placement.order_id, placement.amounts)


def _prices_until(placement: Placement, case: Case | None) -> datetime | None:
    """Return until when an open order's prices are kept; one statement where the merchant set terms."""
    if case is None or State(case.state) not in OPEN or not getattr(placement, "shop_has_terms", True):
        return None
    return shop_terms.prices_end(shop_terms.in_force(), placement)


def _acts(case: Case | None, seat: Seat | None, *, decides: bool, mine: bool, others: bool) -> frozenset[Act]:
    if case is None or seat is None or not seat.active:
        return frozenset()
    state = State(case.state)
    offered = {
        Act.SEND_BACK: decides and not mine,
        Act.AMEND: decides and not mine and terms_of(case).approver_may_amend,
        Act.FORWARD: decides and others,
        Act.RESUBMIT: mine and state in OPEN,
        Act.WITHDRAW: mine and state in OPEN,
        Act.REVOKE: state is State.ACCEPTED and seat.decides and not mine and _may_be_revoked(case),
        Act.COMMENT: (mine or seat.decides) and state not in DROPPED,
    }
    return frozenset(act for act, may in offered.items() if may)


def _may_be_revoked(case: Case) -> bool:
    return case.steps_total > 0 and case.order.status == UNHANDLED and order_book().is_untouched(case.order_id)


def _steps(case: Case | None, *, requester: str, unit_name: str, mine: bool) -> tuple[StepView, ...]:
    """Return the steps of the present round in order; three statements, none for an order that never waited."""
    if case is None:
        return ()
    rows = case.steps.filter(round=case.round).order_by("position").prefetch_related("selectors")
    given: dict[int, list[str]] = {}
    for decision in case.decisions.filter(round=case.round, kind=Decision.Kind.ACCEPT, voided=False).order_by("pk"):
        name = organizations.acting_name(decision.member_name, decision.for_member_name)
        given.setdefault(decision.position, []).append(name)
    return tuple(
        StepView(
            position=row.position,
            why=_reason(row, requester=requester, unit_name=unit_name, mine=mine),
            asks=tuple(shown(selector.label) for selector in row.selectors.all() if selector.label),
            quorum=row.quorum,
            accepted=tuple(given.get(row.position, ())),
            place=_place(case, row, answered=row.position in given),
        )
        for row in rows
    )


def _place(case: Case, step: Step, *, answered: bool) -> str:
    state = State(case.state)
    if state is State.RETURNED:
        return "later"  # whatever was accepted before is asked anew once it is submitted again
    if state is not State.ACCEPTED and step.position >= case.position:
        if step.position > case.position:
            return "unasked" if state in DROPPED else "later"
        return _LAST_PLACE.get(state, "stopped")
    return "done" if answered else "skipped"


_LAST_PLACE: Final = {State.AWAITING: "now", State.REJECTED: "rejected"}


def _reason(step: Step, *, requester: str, unit_name: str, mine: bool) -> str:
    if mine:
        return f"{capfirst(reasons.to_requester(step.reason, step.detail, unit_name=unit_name))}."
    return reasons.to_others(step.reason, step.detail, requester=requester, unit_name=unit_name)


def _last_bought(placement: Placement, document: OrderDocument) -> dict[int, tuple[datetime, int]]:
    if placement.unit_id is None:
        return {}
    return order_reader().last_bought(
        _products_of(document), unit_id=placement.unit_id, before_order_id=placement.order_id
    )


def _products_of(document: OrderDocument) -> list[int]:
    return [line.product_id for line in document.lines if line.product_id is not None]
