"""Who may read and change rules."""

from __future__ import annotations

from akcept.kernel.actor import Actor
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def policy_maker(actor: Actor) -> Seat:
    """Return the seat of somebody who manages rules. Raises NotAllowed."""
    return policies.require_permission(organizations.seat_of(actor), Permission.MANAGE_POLICIES)


def reader_of(actor: Actor) -> Seat:
    """Return the seat of somebody who manages rules, also while the shop blocks the organisation."""
    return policies.require_sight(organizations.seat_of(actor), Permission.MANAGE_POLICIES)
