"""One order: all that its page shows, and what may be done on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, cast

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from akcept.approvals.current import terms_of
from akcept.approvals.models import Case
from akcept.approvals.policies import door
from akcept.approvals.states import DROPPED, OPEN, State
from akcept.journal import queries as journal
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import Page
from akcept.ordering import shop_terms, status, topics
from akcept.ordering.changes import again, revisions
from akcept.ordering.changes.again import Compared, Other
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import Placement
from akcept.ordering.money import order_budgets
from akcept.ordering.money.credit import limits_of
from akcept.ordering.money.order_budgets import Standings
from akcept.ordering.ports import DeliveryOption, OrderDocument, Quote, order_book, order_reader
from akcept.ordering.queries.asked import case_of, matters
from akcept.ordering.queries.po_numbers import SameNumber, same_number
from akcept.ordering.queries.steps import StepView, steps_of
from akcept.ordering.status import UNHANDLED
from akcept.ordering.validity.today import Known, TodayOutcome, Validity, validity_of
from akcept.ordering.visibility import visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Door, Person, Seat


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
    #: The latest of what happened, and of what people wrote, each the latest first; older ones page by page.
    history: Page[Entry]
    comments: Page[Entry]
    #: When the shop moved it on, and to which status: the history goes on past the shop's door.
    shop_steps: tuple[tuple[datetime, str], ...]
    #: What helps to decide, by product; both empty for whoever does not decide.
    last_bought: dict[int, tuple[datetime, int]]
    stock: dict[int, int | None]
    may_decide: bool
    steps: tuple[StepView, ...]
    changes: tuple[Difference, ...]
    #: What else the actor may do on it now; see `Act`.
    acts: frozenset[Act]
    #: Whom the actor would decide for as a substitute; empty for their own right.
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
    def told(self) -> tuple[Entry, ...]:
        """What happened as people read it: the shown part of the history, the oldest first."""
        return self.history.rows[::-1]

    #: Other orders of the organisation with the same own number; for whoever placed it or may decide it.
    same_number: SameNumber | None = None

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
        return today.quote.total_net if today and today.outcome is TodayOutcome.FALLS else self.document.total_net

    @property
    def now(self) -> StepView | None:
        """The step that is asked now."""
        return next((step for step in self.steps if step.place == "now"), None)

    @property
    def asked(self) -> tuple[str, ...]:
        """Who may decide now, by name."""
        return tuple(person.name for person in self.approvers)

    @property
    def asks_once(self) -> bool:
        """Whether people who accepted a step are not asked by a later one."""
        return self.case is not None and terms_of(self.case).skip_already_accepted

    @property
    def shows_way(self) -> bool:
        """Whether more is to be told about the steps than why the order waits."""
        return len(self.steps) > 1 or any(step.quorum != 1 or step.asks for step in self.steps)


def loaded(found: QuerySet[Placement], number: str) -> Placement | None:
    """Return the one of these orders with that number and all that `view_of` needs of it; None when it is not there.

    One statement, one more for an order that was passed on. Unit, organisation and requester are the case's as well,
    and are joined once: with twice as many tables the database takes longer to plan the statement than to answer it.
    """
    parts = ("order__akcept_case", "requester__user", "unit", "organization__acceptance_terms", "buyer")
    placement = next(iter(found.filter(number=number).select_related(*parts)), None)
    case = case_of(placement) if placement is not None else None
    if case is not None and case.forwarded_to_id is not None:
        prefetch_related_objects([case], "forwarded_to__user", "forwarded_by__user")
    return placement


class _Beside(Protocol):
    """What the statement of an order's page finds out beside it."""

    shop_has_terms: bool
    has_credit_limit: bool
    is_agreed: bool
    was_agreed: bool


def order(actor: Actor, number: str, *, before: str = "", comments_before: str = "") -> OrderView:
    """Return one order for its page. Raises NotFound when there is none the actor may see.

    Its history and its comments begin before an entry where one is named (see `Page.next_after`).
    """
    seat = organizations.seat_of(actor)
    found = visible_placements(actor, seat).annotate(
        shop_has_terms=Exists(shop_terms.saying_something()),
        has_credit_limit=Exists(limits_of(OuterRef("organization_id"))),
        is_agreed=shop_terms.is_agreed(OuterRef(OuterRef("unit_id")), timezone.localdate()),
        was_agreed=shop_terms.was_agreed(OuterRef("order_id")),
    )
    placement = loaded(found, number)
    if placement is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    beside = cast("_Beside", placement)
    return view_of(
        placement,
        seat=seat,
        user_id=actor.user_id,
        known=Known(
            shop_has_terms=beside.shop_has_terms,
            has_credit_limit=beside.has_credit_limit,
            is_agreed=beside.is_agreed,
            was_agreed=beside.was_agreed,
        ),
        now=utc_now(),
        before=before,
        comments_before=comments_before,
    )


