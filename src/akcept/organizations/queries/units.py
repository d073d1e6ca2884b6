"""Units, for whoever chooses or looks after them, and what belongs to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.organizations.models import (
    Invitation,
    Member,
    Unit,
    UnitAddress,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.names import name_of
from akcept.organizations.queries.seats import require_manager
from akcept.organizations.seats import Seat


def depth_first(units: Sequence[Unit]) -> list[Unit]:
    """Order units so that each follows its parent, siblings by name; a unit whose parent is missing begins a tree."""
    present = {unit.pk for unit in units}
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in present else None, []).append(unit)
    ordered: list[Unit] = []

    def walk(parent_id: int | None) -> None:
        for unit in sorted(children.get(parent_id, []), key=lambda u: u.name.casefold()):
            ordered.append(unit)
            walk(unit.pk)

    walk(None)
    return ordered


def units_to_manage(actor: Actor, permission: Permission = Permission.MANAGE_MEMBERS) -> list[Unit]:
    """Return the open units the actor manages people (or units) in, in tree order. Raises NotAllowed."""
    seat = require_manager(actor, permission)
    own = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
    return depth_first(list(own))


#: Up to so many units are offered to choose from in a filter; among more one searches.
UNITS_OFFERED = 50


def units_to_choose(actor: Actor, *, chosen: int | None = None) -> tuple[list[Unit], Unit | None]:
    """Return what a list of members can be narrowed to: all units when they are few, and the chosen one.

    Raises NotAllowed.
    """
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    own = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
    units = list(own.order_by("pk")[: UNITS_OFFERED + 1])
    if len(units) > UNITS_OFFERED:
        return [], own.filter(pk=chosen).first() if chosen is not None else None
    return depth_first(units), next((unit for unit in units if unit.pk == chosen), None)


def unit_to_manage(actor: Actor, unit_id: int) -> Unit:
    """Return an open unit, the actor's own or one below. Raises NotAllowed, NotFound."""
    seat = require_manager(actor, Permission.MANAGE_UNITS)
    found = (
        Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
        .filter(pk=unit_id)
        .select_related("parent")
        .prefetch_related("addresses")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such unit in your organisation."))
    return found


def delivery_addresses(seat: Seat) -> list[UnitAddress]:
    """Return where a member may have goods delivered: the addresses of the own unit, its default first."""
    return list(UnitAddress.objects.filter(unit_id=seat.unit_id).order_by("-is_default", "id"))


#: Of what a change affects, so many are named before the rest is only counted.
NAMES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """How many there are, and the first ones by name."""

    count: int
    names: tuple[str, ...] = ()

    @property
    def unnamed(self) -> int:
        """How many are counted only."""
        return self.count - len(self.names)


def several(names: QuerySet[Any, str]) -> Several:
    """Return the first of these names and how many there are; two statements."""
    return Several(count=names.count(), names=tuple(names[:NAMES_SHOWN]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What moving or closing a unit takes along: units below it, members and invitations of all of them."""

    units: list[str]
    members: Several
    invitations: int


def affected_by(unit: Unit) -> Affected:
    """Return what belongs to a unit and those below it; four statements."""
    within = Unit.objects.filter(path__startswith=unit.path, closed_at=None).exclude(pk=unit.pk).order_by("path")
    members = Member.objects.filter(unit__path__startswith=unit.path, removed_at=None)
    first = members.select_related("user").order_by("user__last_name", "user__first_name", "pk")[:NAMES_SHOWN]
    return Affected(
        units=list(within.values_list("name", flat=True)),
        members=Several(count=members.count(), names=tuple(name_of(member.user) for member in first)),
        invitations=Invitation.objects.filter(
            unit__path__startswith=unit.path, accepted_at=None, revoked_at=None
        ).count(),
    )
