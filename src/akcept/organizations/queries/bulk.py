"""What importing and exporting need to know of an organisation: a constant number of statements each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.organizations import policies
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.bulk.members import Staff, makes_administrators, member_rows, plan_members, role_key
from akcept.organizations.bulk.planning import ImportPlan, RowAct
from akcept.organizations.bulk.sheets import sheet_from
from akcept.organizations.bulk.units import Tree, plan_units, unit_rows
from akcept.organizations.models import ImportDraft, Invitation, Member, Role, Unit, UnitAddress
from akcept.organizations.paths import ancestors_of
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.administrators import administrators_of
from akcept.organizations.queries.seats import seat_of
from akcept.organizations.queries.units import depth_first
from akcept.organizations.seats import Seat

#: What somebody must hold to import or export.
NEEDED = {Kind.UNITS: Permission.MANAGE_UNITS, Kind.MEMBERS: Permission.MANAGE_MEMBERS}


def require_bulk(actor: Actor, kind: Kind) -> Seat:
    """Return the seat of somebody who may import and export that kind. Raises NotAllowed."""
    return policies.require_permission(seat_of(actor), NEEDED[kind])


def bulk_kinds(actor: Actor) -> list[Kind]:
    """Return what the actor may import and export. Raises NotAllowed when it is nothing."""
    seat = policies.require_active_organization(policies.require_seat(seat_of(actor)))
    kinds = [kind for kind in Kind if seat.holds(NEEDED[kind])]
    if not kinds:
        policies.require_permission(seat, Permission.MANAGE_MEMBERS)
    return kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """An uploaded file and what importing it would do now."""

    draft: ImportDraft
    plan: ImportPlan[Any]
    #: Paths of the units that would hang elsewhere.
    moved: frozenset[str] = frozenset()
    #: Members who go along with them.
    members: int = 0


def import_preview(actor: Actor, draft_id: int) -> ImportPreview:
    """Return what one of the actor's own uploads would do now. Raises NotAllowed, NotFound."""
    seat = policies.require_seat(seat_of(actor))
    draft = own_draft(seat, draft_id)
    require_bulk(actor, Kind(draft.kind))
    sheet = sheet_from(draft.rows)
    if draft.kind == Kind.MEMBERS:
        return ImportPreview(draft=draft, plan=plan_members(sheet, staff_of(seat, now=utc_now())))
    tree = tree_of(seat)
    plan = plan_units(sheet, tree)
    moved = frozenset(
        tree.units[one.key].path for one in plan.of(RowAct.CHANGED) if any(c.field == "parent" for c in one.changes)
    )
    return ImportPreview(draft=draft, plan=plan, moved=moved, members=_members_within(seat.organization_id, moved))


def import_makes_administrators(actor: Actor, draft_id: int) -> bool:
    """Whether one of the actor's own uploads would let somebody manage members. Raises NotAllowed, NotFound."""
    seat = policies.require_seat(seat_of(actor))
    draft = own_draft(seat, draft_id)
    seat = require_bulk(actor, Kind(draft.kind))
    if draft.kind != Kind.MEMBERS:
        return False
    return makes_administrators(plan_members(sheet_from(draft.rows), staff_of(seat, now=utc_now())))


def _members_within(organization_id: int, paths: frozenset[str]) -> int:
    if not paths:
        return 0
    by_unit = Member.objects.filter(organization_id=organization_id, removed_at=None).values_list("unit__path")
    return sum(n for path, n in by_unit.annotate(n=Count("id")) if paths.intersection(ancestors_of(path)))


def own_draft(seat: Seat, draft_id: int) -> ImportDraft:
    """Return an upload of that member. Raises NotFound."""
    found = ImportDraft.objects.filter(member_id=seat.member_id, pk=draft_id).first()
    if found is None:
        raise NotFound(_("This upload is no longer here: it was carried out, replaced by another one, or is too old."))
    return found


def tree_of(seat: Seat) -> Tree:
    """Return the organisation's open units with their default addresses; two statements."""
    units = Unit.objects.filter(organization_id=seat.organization_id, closed_at=None)
    addresses = UnitAddress.objects.filter(
        unit__organization_id=seat.organization_id, unit__closed_at=None, is_default=True
    )
    return Tree(
        seat=seat,
        units={unit.key: unit for unit in units},
        addresses={address.unit_id: address for address in addresses},
    )


def staff_of(seat: Seat, *, now: datetime) -> Staff:
    """Return everybody of the organisation; seven statements."""
    members = Member.objects.filter(organization_id=seat.organization_id, removed_at=None)
    invitations = Invitation.objects.filter(organization_id=seat.organization_id, accepted_at=None, revoked_at=None)
    return Staff(
        seat=seat,
        units={unit.key: unit for unit in Unit.objects.filter(organization_id=seat.organization_id, closed_at=None)},
        roles={role_key(role.name): role for role in Role.objects.filter(organization_id=seat.organization_id)},
        members={
            member.user.email.lower(): member
            for member in members.select_related("user", "unit").prefetch_related("roles")
        },
        invitations={
            invitation.email: invitation for invitation in invitations.select_related("unit").prefetch_related("roles")
        },
        administrators=frozenset(administrators_of(seat.organization_id).values_list("pk", flat=True)),
        language=(get_language() or "pl").split("-")[0],
        now=now,
    )


def export_rows(actor: Actor, kind: Kind) -> Iterator[list[str]]:
    """Return the rows of a file with the units, or members and open invitations, that the actor looks after.

    Raises NotAllowed.
    """
    seat = require_bulk(actor, kind)
    language = get_language() or "pl"
    if kind is Kind.UNITS:
        tree = tree_of(seat)
        return unit_rows(depth_first([unit for unit in tree.units.values() if tree.reaches(unit)]), tree)
    reach = {"organization_id": seat.organization_id, "unit__path__startswith": seat.unit_path}
    members = Member.objects.filter(removed_at=None, **reach).select_related("user", "unit").prefetch_related("roles")
    invitations = (
        Invitation.objects.filter(accepted_at=None, revoked_at=None, **reach)
        .select_related("unit")
        .prefetch_related("roles")
    )
    by_name = members.order_by("user__last_name", "user__first_name", "pk")
    return member_rows(by_name, invitations.order_by("email"), language)