def view_of(
    placement: Placement,
    *,
    seat: Seat | None,
    user_id: int | None,
    known: Known | None = None,
    now: datetime | None = None,
    before: str = "",
    comments_before: str = "",
) -> OrderView:
    """Return the page's content for a placement that whoever asks was found allowed to see.

    Its budgets are for whoever placed it or may decide it; with `now` what happened to it meanwhile is told to the
    same people.
    """
    case, known = case_of(placement), known or Known()
    requester = organizations.name_of(placement.requester.user if placement.requester else placement.buyer)
    unit = placement.unit.name if placement.unit else ""
    mine = user_id is not None and placement.buyer_id == user_id
    document = order_reader().document(placement.order_id)
    steps = steps_of(case, requester=requester, unit_name=unit, mine=mine)
    approvers: list[Person] = []
    right: Door | None = None
    if case is not None and case.state == State.AWAITING:
        (asked,) = matters([case])
        approvers = organizations.who_may_accept(asked)
        right = door(seat, asked)
    decides = right is not None
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
        history=journal.latest("order", placement.number, before=before, without=(topics.COMMENTED,)),
        comments=journal.latest("order", placement.number, before=comments_before, only=(topics.COMMENTED,)),
        shop_steps=order_reader().shop_steps(placement.order_id) if document.status not in status.UNTOLD else (),
        last_bought=_last_bought(placement, document) if decides else {},
        stock=order_reader().stock(_products_of(document)) if decides else {},
        may_decide=decides,
        steps=steps,
        changes=revisions.differences(placement) if case is not None and case.revision > 1 else (),
        acts=_acts(case, seat, decides=decides, mine=mine, others=len(approvers) > 1),
        stands_for=right.name if right else "",
        mine=mine,
        seat=seat,
        budgets=_budgets(placement, case) if decides or mine else (),
        validity=_validity(case, placement, document, known=known, now=now)
        if now and (decides or mine)
        else Validity(),
        prices_until=_prices_until(placement, case) if known.shop_has_terms else None,
        instead_of=former,
        compared=again.compared(former, document) if former else None,
        taken_by=again.taken_by(placement, seat=seat, user_id=user_id) if dropped else (),
        same_number=same_number(placement, seat=seat, user_id=user_id) if (decides or mine) and not dropped else None,
    )


def latest_of(view: OrderView, topic: str) -> Entry | None:
    """Return the latest entry of one topic; a statement only where it may be older than the page that is shown."""
    found = next((entry for entry in view.history.rows if entry.topic == topic), None)
    if found is not None and view.history.is_first:
        return found
    if view.history.is_first and view.history.next_after is None:
        return None
    return journal.last("order", view.placement.number, topic)


def _validity(
    case: Case | None, placement: Placement, document: OrderDocument, *, known: Known, now: datetime | None
) -> Validity:
    if now is None or case is None or State(case.state) not in OPEN:
        return Validity()
    return validity_of(case, placement, document, known=known, now=now)


def _budgets(placement: Placement, case: Case | None) -> Standings:
    """Return what an open order takes of its budgets; three statements, one without a budget, none for any other."""
    if case is None or State(case.state) not in OPEN:
        return ()
    return order_budgets.of_order(placement.order_id, placement.amounts)


def _prices_until(placement: Placement, case: Case | None) -> datetime | None:
    """Return until when an open order's prices are kept; one statement where the merchant set terms."""
    if case is None or State(case.state) not in OPEN:
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


def _last_bought(placement: Placement, document: OrderDocument) -> dict[int, tuple[datetime, int]]:
    if placement.unit_id is None:
        return {}
    return order_reader().last_bought(
        _products_of(document), unit_id=placement.unit_id, before_order_id=placement.order_id
    )


def _products_of(document: OrderDocument) -> list[int]:
    return [line.product_id for line in document.lines if line.product_id is not None]


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
