"""Roles: named sets of permissions that the organisation defines itself. Head office only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Limit
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import checks, policies, queries, role_uses, topics
from akcept.organizations.actions.rows import enter, require_administrator_left, stored_grant
from akcept.organizations.models import Invitation, Member, Role
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action

NAME_LIMIT = 80
_BLOCK = 500
_STORED = ("accept_limits", "role_ids", *(permission.value for permission in Permission))


@action
def add_role(
    *,
    actor: Actor,
    name: str,
    permissions: Collection[Permission],
    limit: Limit | None = None,
    now: datetime | None = None,
) -> Role:
    """Add a role nobody holds yet. Journal: `role.added`.

    Raises NotAllowed, Invalid (no name, one of that name, limit).
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_MEMBERS))
    role = Role(organization_id=seat.organization_id)
    _fill(role, name=name, permissions=permissions, limit=limit)
    event = Event(topics.ROLE_ADDED, ("role", str(role.pk)), _kept(role))
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
    return role


@action
def change_role(
    role_id: int,
    *,
    actor: Actor,
    name: str,
    permissions: Collection[Permission],
    version: int,
    limit: Limit | None = None,
    now: datetime | None = None,
) -> Role:
    """Change a role for everybody who holds it, with their next request.

    A number of statements that does not grow with the members but by blocks of 500. Journal: `role.changed` with before
    and after. Raises NotAllowed, NotFound, Invalid (also when no administrator would be left), Stale.
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_MEMBERS))
    role = _own_role(seat, role_id, version=version)
    before = _kept(role)
    role.version += 1
    _fill(role, name=name, permissions=permissions, limit=limit)
    for members in _holders(role):
        for member in members:
            member.recompute()
        Member.objects.bulk_update(members, _STORED)
    require_administrator_left(seat.organization_id)
    event = Event(topics.ROLE_CHANGED, ("role", str(role.pk)), {"before": before, "after": _kept(role)})
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
    return role


@action
def remove_role(role_id: int, *, actor: Actor, version: int, now: datetime | None = None) -> None:
    """Remove a role that nobody holds, is invited with, or is asked by (see `role_uses`).

    Journal: `role.removed`. Raises NotAllowed, NotFound, Stale, Invalid (names who holds it, or what needs it).
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_MEMBERS))
    role = _own_role(seat, role_id, version=version)
    holders = role.members.filter(removed_at=None).select_related("user")
    if names := [queries.name_of(member.user) for member in holders[:3]]:
        raise Invalid(
            _("%(names)s and perhaps others hold this role: give them another one first.") % {"names": ", ".join(names)}
        )
    invited = Invitation.objects.filter(roles=role, accepted_at=None, revoked_at=None).order_by("email")
    if emails := list(invited.values_list("email", flat=True)[:3]):
        raise Invalid(
            _("%(emails)s and possibly others are invited with this role: cancel those invitations first.")
            % {"emails": ", ".join(emails)}
        )
    if uses := role_uses.uses_of(role):
        raise Invalid(_("This role is still needed: %(uses)s.") % {"uses": "; ".join(uses)})
    event = Event(topics.ROLE_REMOVED, ("role", str(role.pk)), _kept(role))
    role.delete()
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)


def _own_role(seat: Seat, role_id: int, *, version: int) -> Role:
    role = Role.objects.filter(organization_id=seat.organization_id, pk=role_id).first()
    if role is None:
        raise NotFound(_("There is no such role in your organisation."))
    if role.version != version:
        raise Stale(_("Somebody has changed this role since you opened it. Here is its current state."))
    return role


def _fill(role: Role, *, name: str, permissions: Collection[Permission], limit: Limit | None) -> None:
    role.name = checks.required(name, field="name", text=_("Enter the role's name."), limit=NAME_LIMIT)
    stored = stored_grant(permissions, limit)
    role.permissions, role.limit = stored["permissions"], stored["limit"]
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        raise Invalid(_("There is already a role named %(name)s.") % {"name": role.name}, field="name") from None


def _holders(role: Role) -> Iterator[list[Member]]:
    last = 0
    while block := list(role.members.filter(pk__gt=last).prefetch_related("roles").order_by("pk")[:_BLOCK]):
        yield block
        last = block[-1].pk


def _kept(role: Role) -> dict[str, Any]:
    return {"name": role.name, "permissions": role.permissions, "limit": role.limit}
