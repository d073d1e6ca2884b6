"""What acts lead to: handed to the shop, ended without acceptance, and what the journal keeps of an act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from akcept.approvals import cases
from akcept.approvals.cases import Deciding
from akcept.approvals.models import Case
from akcept.approvals.states import State
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.ordering import status, topics
from akcept.ordering.actions.parts.locked import LockedOrder, order_ref
from akcept.ordering.money import bookings
from akcept.ordering.ports import order_book
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Door


class Through(StrEnum):
    """Where somebody decided, if not on a page that shows the one order."""

    PAGE = ""
    MAIL = "mail"
    BULK = "bulk"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an act led to; `state` awaiting after an acceptance: others are still asked. `own`: of one's own order."""

    order_number: str
    state: State
    requester_name: str
    own: bool = False
    #: The case's version afterwards: what taking the decision back has to name.
    version: int = 0


def decided(held: LockedOrder, state: State) -> Decided:
    """Return what an act led to, as the seat that acted is told."""
    return Decided(
        order_number=held.placement.number,
        state=state,
        requester_name=organizations.name_of(held.case.requester.user),
        own=held.seat.member_id == held.case.requester_id,
        version=held.case.version,
    )


def release(held: LockedOrder, *, again: bool, actor: Actor, at: datetime) -> Event:
    """Hand an accepted order to the shop, in the transaction that accepted it; `again` after a revoked acceptance."""
    order_book().release(held.order, at=at)
    bookings.accepted(held.placement, case_version=held.case.version, booked=held.is_booked, actor=actor, now=at)
    return Event(topics.RELEASED, held.subject, held.told | ({"again": True} if again else {}))


def drop(held: LockedOrder, *, order_status: str, actor: Actor, at: datetime) -> None:
    """End a held order without acceptance: stock and money are free again."""
    order_book().cancel(held.order, status=order_status, at=at)
    bookings.ended(held.placement, booked=held.is_booked, actor=actor, now=at)


def end(case: Case, *, actor: Actor, at: datetime) -> Event:
    """Let a held order, locked with its case, expire inside the caller's transaction; return what to write down."""
    asked = list(case.asked)
    cases.expire(case, now=at)
    placement = case.order.akcept_placement
    order = order_ref(case)
    order_book().cancel(order, status=status.EXPIRED, at=at)
    bookings.ended(placement, actor=actor, now=at)
    return Event(topics.EXPIRED, ("order", placement.number), {"order_id": order.id, "asked_members": asked})


def act_event(topic: str, held: LockedOrder, act: Deciding, **more: Any) -> Event:
    """Return what the journal keeps of somebody's act: words, step, revision, and for whom they decided."""
    payload = held.told | {
        "remark": act.remark,
        "step": act.current.step.position,
        "steps": held.case.steps_total,
        "revision": held.case.revision,
    }
    return Event(topic, held.subject, payload | door_payload(act.door) | more)


def door_payload(door: Door) -> dict[str, Any]:
    """Return how the journal keeps by what right somebody acted: for whom, and whether on an order of their own."""
    payload: dict[str, Any] = {"for": door.name} if door.name else {}
    return payload | ({"own_order": True} if door.own_order else {})


def through_payload(through: Through) -> dict[str, Any]:
    """Return how the journal keeps where somebody decided; nothing for the order's page."""
    return {"through": through.value} if through else {}
