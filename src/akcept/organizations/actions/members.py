"""A member's unit, permissions, activity and language."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.organizations import checks, policies, queries, topics
from akcept.organizations.actions.rows import member_facts, require_own_unit
from akcept.organizations.models import Member, Profile
from akcept.organizations.permissions import Permission


@transaction.atomic(durable=True)
def change_member(
    member_id: int,
    *,
    actor: Actor,
    unit_id: int,
    permissions: frozenset[Permission],
    active: bool,
    version: int,
    now: datetime | None = None,
) -> Member:
    """Set a member's unit, permissions and whether he is active; effective with his next request.

    His waiting orders keep the unit they were placed in. The last active administrator cannot lose that right.
    Raises NotAllowed, NotFound, Invalid (unit), Stale (changed by another administrator meanwhile).
    """
    at = now or utc_now()
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    require_own_unit(seat, unit_id)
    # All administrators are locked, in one order, so that two of them cannot remove each other at once.
    locked = {
        member.pk: member
        for member in Member.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user")
        .filter(organization_id=seat.organization_id)
        .filter(Q(pk=member_id) | Q(active=True, manage_members=True))
        .order_by("pk")
    }
    mine = locked.get(seat.member_id)
    if mine is None or not _administers(mine):
        raise NotAllowed(_("Only administrators of your organisation may do this."))  # lost while we waited
    member = locked.get(member_id)
    if member is None:
        raise NotFound(_("There is no such member in your organisation."))
    if member.version != version:
        raise Stale(_("Somebody changed this member meanwhile. Here is how things stand now."))
    stays = active and Permission.MANAGE_MEMBERS in permissions
    others = [m for m in locked.values() if m.pk != member_id and _administers(m)]
    if _administers(member) and not stays and not others:
        raise Invalid(_("This is the last administrator: give somebody else the right first."), field="manage_members")
    before = member_facts(member)
    was_active = member.active
    member.unit_id, member.active, member.version = unit_id, active, member.version + 1
    member.deactivated_at = None if active else (member.deactivated_at or at)
    for permission in Permission:
        setattr(member, permission.value, permission in permissions)
    member.save(
        update_fields=["unit", "active", "version", "deactivated_at", *(permission.value for permission in Permission)]
    )
    topic = topics.MEMBER_CHANGED
    if was_active != active:
        topic = topics.MEMBER_REACTIVATED if active else topics.MEMBER_DEACTIVATED
    journal.write(
        Fact(topic, ("member", str(member.pk)), {"before": before, "after": member_facts(member)}),
        actor=actor,
        organization_id=seat.organization_id,
        now=at,
    )
    return member


def _administers(member: Member) -> bool:
    return member.active and member.manage_members and member.user.is_active


def choose_language(user_id: int, *, language: str) -> None:
    """Remember in which language somebody wants his mails. Own choice of a person about himself: no journal.

    Raises Invalid (not one of the shop's languages).
    """
    Profile.objects.update_or_create(user_id=user_id, defaults={"language": checks.language(language)})
