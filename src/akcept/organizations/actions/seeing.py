"""Whom the shop is open to, which prices it shows, and whether an organisation shows them to everybody in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotAllowed, NotFound, Stale
from akcept.organizations import policies, topics
from akcept.organizations.actions.rows import enter
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.models import Module, Organization
from akcept.organizations.permissions import Permission
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def open_shop(*, actor: Actor, gate: Gate, shown: Shown, version: int, now: datetime | None = None) -> Module:
    """Choose whom the shop is open to and which prices it shows to whoever has no choice of their own.

    It counts from the next page on; what was ordered stays. `version` is the one seen, 1 before any. Journal:
    `module.gate_changed` with before and after. Raises NotAllowed, Stale.
    """
    policies.require_manages_organizations(actor)
    row, _created = lock(Module.objects.all()).get_or_create(pk=1)
    if row.gate_version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    before = _gate(row)
    row.gate, row.shown, row.gate_version = gate.value, shown.value, row.gate_version + 1
    row.save(update_fields=["gate", "shown", "gate_version"])
    event = Event(topics.GATE_CHANGED, ("module", "gate"), {"before": before, "after": _gate(row)})
    journal.write(event, actor=actor, organization_id=None, now=now)
    return row


@action
def choose_prices(
    organization_id: int, *, actor: Actor, shown: Shown | None, by_right: bool, now: datetime | None = None
) -> Organization:
    """Choose for a customer which prices it is shown, None for those of the whole shop, and whether only to some.

    `by_right`: only to members with the permission, or one that includes it. Journal: `organization.prices_chosen`
    with before and after. Raises NotAllowed, NotFound.
    """
    policies.require_manages_organizations(actor)
    organization = lock(Organization.objects.filter(pk=organization_id)).first()
    if organization is None:
        raise NotFound(_("There is no such organisation."))
    before = _chosen(organization)
    organization.shown = shown.value if shown is not None else ""
    return _save(organization, before, actor=actor, by_right=by_right, now=now)


@action
def show_prices(*, actor: Actor, by_right: bool, now: datetime | None = None) -> Organization:
    """Show prices to everybody in the actor's organisation, or (`by_right`) only to members with the permission.

    For whoever manages members at head office and sees prices themselves. Journal: `organization.prices_chosen` with
    before and after. Raises NotAllowed.
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_MEMBERS))
    organization = Organization.objects.get(pk=seat.organization_id)
    if not seat.sees_prices and not by_right:
        raise NotAllowed(_("Only somebody who sees prices may show them to everybody."))
    return _save(organization, _chosen(organization), actor=actor, by_right=by_right, now=now)


def _save(
    organization: Organization, before: dict[str, Any], *, actor: Actor, by_right: bool, now: datetime | None
) -> Organization:
    organization.prices_by_right = by_right
    organization.save(update_fields=["shown", "prices_by_right"])
    payload = {"before": before, "after": _chosen(organization)}
    event = Event(topics.PRICES_CHOSEN, ("organization", str(organization.pk)), payload)
    journal.write(event, actor=actor, organization_id=organization.pk, now=now)
    return organization


def _gate(row: Module) -> dict[str, Any]:
    return {"gate": row.gate, "shown": row.shown}


def _chosen(organization: Organization) -> dict[str, Any]:
    return {"shown": organization.shown, "by_right": organization.prices_by_right}
