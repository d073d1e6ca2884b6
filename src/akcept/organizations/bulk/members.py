"""Planning members: who is changed, who is invited, and what is wrong with a row; rows it is given are only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.errors import Refused
from akcept.organizations import checks, policies
from akcept.organizations.bulk.columns import (
    ACTIVE,
    COLUMNS,
    DEACTIVATED,
    INVITED,
    Kind,
    joined,
    status_of,
    status_text,
)
from akcept.organizations.bulk.planning import ImportPlan, RowAct, RowPlan, begin
from akcept.organizations.bulk.sheets import Sheet
from akcept.organizations.grants import Effective, effective
from akcept.organizations.models import Invitation, Member, Role, Unit
from akcept.organizations.paths import is_root
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.names import name_of
from akcept.organizations.seats import Seat

_NAMES = ("first_name", "last_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A member or an invitation as the file wants it. `again`: an expired invitation is sent once more."""

    unit: Unit
    roles: list[Role]
    active: bool = True
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Everybody of the organisation as one manager sees them: by address, units by key, roles by folded name."""

    seat: Seat
    units: dict[str, Unit]
    roles: dict[str, Role]
    members: dict[str, Member]
    invitations: dict[str, Invitation]
    #: Numbers of the members who are administrators now.
    administrators: frozenset[int]
    language: str
    now: datetime


def plan_members(sheet: Sheet, staff: Staff) -> ImportPlan[Wanted]:
    """Return what the file would do."""
    outcomes: list[RowPlan[Wanted]] = begin(sheet.rows, key="email", check=checks.email, columns=COLUMNS[Kind.MEMBERS])
    for outcome in outcomes:
        outcome.title = " ".join(filter(None, (outcome.cell(name) for name in _NAMES)))
        if not outcome.broken:
            _row(outcome, staff)
    plan = ImportPlan(kind=Kind.MEMBERS, outcomes=outcomes)
    if not plan.errors and not _administrator_left(outcomes, staff):
        plan.errors.append(
            _("This would leave nobody at head office who manages members: give somebody else the right first.")
        )
    return plan


def _row(outcome: RowPlan[Wanted], staff: Staff) -> None:
    member, invitation = staff.members.get(outcome.key), staff.invitations.get(outcome.key)
    if member is not None:
        outcome.title = name_of(member.user)
    where = member.unit if member else invitation.unit if invitation else None
    if where is not None and not staff.seat.covers(where.path):
        outcome.errors.append(_("%(email)s belongs to a unit you do not manage.") % {"email": outcome.key})
        return
    unit, roles = _unit(outcome, staff, stays=where), _roles(outcome, staff)
    status = status_of(outcome.cell("status") or "")
    if status is None:
        outcome.errors.append(
            _("%(status)s is not one of: active, deactivated, invited.") % {"status": outcome.cell("status")}
        )
    if member is not None:
        _member(outcome, member, staff, unit=unit, roles=roles, status=status or "")
    else:
        _invitation(outcome, invitation, staff, unit=unit, roles=roles, status=status or "")


def _unit(outcome: RowPlan[Wanted], staff: Staff, *, stays: Unit | None) -> Unit | None:
    code = typed.line(outcome.cell("unit") or "").upper()
    if not code and stays is not None:
        return stays
    unit = staff.units.get(code)
    if not code:
        outcome.errors.append(_("The code of the unit is missing."))
    elif unit is None or not staff.seat.covers(unit.path):
        outcome.errors.append(_("There is no unit with the code %(code)s.") % {"code": code})
        return None
    return unit


def _roles(outcome: RowPlan[Wanted], staff: Staff) -> list[Role] | None:
    """Return the roles a cell names, None where it says nothing. A name may have a comma in it."""
    cell = outcome.cell("roles")
    if cell is None:
        return None
    parts, found = [part.strip() for part in cell.split(",") if part.strip()], list[Role]()
    while parts:
        for many in range(len(parts), 0, -1):
            role = staff.roles.get(role_key(", ".join(parts[:many])))
            if role is not None:
                break
        else:
            many = 1
            outcome.errors.append(_("There is no role named %(name)s.") % {"name": parts[0]})
        if role is not None and role not in found:
            found.append(role)
        del parts[:many]
    return sorted(found, key=lambda role: role.name)


def role_key(name: str) -> str:
    """Return a role's name as cells find it: without regard to case and to blanks around commas."""
    return typed.same(", ".join(part.strip() for part in name.split(",")))


def _member(
    outcome: RowPlan[Wanted], member: Member, staff: Staff, *, unit: Unit | None, roles: list[Role] | None, status: str
) -> None:
    outcome.known = (member.pk, member.version)
    held = sorted(member.roles.all(), key=lambda role: role.name)
    wanted = held if roles is None else roles
    active = {DEACTIVATED["english"]: False, ACTIVE["english"]: True}.get(status, member.active)
    if outcome.errors or unit is None:
        return
    outcome.wanted = Wanted(unit=unit, roles=wanted, active=active)
    outcome.differs("unit", member.unit.name, unit.name)
    outcome.differs("roles", _names(held), _names(wanted))
    outcome.differs("status", _status(member.active), _status(active))
    if outcome.changes:
        _giveable(outcome, staff, member.effective)
        _giveable(outcome, staff, effective([*(role.grant for role in wanted), member.direct]))
    if any(outcome.cell(name) not in (None, "", getattr(member.user, name)) for name in _NAMES):
        outcome.note = _("The name stays: members change it themselves.")


