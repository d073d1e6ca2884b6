"""The organisation somebody belongs to, and their place in it."""

from __future__ import annotations

from dataclasses import dataclass

from akcept.kernel.actor import Actor
from akcept.organizations import policies
from akcept.organizations.models import (
    Member,
    Organization,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.seats import require_manager, seat_of
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """An organisation as its members see it: `me` is the actor's own row, with its roles."""

    organization: Organization
    me: Member
    seat: Seat


def structure(actor: Actor) -> Structure:
    """Return the actor's organisation and their own place in it. Constant number of statements.

    Raises NotAllowed while the module is off or for somebody without an organisation.
    """
    seat = policies.require_seat(seat_of(actor))
    return Structure(
        organization=Organization.objects.get(pk=seat.organization_id),
        me=Member.objects.select_related("unit").prefetch_related("roles").get(pk=seat.member_id),
        seat=seat,
    )


def organization_to_manage(actor: Actor) -> Organization:
    """Return the actor's organisation for its data's page. Raises NotAllowed (head office only)."""
    seat = policies.require_head_office(require_manager(actor, Permission.MANAGE_UNITS))
    return Organization.objects.get(pk=seat.organization_id)


def organization_of_manager(actor: Actor) -> Organization:
    """Return the organisation of whoever manages its members at head office. Raises NotAllowed."""
    seat = policies.require_head_office(require_manager(actor, Permission.MANAGE_MEMBERS))
    return Organization.objects.get(pk=seat.organization_id)
