"""Deciding a locked order inside the transaction of whoever calls: from its page, from a mail, from a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals import cases, policies
from akcept.approvals.cases import Accepted, Deciding
from akcept.approvals.current import terms_of
from akcept.approvals.states import State
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Changed, IllegalMove, NotAllowed
from akcept.ordering import status, topics
from akcept.ordering.actions.parts.locked import LockedOrder, ask_next, deciding, lock_credit, terms_in_force
from akcept.ordering.actions.parts.outcomes import (
    Decided,
    Through,
    act_event,
    decided,
    door_payload,
    drop,
    release,
    through_payload,
)
from akcept.ordering.actions.parts.repricing import bring_prices_up_to_date
from akcept.ordering.money import credit
from akcept.ordering.shop_terms import prices_end, require_value


def accepting(
    held: LockedOrder, *, actor: Actor, version: int, remark: str, at: datetime, through: Through = Through.PAGE
) -> Decided | Changed:
    """Accept a locked order, in the transaction of whoever calls; as `accept`, and own orders on their page only.

    Changed is returned, for the caller to raise once the new prices are committed.
    """
    act = deciding(held, version=version, remark=remark, at=at)
    _require_seen(act, through)
    before_that: list[Event] = []
    account = lock_credit(held)  # before the budgets and all else that new prices need
    if (terms := terms_in_force(held)) is not None:
        if (repriced := bring_prices_up_to_date(held, act, terms, actor=actor, at=at)) is not None:
            if repriced.refusal is not None:
                journal.write(repriced.events, actor=actor, organization_id=held.case.organization_id, now=at)
                return repriced.refusal
            before_that = repriced.events
            act = deciding(held, version=held.case.version, remark=remark, at=at)
        require_value(terms, held.placement.amounts)
    policies.require_second_factor(terms_of(held.case), held.placement.amounts, actor=actor)
    result = cases.accept(act, amounts=held.placement.amounts)
    events = [*before_that, _accepted_event(held, act, result, through)]
    if result.state is State.ACCEPTED:
        credit.require_room_to_accept(account, held.placement.amounts)
        events.append(release(held, again=result.again, actor=actor, at=at))
    elif result.step_complete:
        events.append(ask_next(held, at=at))
    journal.write(events, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, result.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesUpdated:
    """An order brought to today's prices; sums net with delivery, in its currency. `anew`: everybody is asked again."""

    order_number: str
    currency: str
    net_before: Decimal
    net_after: Decimal
    anew: bool


def updating_prices(held: LockedOrder, *, actor: Actor, version: int, at: datetime) -> PricesUpdated:
    """Bring a locked order to today's prices, in the transaction of whoever calls; as `update_prices`."""
    act = deciding(held, version=version, remark="", at=at)
    net_before, terms = held.placement.total_net, terms_in_force(held)
    ends = prices_end(terms, held.placement) if terms is not None else None
    if terms is None or ends is None or at < ends:
        raise IllegalMove(_("The shop still keeps this order's prices."))
    brought = bring_prices_up_to_date(held, act, terms, actor=actor, at=at)
    if brought is not None:
        journal.write(brought.events, actor=actor, organization_id=held.case.organization_id, now=at)
    return PricesUpdated(
        order_number=held.placement.number,
        currency=held.placement.currency,
        net_before=net_before,
        net_after=held.placement.total_net,
        anew=brought is not None and brought.anew,
    )


def rejecting(
    held: LockedOrder, *, actor: Actor, version: int, reason: str, at: datetime, through: Through = Through.PAGE
) -> Decided:
    """Reject a locked order, in the transaction of whoever calls; `reason` was checked. Else as `accepting`."""
    act = deciding(held, version=version, remark=reason, at=at)
    _require_seen(act, through)
    cases.reject(act)
    drop(held, order_status=status.REJECTED, actor=actor, at=at)
    event = act_event(topics.REJECTED, held, act, **through_payload(through))
    journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.REJECTED)


def _require_seen(act: Deciding, through: Through) -> None:
    if act.door.own_order and through is not Through.PAGE:
        raise NotAllowed(_("You placed this order yourself: you can accept it on its own page only."))


def _accepted_event(held: LockedOrder, act: Deciding, result: Accepted, through: Through) -> Event:
    payload: dict[str, Any] = {
        "order_id": held.order.id,
        "remark": act.remark,
        "step": result.step,
        "steps": held.case.steps_total,
        "revision": held.case.revision,
    }
    payload |= door_payload(act.door) | through_payload(through)
    if act.current.step.quorum != 1:
        payload |= {"answered": len(act.current.accepted) + 1, "step_complete": result.step_complete}
    if result.skipped:
        payload["skipped"] = list(result.skipped)
    return Event(topics.ACCEPTED, held.subject, payload)