def _status(active: bool) -> str:
    return (ACTIVE if active else DEACTIVATED)["english"]


def _invitation(
    outcome: RowPlan[Wanted],
    invitation: Invitation | None,
    staff: Staff,
    *,
    unit: Unit | None,
    roles: list[Role] | None,
    status: str,
) -> None:
    if status == DEACTIVATED["english"]:
        outcome.errors.append(_("%(email)s is not a member who can be deactivated.") % {"email": outcome.key})
    held = sorted(invitation.roles.all(), key=lambda role: role.name) if invitation else []
    wanted = held if roles is None else roles
    texts = _invited_as(outcome, invitation, staff)
    again = invitation is not None and invitation.expires_at <= staff.now
    if invitation is not None:
        # The term stands for the version: sending again changes it, and the link is bound to it.
        outcome.known = (invitation.pk, int(invitation.expires_at.timestamp()))
    if outcome.errors or unit is None:
        return
    first_name, last_name, language = texts.values()
    outcome.wanted = Wanted(
        unit=unit, roles=wanted, again=again, first_name=first_name, last_name=last_name, language=language
    )
    outcome.differs("unit", invitation.unit.name if invitation else "", unit.name)
    outcome.differs("roles", _names(held), _names(wanted))
    for name, text in texts.items():
        outcome.differs(name, getattr(invitation, name) if invitation else "", text)
    if again:
        outcome.note = _("The invitation has expired: it is sent again.")
        outcome.differs("status", "", INVITED["english"])
    direct = Member(granted=invitation.granted).direct if invitation else None
    if outcome.changes:
        _giveable(outcome, staff, effective([*(role.grant for role in wanted), *([direct] if direct else [])]))


def _invited_as(outcome: RowPlan[Wanted], invitation: Invitation | None, staff: Staff) -> dict[str, str]:
    texts = {}
    for name in _NAMES:
        before = getattr(invitation, name) if invitation else ""
        said = outcome.cell(name)
        texts[name] = (
            before
            if said is None
            else outcome.checked(lambda name=name, said=said: checks.optional(said, field=name, limit=150))  # type: ignore[misc]
        )
    language = (outcome.cell("language") or "").lower()
    texts["language"] = (
        outcome.checked(lambda: checks.language(language))
        if language
        else (invitation.language if invitation else staff.language)
    )
    return texts


def _giveable(outcome: RowPlan[Wanted], staff: Staff, what: Effective) -> None:
    try:
        policies.require_giveable(staff.seat, what)
    except Refused as refusal:
        if str(refusal) not in outcome.errors:
            outcome.errors.append(str(refusal))


def _names(roles: Iterable[Role]) -> str:
    return joined(role.name for role in roles)


def _administrator_left(outcomes: Iterable[RowPlan[Wanted]], staff: Staff) -> bool:
    """Whether an administrator would be left; one who is changed counts as they would be."""
    left = set(staff.administrators)
    for outcome in outcomes:
        member, wanted = staff.members.get(outcome.key), outcome.wanted
        if member is None or wanted is None:
            continue
        rights = effective([*(role.grant for role in wanted.roles), member.direct]).permissions
        manages = Permission.MANAGE_MEMBERS in rights and is_root(wanted.unit.path)
        if wanted.active and manages and member.user.is_active:
            left.add(member.pk)
        else:
            left.discard(member.pk)
    return bool(left)


def makes_administrators(plan: ImportPlan[Wanted]) -> bool:
    """Whether somebody the file adds or changes would manage members by the roles it names."""
    return any(
        Permission.MANAGE_MEMBERS in role.grant.permissions
        for outcome in plan.of(RowAct.CREATED, RowAct.CHANGED)
        if outcome.wanted is not None
        for role in outcome.wanted.roles
    )


def member_rows(members: Iterable[Member], invitations: Iterable[Invitation], language: str) -> Iterator[list[str]]:
    """Yield the rows of an export, members then open invitations: importing them again changes nothing."""
    for member in members:
        user, status = member.user, ACTIVE if member.active else DEACTIVATED
        roles = _names(sorted(member.roles.all(), key=lambda role: role.name))
        yield [
            user.email,
            user.first_name,
            user.last_name,
            member.unit.key,
            roles,
            "",
            status_text(status["english"], language),
        ]
    for invitation in invitations:
        roles = _names(sorted(invitation.roles.all(), key=lambda role: role.name))
        names = [invitation.first_name, invitation.last_name]
        yield [
            invitation.email,
            *names,
            invitation.unit.key,
            roles,
            invitation.language,
            status_text(INVITED["english"], language),
        ]
