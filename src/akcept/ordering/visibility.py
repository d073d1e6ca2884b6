"""What a seat may see: the one place from which every read and every decision starts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from akcept.approvals.models import Case
from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.organizations import module
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def visible_cases(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases of orders the seat may see: the own ones, and those of units it accepts for."""
    if seat is None or not seat.active:
        return Case.objects.none()
    mine = Q(requester_id=seat.member_id)
    if Permission.ACCEPT_ORDERS in seat.permissions:
        mine |= Q(unit__path__startswith=seat.unit_path)
    return Case.objects.filter(mine, organization_id=seat.organization_id)


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
    within = Q(requester_id=seat.member_id)
    if Permission.ACCEPT_ORDERS in seat.permissions:
        within |= Q(unit__path__startswith=seat.unit_path)
    return Placement.objects.filter(private | (Q(organization_id=seat.organization_id) & within))


def awaiting_decision_by(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases this seat may decide now: its inbox, and nothing else.

    They stay decidable while the merchant has the module switched off, not while the host withholds it.
    """
    if seat is None or not module.is_available() or not seat.holds(Permission.ACCEPT_ORDERS):
        return Case.objects.none()
    return Case.objects.filter(
        organization_id=seat.organization_id, state="awaiting", unit__path__startswith=seat.unit_path
    ).exclude(requester_id=seat.member_id)
