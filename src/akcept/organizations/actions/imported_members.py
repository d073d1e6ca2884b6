"""Writing an import's members and invitations: a constant number of statements for a block of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from akcept.journal.actions import Event
from akcept.organizations import topics
from akcept.organizations.actions.invitations import INVITATION_TERM
from akcept.organizations.actions.rows import invitation_facts, member_facts, stored_grant
from akcept.organizations.bulk.members import Staff, Wanted
from akcept.organizations.bulk.planning import ImportPlan, RowAct, RowPlan
from akcept.organizations.models import Invitation, Member, Role
from akcept.organizations.permissions import Permission

_BLOCK: Final = 500
_SUMS: Final = ("accept_limits", "role_ids", *(permission.value for permission in Permission))
_MEMBER: Final = ("unit", "active", "deactivated_at", "version", *_SUMS)
_INVITATION: Final = ("unit", "first_name", "last_name", "language", "expires_at")


def write_members(plan: ImportPlan[Wanted], staff: Staff, *, file_name: str) -> list[Event]:
    """Change members and open invitations, invite everybody else; return what happened.

    The plan must be free of errors and made of these people, whose rows are changed along.
    """
    changed = plan.of(RowAct.CHANGED)
    happened = [
        *_change_members([one for one in changed if one.key in staff.members], staff),
        *_change_invitations([one for one in changed if one.key not in staff.members], staff),
        *_invite(plan.of(RowAct.CREATED), staff),
    ]
    return [Event(topic, subject, {topics.IMPORT: file_name, **payload}) for topic, subject, payload in happened]


Happened = list[tuple[str, tuple[str, str], dict[str, Any]]]


def _wanted(outcome: RowPlan[Wanted]) -> Wanted:
    assert outcome.wanted is not None  # noqa: S101  a plan without errors wants something for every row
    return outcome.wanted


def _change_members(outcomes: Sequence[RowPlan[Wanted]], staff: Staff) -> Happened:
    happened: Happened = []
    for outcome in outcomes:
        member, wanted = staff.members[outcome.key], _wanted(outcome)
        before, topic = member_facts(member), topics.MEMBER_CHANGED
        if member.active != wanted.active:
            topic = topics.MEMBER_REACTIVATED if wanted.active else topics.MEMBER_DEACTIVATED
            member.deactivated_at = None if wanted.active else staff.now
        member.unit, member.active, member.version = wanted.unit, wanted.active, member.version + 1
        member.recompute(wanted.roles)
        after = member_facts(member, wanted.roles)
        happened.append((topic, ("member", str(member.pk)), {"before": before, "after": after}))
    members = {staff.members[outcome.key].pk: _wanted(outcome).roles for outcome in outcomes}
    Member.objects.bulk_update([staff.members[outcome.key] for outcome in outcomes], _MEMBER, batch_size=_BLOCK)
    _set_roles(Member.roles.through, "member_id", members)
    return happened


def _change_invitations(outcomes: Sequence[RowPlan[Wanted]], staff: Staff) -> Happened:
    happened: Happened = []
    for outcome in outcomes:
        invitation, wanted = staff.invitations[outcome.key], _wanted(outcome)
        before = invitation_facts(invitation)
        invitation.unit, invitation.language = wanted.unit, wanted.language
        invitation.first_name, invitation.last_name = wanted.first_name, wanted.last_name
        if wanted.again:
            invitation.expires_at = staff.now + INVITATION_TERM
        topic = topics.INVITATION_RESENT if wanted.again else topics.INVITATION_CHANGED
        payload = {"before": before, **invitation_facts(invitation, wanted.roles)}
        happened.append((topic, ("invitation", str(invitation.pk)), payload))
    rows = [staff.invitations[outcome.key] for outcome in outcomes]
    Invitation.objects.bulk_update(rows, _INVITATION, batch_size=_BLOCK)
    roles = {staff.invitations[outcome.key].pk: _wanted(outcome).roles for outcome in outcomes}
    _set_roles(Invitation.roles.through, "invitation_id", roles)
    return happened


def _invite(outcomes: Sequence[RowPlan[Wanted]], staff: Staff) -> Happened:
    made = Invitation.objects.bulk_create(
        (
            Invitation(
                organization_id=staff.seat.organization_id,
                unit=_wanted(outcome).unit,
                email=outcome.key,
                first_name=_wanted(outcome).first_name,
                last_name=_wanted(outcome).last_name,
                language=_wanted(outcome).language,
                granted=stored_grant((), None),
                invited_by_id=staff.seat.member_id,
                created_at=staff.now,
                expires_at=staff.now + INVITATION_TERM,
            )
            for outcome in outcomes
        ),
        batch_size=_BLOCK,
    )
    roles = {row.pk: _wanted(outcome).roles for row, outcome in zip(made, outcomes, strict=True)}
    _set_roles(Invitation.roles.through, "invitation_id", roles)
    return [(topics.MEMBER_INVITED, ("invitation", str(row.pk)), invitation_facts(row, roles[row.pk])) for row in made]


def _set_roles(through: Any, column: str, roles: dict[int, list[Role]]) -> None:
    """Give rows exactly these roles."""
    through.objects.filter(**{f"{column}__in": roles}).delete()
    through.objects.bulk_create(
        (through(**{column: pk, "role_id": role.pk}) for pk, given in roles.items() for role in given),
        batch_size=_BLOCK,
    )
