"""A member's unit, roles, permissions, activity and language."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.amounts import Limit
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed, NotFound, Stale
from akcept.organizations import checks, policies, topics
from akcept.organizations.actions.rows import (
    enter,
    member_facts,
    own_roles,
    own_unit,
    require_administrator_left,
    stored_grant,
    sum_of,
)
from akcept.organizations.mailing import MailChoices
from akcept.organizations.models import Member, Profile, Role
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import language_of
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action


@action
def change_member(
    member_id: int,
    *,
    actor: Actor,
    unit_id: int,
    permissions: frozenset[Permission],
    active: bool,
    version: int,
    role_ids: Collection[int] = (),
    limit: Limit | None = None,
    now: datetime | None = None,
) -> Member:
    """Set a member's unit, roles, direct permissions and whether they are active; effective with their next request.

    `limit` binds the direct permission to accept; None is no limit. Waiting orders keep the unit they were placed
    in, and go to whoever may now decide them. Deactivating ends their sessions. Below head office nobody gives or takes
    more than they have themselves; the last administrator cannot lose that right.
    Journal: `member.changed`, or `member.deactivated` or `member.reactivated` in its place; with before and after.
    Raises NotAllowed, NotFound, Invalid (field), Stale (changed by another administrator meanwhile).
    """
    return reseat(
        member_id,
        actor=actor,
        unit_id=unit_id,
        permissions=permissions,
        active=active,
        version=version,
        role_ids=role_ids,
        limit=limit,
        now=now,
    )


def reseat(
    member_id: int,
    *,
    actor: Actor,
    unit_id: int,
    permissions: frozenset[Permission],
    active: bool,
    version: int,
    role_ids: Collection[int] = (),
    limit: Limit | None = None,
    now: datetime | None = None,
) -> Member:
    """Change a member inside the caller's transaction, also one that is rolled back.

    Journal: as `change_member`. Raises as `change_member`.
    """
    at = now or utc_now()
    seat = enter(actor, Permission.MANAGE_MEMBERS)
    member = _own_member(seat, member_id, version=version)
    unit = own_unit(seat, unit_id)
    roles = own_roles(seat, role_ids)
    granted = stored_grant(permissions, limit)
    policies.require_giveable(seat, member.effective)
    policies.require_giveable(seat, sum_of(roles, granted))
    before, was_active = member_facts(member), member.active
    member.unit, member.active, member.granted = unit, active, granted
    member.deactivated_at = None if active else (member.deactivated_at or at)
    _save(member, roles)
    require_administrator_left(seat.organization_id)
    topic = topics.MEMBER_CHANGED
    if was_active != active:
        topic = topics.MEMBER_REACTIVATED if active else topics.MEMBER_DEACTIVATED
    _journal(topic, member, seat, before=before, actor=actor, now=at)
    return member


@action
def remove_member(member_id: int, *, actor: Actor, version: int, now: datetime | None = None) -> Member:
    """Take somebody out of the organisation: no rights, in no list; old orders and decisions keep the name.

    Coming back needs a new invitation. Their open orders stay: whoever is asked about them, and the administrators, are
    told. Journal: `member.removed` with before and after. Raises NotAllowed, NotFound, Stale, Invalid (the last
    administrator).
    """
    return take_out(member_id, actor=actor, version=version, now=now)


def take_out(member_id: int, *, actor: Actor, version: int, now: datetime | None = None) -> Member:
    """Remove a member inside the caller's transaction, also one that is rolled back.

    Journal: as `remove_member`. Raises as `remove_member`.
    """
    at = now or utc_now()
    seat = enter(actor, Permission.MANAGE_MEMBERS)
    member = _own_member(seat, member_id, version=version)
    policies.require_giveable(seat, member.effective)
    before = member_facts(member)
    member.active, member.removed_at, member.granted = False, at, stored_grant((), None)
    member.deactivated_at = member.deactivated_at or at
    _save(member, [])
    require_administrator_left(seat.organization_id)
    _journal(topics.MEMBER_REMOVED, member, seat, before=before, actor=actor, now=at)
    return member


def _own_member(seat: Seat, member_id: int, *, version: int) -> Member:
    member = (
        Member.objects.filter(
            organization_id=seat.organization_id,
            unit__path__startswith=seat.unit_path,
            removed_at=None,
            pk=member_id,
        )
        .select_related("user", "unit")
        .prefetch_related("roles")
        .first()
    )
    if member is None:
        raise NotFound(_("There is no such member in your organisation."))
    if member.version != version:
        raise Stale(_("Somebody has changed this member since you opened the page. Here is the current state."))
    return member


def _save(member: Member, roles: Collection[Role]) -> None:
    member.version += 1
    member.roles.set(roles)
    member.recompute()
    member.save()


def _journal(topic: str, member: Member, seat: Seat, *, before: dict[str, object], actor: Actor, now: datetime) -> None:
    event = Event(topic, ("member", str(member.pk)), {"before": before, "after": member_facts(member)})
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)


def choose_language(user_id: int, *, language: str) -> None:
    """Remember in which language somebody wants their mails: a person's own choice.

    Journal: nothing. Raises Invalid (not one of the shop's languages).
    """
    Profile.objects.update_or_create(user_id=user_id, defaults={"language": checks.language(language)})


def choose_mails(actor: Actor, choices: MailChoices) -> None:
    """Remember which mails somebody wants: a person's own choice.

    Mails for signing in, invitations and about the organisation itself come whatever was chosen. Journal: nothing.
    Raises NotAllowed (nobody logged in).
    """
    if actor.kind not in (ActorKind.PERSON, ActorKind.STAFF) or actor.user_id is None:
        raise NotAllowed(_("Log in to choose your e-mails."))
    wanted = {"muted": sorted(choices.muted), "daily_mail": choices.daily}
    Profile.objects.update_or_create(
        user_id=actor.user_id,
        defaults=wanted,
        create_defaults={**wanted, "language": language_of(None)},
    )
