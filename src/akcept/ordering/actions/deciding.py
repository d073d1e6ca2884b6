"""What an approver does with an order: accept, reject, send back, pass on, and take an acceptance back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases, policies
from akcept.approvals.current import current_step
from akcept.approvals.models import Decision
from akcept.approvals.states import Move, State
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, IllegalMove, Invalid, NotAllowed
from akcept.ordering import topics
from akcept.ordering.actions.parts.decisions import PricesUpdated, accepting, rejecting, updating_prices
from akcept.ordering.actions.parts.locked import LockedOrder, ask_next, deciding, locked, who_is_asked
from akcept.ordering.actions.parts.outcomes import Decided, Through, act_event, decided, door_payload
from akcept.ordering.actions.parts.refused import refusals_logged
from akcept.ordering.actions.parts.texts import checked_reason, checked_remark
from akcept.ordering.money import bookings
from akcept.ordering.ports import order_book
from akcept.organizations.seats import Door
from akcept.transactions.acting import action


def accept(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    remark: str = "",
    now: datetime | None = None,
    through: Through = Through.PAGE,
) -> Decided:
    """Accept an order on the version the actor saw; the last acceptance needed releases it to the shop (`unhandled`).

    13 statements for a single step, BEGIN and COMMIT included; two more under a budget, more where the merchant's price
    term has passed. `through` is kept in the history.
    Journal: `order.accepted`, then `order.released` when it was the last one (the requester is mailed and the shop's
    `order_placed` effects come after commit), or when another step opens `order.step_asked`, `order.nobody_may_decide`
    if nobody may answer it; before these `order.repriced` where the prices' term has passed; `order.decision_refused`
    for somebody who may see the order only.
    Raises NotFound (not visible to the actor), NotAllowed, SecondFactorNeeded (the organisation wants one for this
    value), Stale (who was faster, or changed), Invalid (remark),
    Changed (prices have risen since the term: they are brought up to date, nothing is accepted), Unavailable (what was
    ordered cannot be had any more), OutOfBounds (the shop's smallest or largest order), CreditExceeded (on account),
    OverBudget and RefusedByRule (at the new prices).
    """
    with refusals_logged(order_number, Move.ACCEPT, actor=actor):
        outcome = _accept(order_number, actor=actor, version=version, remark=remark, now=now, through=through)
    if isinstance(outcome, Changed):
        raise outcome  # after commit: the new prices stay, only nothing was accepted
    return outcome


@action
def _accept(
    order_number: str, *, actor: Actor, version: int, remark: str, now: datetime | None, through: Through
) -> Decided | Changed:
    held = locked(order_number, actor=actor)
    return accepting(held, actor=actor, version=version, remark=remark, at=now or utc_now(), through=through)


def update_prices(order_number: str, *, actor: Actor, version: int, now: datetime | None = None) -> PricesUpdated:
    """Bring an order whose prices' term has passed to today's prices without deciding it, for whoever may decide it.

    What follows from a rise is as in `accept`. Journal: `order.repriced` where anything differs, and where all steps
    start anew `order.step_asked` or `order.nobody_may_decide`; `order.decision_refused` for somebody who may see the
    order only. Raises IllegalMove (the term has not passed), NotFound, NotAllowed, Stale, OverBudget, RefusedByRule.
    """
    with refusals_logged(order_number, Move.AMEND, actor=actor):
        return _update_prices(order_number, actor=actor, version=version, at=now or utc_now())


@action
def _update_prices(order_number: str, *, actor: Actor, version: int, at: datetime) -> PricesUpdated:
    held = locked(order_number, actor=actor)
    return updating_prices(held, actor=actor, version=version, at=at)


def reject(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    reason: str,
    now: datetime | None = None,
    through: Through = Through.PAGE,
) -> Decided:
    """Reject an order on the version the actor saw: it ends, its stock is free again, the requester is mailed.

    Journal: `order.rejected` with the reason; `order.decision_refused` for somebody who may see the order only.
    Raises Invalid (no reason given), NotFound, NotAllowed, Stale.
    """
    with refusals_logged(order_number, Move.REJECT, actor=actor):
        why = checked_reason(reason)
        return _reject(order_number, actor=actor, version=version, reason=why, now=now, through=through)


@action
def _reject(
    order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None, through: Through
) -> Decided:
    held = locked(order_number, actor=actor)
    return rejecting(held, actor=actor, version=version, reason=reason, at=now or utc_now(), through=through)


def send_back(order_number: str, *, actor: Actor, version: int, question: str, now: datetime | None = None) -> Decided:
    """Give an order back to its requester with a question; it stays held until they resubmit or withdraw it.

    Journal: `order.sent_back` (the requester is mailed); `order.decision_refused` for somebody who may see the order
    only. Raises Invalid (no question), NotFound, NotAllowed, Stale.
    """
    with refusals_logged(order_number, Move.SEND_BACK, actor=actor):
        text = checked_remark(question, required=_("Say what should be changed or explained."))
        return _send_back(order_number, actor=actor, version=version, question=text, now=now)


@action
def _send_back(order_number: str, *, actor: Actor, version: int, question: str, now: datetime | None) -> Decided:
    at = now or utc_now()
    held = locked(order_number, actor=actor)
    act = deciding(held, version=version, remark=question, at=at)
    cases.send_back(act)
    event = act_event(topics.SENT_BACK, held, act)
    journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.RETURNED)


def forward(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    to_member_id: int,
    remark: str = "",
    now: datetime | None = None,
) -> Decided:
    """Ask one colleague who may decide this step in particular; the order leaves the actor's inbox, not their reach.

    Journal: `order.forwarded` (the colleague is mailed); `order.decision_refused` for somebody who may see the order
    only. Raises Invalid (somebody who may not decide it), NotFound, NotAllowed, Stale.
    """
    with refusals_logged(order_number, Move.FORWARD, actor=actor):
        return _forward(order_number, actor=actor, version=version, to_member_id=to_member_id, remark=remark, now=now)


@action
def _forward(
    order_number: str, *, actor: Actor, version: int, to_member_id: int, remark: str, now: datetime | None
) -> Decided:
    at = now or utc_now()
    held = locked(order_number, actor=actor)
    act = deciding(held, version=version, remark=remark, at=at)
    others = [person for person in who_is_asked(held) if person.member_id != held.seat.member_id]
    to = next((person for person in others if person.member_id == to_member_id), None)
    if to is None:
        raise Invalid(_("Choose a colleague who may decide on this order."), field="to")
    cases.forward(act, to_member_id=to.member_id)
    event = act_event(topics.FORWARDED, held, act, to=to.name, to_id=to.user_id)
    journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.AWAITING)


def revoke(order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None = None) -> Decided:
    """Take an acceptance back while the shop has not begun: the order waits again, at its last step.

    For whoever accepted in that step or may answer it. Journal: `order.revoked` (the requester is mailed), then
    `order.step_asked`, or `order.nobody_may_decide` when nobody may answer it any more; `order.decision_refused` for
    somebody who may see the order only.
    Raises Invalid (no reason), IllegalMove (not accepted, or the shop has begun), NotFound, NotAllowed, Stale.
    """
    with refusals_logged(order_number, Move.REVOKE, actor=actor):
        why = checked_remark(reason, required=_("Give a reason. The requester will see it."))
        return _revoke(order_number, actor=actor, version=version, reason=why, now=now)


@action
def _revoke(order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None) -> Decided:
    at = now or utc_now()
    held = locked(order_number, actor=actor)
    door = require_revoker(held)
    if held.case.state == State.ACCEPTED and not order_book().is_untouched(held.order.id):
        raise IllegalMove(_("The shop has begun with this order: please contact the shop."))
    cases.revoke(held.case, version=version, seat=held.seat, door=door, remark=reason, now=at)
    order_book().hold_again(held.order, at=at)
    bookings.reopened(held.placement, case_version=held.case.version, booked=held.is_booked, actor=actor, now=at)
    payload = held.told | {"remark": reason, **door_payload(door)}
    events = [Event(topics.REVOKED, held.subject, payload), ask_next(held, at=at)]
    journal.write(events, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.AWAITING)


def require_revoker(held: LockedOrder) -> Door:
    """Return by what right the seat takes an acceptance back. Raises NotAllowed, IllegalMove (nobody accepted it)."""
    policies.require_active(held.seat)
    if not held.case.steps_total:
        raise IllegalMove(_("This order needed nobody's acceptance, so there is none to revoke."))
    given = held.case.decisions.filter(
        round=held.case.round, kind=Decision.Kind.ACCEPT, voided=False, member_id=held.seat.member_id
    ).first()
    if given is not None and held.seat.decides:
        return Door(member_id=given.for_member_id, name=given.for_member_name)
    matter = replace(held.matter(current_step(held.case)), answered=frozenset())
    found = policies.door(held.seat, matter)
    if found is None:
        raise NotAllowed(_("Only somebody who accepted this order, or could have, may revoke that."))
    return found
