"""Who keeps what connects other systems with an organisation, or with the shop: access to the API, webhooks."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from akcept.kernel.actor import Actor, ActorKind
from akcept.organizations import policies, queries
from akcept.organizations.models import Organization
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.locking import lock


def require_keeper(seat: Seat | None) -> Seat:
    """Return the seat of whoever keeps an organisation's systems. Raises NotAllowed."""
    return policies.require_head_office(policies.require_permission(seat, Permission.MANAGE_MEMBERS))


def keeper_of(actor: Actor) -> tuple[int | None, int | None, int]:
    """Return organisation and member a system is of, neither for the merchant's, and the account whose rights it gets.

    Locked. Raises NotAllowed.
    """
    if actor.kind is ActorKind.STAFF and actor.user_id is not None:
        policies.require_manages_organizations(actor)
        lock(get_user_model().objects.all()).get(pk=actor.user_id)
        return None, None, actor.user_id
    seat = require_keeper(queries.seat_of(actor))
    lock(Organization.objects.all()).get(pk=seat.organization_id)
    return seat.organization_id, seat.member_id, seat.user_id
