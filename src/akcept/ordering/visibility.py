"""What a seat may see: the one place from which every read and every decision starts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from akcept.approvals.models import Case
from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.organizations import module
from akcept.organizations.grants import Limit
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat

_SEES_THE_UNIT = frozenset({Permission.ACCEPT_ORDERS, Permission.SEE_UNIT_ORDERS})


def sees_more(seat: Seat | None) -> bool:
    """Whether the seat sees orders of others at all."""
    if seat is None or not seat.active:
        return False
    return bool(seat.mandates) or bool(seat.permissions & (_SEES_THE_UNIT | {Permission.SEE_ALL_ORDERS}))


def _within(seat: Seat) -> Q:
    """Return which of the organisation's orders an active seat sees: cases and placements have the same columns."""
    if Permission.SEE_ALL_ORDERS in seat.permissions:
        return Q(organization_id=seat.organization_id)
    seen = Q(requester_id=seat.member_id)
    if seat.permissions & _SEES_THE_UNIT:
        seen |= Q(unit__path__startswith=seat.unit_path)
    for mandate in seat.mandates:
        seen |= Q(unit__path__startswith=mandate.unit_path) & ~Q(requester_id=mandate.member_id)
    return Q(organization_id=seat.organization_id) & seen


def visible_cases(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases of orders the seat may see: the own ones, and those its permissions or mandates reach."""
    if seat is None or not seat.active:
        return Case.objects.none()
    return Case.objects.filter(_within(seat))


def visible_placements(actor: Actor, seat: Seat | None) -> QuerySet[Placement]:
    """Return the orders the actor may see: as `visible_cases` for a member, the own ones for everybody else.

    A deactivated member sees nothing. A customer who joined an organisation later keeps seeing what he ordered
    privately; a member never sees, through an order of his, another organisation he was once in.
    """
    if actor.user_id is None:
        return Placement.objects.none()
    private = Q(buyer_id=actor.user_id, organization=None)
    if seat is None:
        return Placement.objects.filter(private)
    if not seat.active:
        return Placement.objects.none()
    return Placement.objects.filter(private | _within(seat))


def awaiting_decision_by(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases this seat may decide now, by its own right or as a substitute: its inbox, and nothing else.

    The same rule as `organizations.seats.door_for`, in SQL. Waiting orders stay decidable while the merchant has the
    module switched off, not while the host withholds it.
    """
    if seat is None or not module.is_available() or not seat.decides:
        return Case.objects.none()
    doors = Q(pk__in=[])
    if Permission.ACCEPT_ORDERS in seat.permissions:
        doors |= Q(unit__path__startswith=seat.unit_path) & _covered(seat.limits)
    for mandate in seat.mandates:
        reach = Q(unit__path__startswith=mandate.unit_path) & ~Q(requester_id=mandate.member_id)
        doors |= reach & _covered(mandate.limits)
    waiting = Case.objects.filter(organization_id=seat.organization_id, state="awaiting")
    return waiting.filter(doors).exclude(requester_id=seat.member_id)


def _covered(limits: Iterable[Limit]) -> Q:
    every = tuple(limits)
    covered = Q() if not every else Q(pk__in=[])
    for limit in every:
        placed = f"order__akcept_placement__{limit.basis.value}__lte"
        covered |= Q(**{placed: limit.amount, "order__akcept_placement__currency": limit.currency})
    return covered
