"""Roles, for whoever defines or gives them."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.organizations import policies
from akcept.organizations.grants import effective, exceeds
from akcept.organizations.models import (
    Role,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.seats import require_manager
from akcept.organizations.seats import Seat


def roles(actor: Actor) -> list[Role]:
    """Return the organisation's roles with how many hold each. Raises NotAllowed."""
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    held = Count("members", filter=Q(members__removed_at=None))
    return list(Role.objects.filter(organization_id=seat.organization_id).annotate(n_members=held).order_by("name"))


def roles_to_give(actor: Actor) -> list[Role]:
    """Return the roles the actor may give: at head office all of them, elsewhere what they hold themselves."""
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    every = Role.objects.filter(organization_id=seat.organization_id).order_by("name")
    return [role for role in every if seat.at_head_office or not exceeds(effective([role.grant]), seat.effective)]


def role_to_manage(actor: Actor, role_id: int) -> Role:
    """Return one role for its page. Raises NotAllowed (head office only), NotFound."""
    seat = require_role_editor(actor)
    found = Role.objects.filter(organization_id=seat.organization_id, pk=role_id).first()
    if found is None:
        raise NotFound(_("There is no such role in your organisation."))
    return found


def require_role_editor(actor: Actor) -> Seat:
    """Return the seat of somebody who may define roles. Raises NotAllowed."""
    return policies.require_head_office(require_manager(actor, Permission.MANAGE_MEMBERS))
