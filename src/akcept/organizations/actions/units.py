"""Branches: added, renamed, moved, closed and opened again; and their delivery addresses."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import checks, queries, topics
from akcept.organizations.actions.rows import (
    enter,
    insert_unit,
    require_administrator_left,
    require_depth,
    save_unit,
)
from akcept.organizations.addresses import AddressInput
from akcept.organizations.models import Invitation, Member, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action


@action
def add_unit(
    *,
    actor: Actor,
    parent_id: int,
    name: str,
    address: AddressInput,
    cost_centre: str = "",
    code: str = "",
    now: datetime | None = None,
) -> Unit:
    """Add a branch below a unit the actor reaches, with its first delivery address, which is its default.

    `code` is what files name it by; without one its number is. Journal: `unit.added`. Raises NotAllowed, NotFound
    (parent), Invalid (no name, a sibling of that name, a code there is, too deep, address).
    """
    seat = enter(actor, Permission.MANAGE_UNITS)
    parent = _own_unit(seat, parent_id)
    columns = address.cleaned()
    unit = insert_unit(
        seat.organization_id,
        name=checks.unit_name(name),
        parent=parent,
        cost_centre=checks.cost_centre(cost_centre),
        code=checks.unit_code(code),
    )
    UnitAddress.objects.create(unit=unit, is_default=True, **columns)
    _journal(topics.UNIT_ADDED, unit, seat, {**_kept(unit), "parent": parent.name}, actor=actor, now=now)
    return unit


@action
def change_unit(
    unit_id: int,
    *,
    actor: Actor,
    name: str,
    cost_centre: str = "",
    code: str | None = None,
    version: int,
    now: datetime | None = None,
) -> Unit:
    """Rename a unit, or give it another cost centre or code (None leaves it).

    Journal: `unit.changed` with before and after. Raises NotAllowed, NotFound, Invalid (no name, a sibling of that
    name, a code there is), Stale.
    """
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id, version=version)
    before = _kept(unit)
    unit.name, unit.cost_centre, unit.version = (
        checks.unit_name(name),
        checks.cost_centre(cost_centre),
        unit.version + 1,
    )
    if code is not None:
        unit.code = checks.unit_code(code, own=f"U{unit.pk}")
    save_unit(unit)
    _journal(topics.UNIT_CHANGED, unit, seat, {"before": before, "after": _kept(unit)}, actor=actor, now=now)
    return unit


@action
def move_unit(unit_id: int, *, actor: Actor, parent_id: int, version: int, now: datetime | None = None) -> Unit:
    """Hang a unit, with everything below it, under another one; three statements however much hangs there.

    Members and waiting orders stay in their units; who is above them changes, and with it who decides.
    Journal: `unit.moved` with before and after.
    Raises NotAllowed, NotFound, Stale, Invalid (head office; below itself; a sibling of that name; too deep).
    """
    return hang(unit_id, actor=actor, parent_id=parent_id, version=version, now=now)


def hang(unit_id: int, *, actor: Actor, parent_id: int, version: int, now: datetime | None = None) -> Unit:
    """Move a unit inside the caller's transaction. Journal: as `move_unit`. Raises as `move_unit`."""
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id, version=version)
    parent = _own_unit(seat, parent_id)
    if unit.parent_id is None:
        raise Invalid(_("Head office has nowhere to move to."), field="parent")
    if parent.path.startswith(unit.path):
        raise Invalid(_("A unit cannot belong to itself."), field="parent")
    before = {"parent": _name_of(unit.parent_id)}
    unit.version += 1
    _save_below(unit, parent)
    after = {"parent": parent.name}
    _journal(topics.UNIT_MOVED, unit, seat, {"before": before, "after": after}, actor=actor, now=now)
    return unit


@action
def close_unit(unit_id: int, *, actor: Actor, members_to: int, version: int, now: datetime | None = None) -> Unit:
    """Close a unit and every unit below it; its members and invitations move to the unit `members_to`.

    Orders keep the unit they were placed in and are decided by whoever may for it now.
    Journal: `unit.closed`, one for all of them. Raises NotAllowed, NotFound, Stale, Invalid (head office; `members_to`
    closes too; no administrator would be left).
    """
    return shut(unit_id, actor=actor, members_to=members_to, version=version, now=now)


def shut(unit_id: int, *, actor: Actor, members_to: int, version: int, now: datetime | None = None) -> Unit:
    """Close units inside the caller's transaction. Journal: as `close_unit`. Raises as `close_unit`."""
    at = now or utc_now()
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id, version=version)
    target = _own_unit(seat, members_to)
    if unit.parent_id is None:
        raise Invalid(_("Head office cannot be closed."))
    if target.path.startswith(unit.path):
        raise Invalid(_("Choose a unit that stays open."), field="members_to")
    closing = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=unit.path, closed_at=None)
    names = list(closing.order_by("path").values_list("name", flat=True))
    here = Member.objects.filter(organization_id=seat.organization_id, unit__path__startswith=unit.path)
    told = sorted(here.filter(active=True).values_list("pk", flat=True))
    moved = here.update(unit=target)
    Invitation.objects.filter(unit__path__startswith=unit.path, accepted_at=None).update(unit=target)
    closing.update(closed_at=at, version=F("version") + 1)
    unit.closed_at, unit.version = at, unit.version + 1
    require_administrator_left(seat.organization_id)
    payload = {"name": unit.name, "closed": names, "members": moved, "members_to": target.name, "moved": told}
    _journal(topics.UNIT_CLOSED, unit, seat, payload, actor=actor, now=at)
    return unit


