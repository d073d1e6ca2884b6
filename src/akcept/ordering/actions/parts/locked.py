"""What the actions share: finding and locking an order with its case, and who may answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from akcept.agreements.answers import Conditions
from akcept.approvals import policies
from akcept.approvals.cases import Deciding, keep_asked
from akcept.approvals.current import CurrentStep, current_step, joined, matter_of, with_open_step
from akcept.approvals.models import Case
from akcept.budgets import ledger
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotAllowed, NotFound
from akcept.ordering import behalf, shop_terms, topics
from akcept.ordering.actions.parts.texts import checked_remark
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.money import credit, order_budgets
from akcept.ordering.money.credit import Credit
from akcept.ordering.money.order_budgets import Locked
from akcept.ordering.ports import OrderRef
from akcept.ordering.visibility import visible_cases
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Matter, Person, Seat
from akcept.transactions.locking import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOrder:
    """An order locked for this transaction, with its case, as the seat may see it."""

    seat: Seat
    case: Case
    placement: Placement
    order: OrderRef
    #: Whether the merchant set terms for what waits; this and the next three come with the statement that locked it.
    shop_has_terms: bool
    #: Whether anything was agreed with its unit of orders.
    is_agreed: bool
    #: Whether it takes anything of budgets: it was booked when placed, or never is.
    is_booked: bool
    #: Whether the shop set its organisation a limit for orders on account.
    organization_has_limit: bool

    @property
    def subject(self) -> tuple[str, str]:
        """What the journal calls it."""
        return ("order", self.placement.number)

    @property
    def told(self) -> dict[str, Any]:
        """What the journal says of it whenever its requester is to hear of it: mails need no other look."""
        return {"order_id": self.order.id, "buyer_id": self.placement.buyer_id}

    @property
    def has_credit_limit(self) -> bool:
        """Whether it is on account, as it is paid now, for an organisation with a limit, its own or one of a unit."""
        return self.organization_has_limit and credit.on_account(self.placement)

    def matter(self, at: CurrentStep) -> Matter:
        """Return the question who may answer a step."""
        return matter_of(self.case, at, amounts=self.placement.amounts, unit_path=self.case.unit.path)


def locked(order_number: str, *, actor: Actor, by_shop: bool = False) -> LockedOrder:
    """Lock order and case in one statement, seeing only what the actor may see. Raises NotFound, NotAllowed.

    The same statement reads the step the case is at, so that deciding needs no other. `by_shop`: this may be done in a
    person's place, too, by one of the shop who may act for customers; nothing else is.
    """
    module.require_available()
    behalf.require(actor, allowed=by_shop)
    seat = organizations.seat_of(actor)
    rows = (
        with_open_step(visible_cases(seat))
        .annotate(
            shop_has_terms=Exists(shop_terms.saying_something()),
            is_agreed=shop_terms.is_agreed(OuterRef(OuterRef("unit_id")), timezone.localdate()),
            is_booked=Exists(ledger.booked(OuterRef("order_id"))),
            has_credit_limit=Exists(credit.limits_of(OuterRef("organization_id"))),
        )
        .select_related("order__akcept_placement", "unit", "requester__user", "organization__acceptance_terms")
        .filter(order__number=order_number)
    )
    case = joined(lock(rows, of=("self", "order")))
    if case is None or seat is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    return _held(case, seat)


def lock_credit(held: LockedOrder) -> Credit | None:
    """Lock the credit that an order on account uses; no statement for any other order."""
    if not held.has_credit_limit:
        return None
    return credit.credit_of(held.case.organization_id, unit_id=held.case.unit_id, locked=True)


def lock_budgets(held: LockedOrder) -> Locked:
    """Lock the budgets an order is booked on, before anything of it changes; no statement where none binds it."""
    return order_budgets.lock_of_order(held.order.id) if held.is_booked else ()


def terms_in_force(held: LockedOrder) -> ShopTerms | None:
    """Return the merchant's terms, as agreed with the unit, where any are set; no statement where none are."""
    if not (held.shop_has_terms or held.is_agreed):
        return None
    return shop_terms.in_force(agreed=agreed_terms(held))


def agreed_terms(held: LockedOrder) -> Conditions | None:
    """Return what was agreed with an order's unit; no statement where nothing was."""
    return shop_terms.agreed_with(held.case.unit_id) if held.is_agreed else None


def order_ref(case: Case) -> OrderRef:
    """Return how the shop is told which order a case is of; the case was read with its order."""
    order = case.order
    return OrderRef(id=case.order_id, number=order.number, status=order.status, buyer_id=order.user_id)


class _Found(Protocol):
    """What the statement that locks a case finds out beside it."""

    shop_has_terms: bool
    is_agreed: bool
    is_booked: bool
    has_credit_limit: bool


def _held(case: Case, seat: Seat) -> LockedOrder:
    found = cast("_Found", case)
    placement: Placement = case.order.akcept_placement
    return LockedOrder(
        seat=seat,
        case=case,
        placement=placement,
        order=order_ref(case),
        shop_has_terms=found.shop_has_terms,
        is_agreed=found.is_agreed,
        is_booked=found.is_booked,
        organization_has_limit=found.has_credit_limit,
    )


def deciding(held: LockedOrder, *, version: int, remark: str, at: datetime) -> Deciding:
    """Return somebody's act in the open step. Raises NotAllowed, Stale, Invalid (remark)."""
    found = current_step(held.case)
    matter = held.matter(found)
    door = policies.require_decider(held.seat, held.case, matter)
    return Deciding(
        case=held.case,
        current=found,
        matter=matter,
        seat=held.seat,
        door=door,
        version=version,
        remark=checked_remark(remark),
        at=at,
    )


def require_requester(held: LockedOrder) -> None:
    """Raise NotAllowed unless the seat placed the order itself."""
    if held.seat.member_id != held.case.requester_id:
        raise NotAllowed(
            _("Only %(name)s, who placed this order, can do this.")
            % {"name": organizations.name_of(held.case.requester.user)}
        )
    policies.require_active(held.seat)


def who_is_asked(held: LockedOrder) -> list[Person]:
    """Return who may answer the step the case is at now; four statements at most."""
    return organizations.who_may_accept(held.matter(current_step(held.case)))


def ask_next(held: LockedOrder, *, at: datetime) -> Event:
    """Write down whom the step that has opened asks, for the mails; nobody is said too."""
    found = current_step(held.case)
    people = organizations.who_may_accept(held.matter(found))
    enough = found.can_be_reached(people)
    asked = sorted(person.member_id for person in people)
    Case.objects.filter(pk=held.case.pk).update(asked=asked, stuck_since=None if enough else at)
    keep_asked({held.case.pk: asked})
    if not enough:
        return Event(topics.NOBODY_MAY_DECIDE, held.subject, {"gone": []})
    return Event(topics.STEP_ASKED, held.subject, {"order_id": held.order.id, **asked_payload(people)})


def asked_payload(people: list[Person]) -> dict[str, list[str] | list[int]]:
    """Return how the journal keeps who is asked."""
    return {"asked": [person.name for person in people], "asked_ids": [person.user_id for person in people]}
