"""What an approver does with an order: accept, reject, send back, pass on, and take an acceptance back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals import cases, policies
from akcept.approvals.cases import Accepted, Deciding
from akcept.approvals.models import Decision
from akcept.approvals.standing import standing, terms_of
from akcept.approvals.states import Move, State
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, IllegalMove, Invalid, NotAllowed
from akcept.ordering import status, topics
from akcept.ordering.actions.repricing import bring_prices_up_to_date
from akcept.ordering.actions.rows import (
    Held,
    ask_next,
    checked_remark,
    deciding,
    lock_credit,
    locked,
    refusals_logged,
    terms_in_force,
    who_is_asked,
)
from akcept.ordering.money import bookings, credit
from akcept.ordering.ports import order_book
from akcept.ordering.shop_terms import prices_end, require_value
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Door
from akcept.transactions.acting import action


class Through(StrEnum):
    """Where somebody decided, if not on a page that shows the one order."""

    PAGE = ""
    MAIL = "mail"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an act led to; `state` awaiting after an acceptance: others are still asked. `own`: of one's own order."""

    order_number: str
    state: State
    requester_name: str
    own: bool = False
    #: The case's version afterwards: what taking the decision back has to name.
    version: int = 0


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

    Journal: `order.accepted`, then `order.released` when it was the last one (the requester is mailed and the shop's
    `order_placed` effects happen after commit), or `order.step_asked` when another step opens. 13 statements for
    a single step, BEGIN and COMMIT included; two more under a budget, more where the merchant's price term has passed.
    `through` is kept in the history.
    Raises NotFound (not visible to the actor), NotAllowed, SecondFactorNeeded (the organisation wants one for this
    value), Stale (who was faster, or changed), Invalid (remark),
    Changed (prices have risen since the term: they are brought up to date, nothing is accepted), Unavailable (what was
    ordered cannot be had any more), OutOfBounds (the shop's smallest or largest order), CreditExceeded (on account).
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


def accepting(
    held: Held, *, actor: Actor, version: int, remark: str, at: datetime, through: Through = Through.PAGE
) -> Decided | Changed:
    """Accept a locked order, in the transaction of whoever calls; as `accept`, and own orders on their page only.

    Changed is returned, for the caller to raise once the new prices are committed.
    """
    act = deciding(held, version=version, remark=remark, at=at)
    _require_seen(act, through)
    before_that: list[Fact] = []
    account = lock_credit(held)  # before the budgets and all else that new prices need
    if (terms := terms_in_force(held)) is not None:
        if (repriced := bring_prices_up_to_date(held, act, terms, actor=actor, at=at)) is not None:
            if repriced.refusal is not None:
                journal.write(repriced.facts, actor=actor, organization_id=held.case.organization_id, now=at)
                return repriced.refusal
            before_that = repriced.facts
            act = deciding(held, version=held.case.version, remark=remark, at=at)
        require_value(terms, held.placement.amounts)
    policies.require_second_factor(terms_of(held.case), held.placement.amounts, actor=actor)
    result = cases.accept(act, amounts=held.placement.amounts)
    facts = [*before_that, _accepted_fact(held, act, result, through)]
    if result.state is State.ACCEPTED:
        credit.require_room_to_accept(account, held.placement.amounts)
        facts.append(release(held, again=result.again, actor=actor, at=at))
    elif result.step_complete:
        facts.append(ask_next(held, at=at))
    journal.write(facts, actor=actor, organization_id=held.case.organization_id, now=at)
    return _decided(held, result.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesUpdated:
    """An order brought to today's prices; sums net with delivery, in its currency. `anew`: everybody is asked again."""

    order_number: str
    currency: str
    net_before: Decimal
    net_after: Decimal
    anew: bool


def update_prices(order_number: str, *, actor: Actor, version: int, now: datetime | None = None) -> PricesUpdated:
    """Bring an order whose prices' term has passed to today's prices without deciding it, for whoever may decide it.

    What follows from a rise is as in `accept`. Journal: `order.repriced` where anything differs. Raises IllegalMove
    (the term has not passed), NotFound, NotAllowed, Stale, OverBudget, RefusedByRule.
    """
    with refusals_logged(order_number, Move.AMEND, actor=actor):
        return _update_prices(order_number, actor=actor, version=version, at=now or utc_now())


@action
def _update_prices(order_number: str, *, actor: Actor, version: int, at: datetime) -> PricesUpdated:
    held = locked(order_number, actor=actor)
    return updating_prices(held, actor=actor, version=version, at=at)


def updating_prices(held: Held, *, actor: Actor, version: int, at: datetime) -> PricesUpdated:
    """Bring a locked order to today's prices, in the transaction of whoever calls; as `update_prices`."""
    act = deciding(held, version=version, remark="", at=at)
    net_before, terms = held.placement.total_net, terms_in_force(held)
    ends = prices_end(terms, held.placement) if terms is not None else None
    if terms is None or ends is None or at < ends:
        raise IllegalMove(_("The shop still keeps this order's prices."))
    brought = bring_prices_up_to_date(held, act, terms, actor=actor, at=at)
    if brought is not None:
        journal.write(brought.facts, actor=actor, organization_id=held.case.organization_id, now=at)
    return PricesUpdated(
        order_number=held.placement.number,
        currency=held.placement.currency,
        net_before=net_before,
        net_after=held.placement.total_net,
        anew=brought is not None and brought.anew,
    )


def _require_seen(act: Deciding, through: Through) -> None:
    if act.door.own_order and through is not Through.PAGE:
        raise NotAllowed(_("You placed this order yourself: you can accept it on its own page only."))


def _accepted_fact(held: Held, act: Deciding, result: Accepted, through: Through) -> Fact:
    payload: dict[str, Any] = {
        "order_id": held.order.id,
        "remark": act.remark,
        "step": result.step,
        "steps": held.case.steps_total,
        "revision": held.case.revision,
    }
    payload |= _door_payload(act.door) | _through_payload(through)
    if act.standing.step.quorum != 1:
        payload |= {"answered": len(act.standing.accepted) + 1, "step_complete": result.step_complete}
    if result.skipped:
        payload["skipped"] = list(result.skipped)
    return Fact(topics.ACCEPTED, held.subject, payload)


def _door_payload(door: Door) -> dict[str, Any]:
    payload: dict[str, Any] = {"for": door.name} if door.name else {}
    return payload | ({"own_order": True} if door.own_order else {})


def _through_payload(through: Through) -> dict[str, Any]:
    return {"through": through.value} if through else {}


def release(held: Held, *, again: bool, actor: Actor, at: datetime) -> Fact:
    """Hand an accepted order to the shop, in the transaction that accepted it; `again` after a revoked acceptance."""
    order_book().release(held.order, at=at)
    bookings.accepted(held.placement, case_version=held.case.version, booked=held.is_booked, actor=actor, now=at)
    payload: dict[str, Any] = {"order_id": held.order.id}
    return Fact(topics.RELEASED, held.subject, payload | ({"again": True} if again else {}))


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

    Journal: `order.rejected` with the reason. Raises Invalid (no reason given), else as `accept`.
    """
    with refusals_logged(order_number, Move.REJECT, actor=actor):
        why = checked_reason(reason)
        return _reject(order_number, actor=actor, version=version, reason=why, now=now, through=through)


def checked_reason(reason: str) -> str:
    """Return why somebody rejects, without outer blanks. Raises Invalid (none given, too long)."""
    return checked_remark(reason, required=_("Give a reason. The requester will see it."))


@action
def _reject(
    order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None, through: Through
) -> Decided:
    held = locked(order_number, actor=actor)
    return rejecting(held, actor=actor, version=version, reason=reason, at=now or utc_now(), through=through)


def rejecting(
    held: Held, *, actor: Actor, version: int, reason: str, at: datetime, through: Through = Through.PAGE
) -> Decided:
    """Reject a locked order, in the transaction of whoever calls; `reason` was checked. Else as `accepting`."""
    act = deciding(held, version=version, remark=reason, at=at)
    _require_seen(act, through)
    cases.reject(act)
    drop(held, order_status=status.REJECTED, actor=actor, at=at)
    fact = act_fact(topics.REJECTED, held, act, **_through_payload(through))
    journal.write(fact, actor=actor, organization_id=held.case.organization_id, now=at)
    return _decided(held, State.REJECTED)


def drop(held: Held, *, order_status: str, actor: Actor, at: datetime) -> None:
    """End a held order without acceptance: stock and money are free again."""
    order_book().cancel(held.order, status=order_status, at=at)
    bookings.ended(held.placement, booked=held.is_booked, actor=actor, now=at)


def act_fact(topic: str, held: Held, act: Deciding, **more: Any) -> Fact:
    """Return what the journal keeps of somebody's act: his words, the step, the revision, and for whom he decided."""
    payload = {
        "order_id": held.order.id,
        "remark": act.remark,
        "step": act.standing.step.position,
        "steps": held.case.steps_total,
        "revision": held.case.revision,
    }
    return Fact(topic, held.subject, payload | _door_payload(act.door) | more)


def send_back(order_number: str, *, actor: Actor, version: int, question: str, now: datetime | None = None) -> Decided:
    """Give an order back to its requester with a question; it stays held until he resubmits or withdraws it.

    Journal: `order.sent_back`; the requester is mailed. Raises Invalid (no question), else as `accept`.
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
    fact = act_fact(topics.SENT_BACK, held, act)
    journal.write(fact, actor=actor, organization_id=held.case.organization_id, now=at)
    return _decided(held, State.RETURNED)


def forward(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    to_member_id: int,
    remark: str = "",
    now: datetime | None = None,
) -> Decided:
    """Ask one colleague who may decide this step in particular; the order leaves the actor's inbox, not his reach.

    Journal: `order.forwarded`; the colleague is mailed. Raises Invalid (somebody who may not decide it), else as
    `accept`.
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
        raise Invalid(_("Choose a colleague who may decide this order."), field="to")
    cases.forward(act, to_member_id=to.member_id)
    fact = act_fact(topics.FORWARDED, held, act, to=to.name, to_id=to.user_id)
    journal.write(fact, actor=actor, organization_id=held.case.organization_id, now=at)
    return _decided(held, State.AWAITING)


def revoke(order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None = None) -> Decided:
    """Take an acceptance back while the shop has not begun: the order waits again, at its last step.

    For whoever accepted in that step or may answer it. Journal: `order.revoked`, `order.step_asked`; the requester is
    mailed. Raises Invalid (no reason), IllegalMove (not accepted, or the shop has begun), else as `accept`.
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
    payload = {"order_id": held.order.id, "remark": reason, **_door_payload(door)}
    facts = [Fact(topics.REVOKED, held.subject, payload), ask_next(held, at=at)]
    journal.write(facts, actor=actor, organization_id=held.case.organization_id, now=at)
    return _decided(held, State.AWAITING)


def require_revoker(held: Held) -> Door:
    """Return by what right the seat takes an acceptance back. Raises NotAllowed, IllegalMove (nobody accepted it)."""
    policies.require_active(held.seat)
    if not held.case.steps_total:
        raise IllegalMove(_("This order needed nobody's acceptance, so there is none to revoke."))
    given = held.case.decisions.filter(
        round=held.case.round, kind=Decision.Kind.ACCEPT, voided=False, member_id=held.seat.member_id
    ).first()
    if given is not None and held.seat.decides:
        return Door(member_id=given.for_member_id, name=given.for_member_name)
    matter = replace(held.matter(standing(held.case)), answered=frozenset())
    found = policies.door(held.seat, matter)
    if found is None:
        raise NotAllowed(_("Only somebody who accepted this order, or could have, may revoke that."))
    return found


def _decided(held: Held, state: State) -> Decided:
    return Decided(
        order_number=held.placement.number,
        state=state,
        requester_name=organizations.name_of(held.case.requester.user),
        own=held.seat.member_id == held.case.requester_id,
        version=held.case.version,
    )