@action
def reopen_unit(
    unit_id: int, *, actor: Actor, parent_id: int, name: str, code: str, version: int, now: datetime | None = None
) -> Unit:
    """Open a closed unit again below `parent_id`, with the units that were closed together with it.

    It comes back with its addresses, cost centre, budgets and rules; what was closed before it stays closed, and its
    former members stay in the units they moved to. `name` and `code` are given anew, for others may have them by now.
    Journal: `unit.reopened`, one for all of them. Raises NotAllowed, NotFound, Stale, Invalid (a name or code there
    is; too deep).
    """
    return restore(unit_id, actor=actor, parent_id=parent_id, name=name, code=code, version=version, now=now)


def restore(
    unit_id: int, *, actor: Actor, parent_id: int, name: str, code: str, version: int, now: datetime | None = None
) -> Unit:
    """Open units again inside the caller's transaction. Journal: as `reopen_unit`. Raises as `reopen_unit`."""
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id, version=version, closed=True)
    parent = _own_unit(seat, parent_id)
    opening = list(queries.closed_together(unit).exclude(pk=unit.pk).order_by("path"))
    before = _kept(unit)
    unit.name, unit.code = checks.unit_name(name), checks.unit_code(code, own=f"U{unit.pk}")
    unit.closed_at, unit.version = None, unit.version + 1
    _save_below(unit, parent)
    _require_codes_free(seat.organization_id, opening)
    Unit.objects.filter(pk__in=[below.pk for below in opening]).update(closed_at=None, version=F("version") + 1)
    payload: dict[str, object] = {
        "opened": [unit.name, *(below.name for below in opening)],
        "parent": parent.name,
        "before": before,
        "after": _kept(unit),
    }
    _journal(topics.UNIT_REOPENED, unit, seat, payload, actor=actor, now=now)
    return unit


def _require_codes_free(organization_id: int, opening: list[Unit]) -> None:
    codes = {unit.code: unit.name for unit in opening if unit.code}
    taken = Unit.objects.filter(organization_id=organization_id, closed_at=None, code__in=codes).first()
    if taken is not None:
        words = {"unit": codes[taken.code], "code": taken.code, "other": taken.name}
        raise Invalid(
            _("%(unit)s would open too, but its code %(code)s is used by %(other)s now: change that one first.") % words
        )


# --- addresses ---


@action
def save_address(
    unit_id: int,
    *,
    actor: Actor,
    address: AddressInput,
    address_id: int | None = None,
    is_default: bool = False,
    now: datetime | None = None,
) -> UnitAddress:
    """Add a delivery address to a unit, or change one; placed orders keep the address they were placed with.

    The first address is the default whatever is said. Journal: `unit.address_saved` with what it was. Raises
    NotAllowed, NotFound, Invalid (field).
    """
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id)
    columns = address.cleaned()
    every = {row.pk: row for row in unit.addresses.all()}
    row = UnitAddress(unit=unit) if address_id is None else every.get(address_id)
    if row is None:
        raise NotFound(_("There is no such address."))
    others = [other for other in every.values() if other.pk != row.pk]
    default = is_default or not any(other.is_default for other in others)
    before = "" if address_id is None else str(row)
    if default:
        unit.addresses.exclude(pk=row.pk).update(is_default=False)
    for name, value in columns.items():
        setattr(row, name, value)
    row.is_default = default
    row.save()
    payload = {"address_id": row.pk, "before": before, "text": str(row), "default": default}
    _journal(topics.ADDRESS_SAVED, unit, seat, payload, actor=actor, now=now)
    return row


@action
def remove_address(unit_id: int, *, actor: Actor, address_id: int, now: datetime | None = None) -> None:
    """Remove a delivery address that is not the default.

    Journal: `unit.address_removed`. Raises NotAllowed, NotFound, Invalid (it is the default).
    """
    seat = enter(actor, Permission.MANAGE_UNITS)
    unit = _own_unit(seat, unit_id)
    row = unit.addresses.filter(pk=address_id).first()
    if row is None:
        raise NotFound(_("There is no such address."))
    if row.is_default:
        raise Invalid(_("The default address stays until another one is the default."))
    payload = {"address_id": row.pk, "text": str(row)}
    row.delete()
    _journal(topics.ADDRESS_REMOVED, unit, seat, payload, actor=actor, now=now)


# --- in common ---


def _save_below(unit: Unit, parent: Unit) -> None:
    """Save a unit at its place below another one, and the paths of everything below it. Raises Invalid."""
    old = unit.path
    below = Unit.objects.filter(organization_id=unit.organization_id, path__startswith=old)
    unit.parent, unit.path = parent, f"{parent.path}{unit.pk}/"
    require_depth(max(len(path) for path in below.values_list("path", flat=True)) - len(old) + len(unit.path))
    save_unit(unit)
    below.exclude(pk=unit.pk).update(path=Concat(Value(unit.path), Substr("path", len(old) + 1)))


def _own_unit(seat: Seat, unit_id: int, *, version: int | None = None, closed: bool = False) -> Unit:
    reached = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, pk=unit_id)
    unit = reached.filter(closed_at__isnull=not closed).first()
    if unit is None:
        raise NotFound(_("There is no such unit in your organisation."))
    if version is not None and unit.version != version:
        raise Stale(_("Somebody has changed this unit since you opened it. Here is its current state."))
    return unit


def _name_of(unit_id: int) -> str:
    return str(Unit.objects.values_list("name", flat=True).get(pk=unit_id))


def _kept(unit: Unit) -> dict[str, str]:
    return {"name": unit.name, "cost_centre": unit.cost_centre, "code": unit.code}


def _journal(
    topic: str, unit: Unit, seat: Seat, payload: dict[str, object], *, actor: Actor, now: datetime | None
) -> None:
    event = Event(topic, ("unit", str(unit.pk)), payload)
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
