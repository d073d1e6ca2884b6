"""Branches and their addresses."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.organizations import policies, queries, topics
from akcept.organizations.actions.rows import AddressInput, insert_unit, save_unit, unit_name
from akcept.organizations.models import Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


@transaction.atomic(durable=True)
def add_unit(*, actor: Actor, parent_id: int, name: str, address: AddressInput, now: datetime | None = None) -> Unit:
    """Add a branch below a unit of the actor's organisation, with its delivery address.

    Raises NotAllowed, NotFound (parent), Invalid (no name, a sibling of that name, address).
    """
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    parent = _locked_unit(seat, parent_id)
    unit = insert_unit(seat.organization_id, name=unit_name(name), parent=parent)
    UnitAddress.objects.create(unit=unit, is_default=True, **address.cleaned())
    journal.write(
        Fact(topics.UNIT_ADDED, ("unit", str(unit.pk)), {"name": unit.name, "parent": parent.name}),
        actor=actor,
        organization_id=seat.organization_id,
        now=now,
    )
    return unit


@transaction.atomic(durable=True)
def change_unit(unit_id: int, *, actor: Actor, name: str, address: AddressInput, now: datetime | None = None) -> Unit:
    """Rename a unit and change its default delivery address; placed orders keep the address they were placed with.

    Raises NotAllowed, NotFound, Invalid.
    """
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    unit = _locked_unit(seat, unit_id)
    before = {"name": unit.name}
    unit.name = unit_name(name)
    save_unit(unit)
    columns = address.cleaned()
    UnitAddress.objects.update_or_create(unit=unit, is_default=True, defaults=columns)
    journal.write(
        Fact(topics.UNIT_CHANGED, ("unit", str(unit.pk)), {"before": before, "after": {"name": unit.name, **columns}}),
        actor=actor,
        organization_id=seat.organization_id,
        now=now,
    )
    return unit


def _locked_unit(seat: Seat, unit_id: int) -> Unit:
    own = Unit.objects.select_for_update(no_key=True).filter(organization_id=seat.organization_id, pk=unit_id)
    unit = own.first()
    if unit is None:
        raise NotFound(_("There is no such unit in your organisation."))
    return unit
