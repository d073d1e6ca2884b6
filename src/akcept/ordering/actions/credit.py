"""The merchant says how much an organisation, or a unit of it, may order on account."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.ordering import topics
from akcept.ordering.models import CreditLimit, UnitCreditLimit
from akcept.organizations import module, policies
from akcept.organizations.models import Organization, Unit
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def set_credit_limit(
    organization_id: int, *, actor: Actor, amount: Decimal | None, version: int, now: datetime | None = None
) -> CreditLimit:
    """Let an organisation owe up to an amount for orders on account: gross, in the shop's currency; None is no limit.

    It counts at once, also for what waits; what is owed already stays. 0 lets nothing be ordered on account. `version`
    is of the limit seen, 1 before any. Journal: `organization.credit_limit_changed` with before and after, which both
    sides read. Raises NotAllowed, NotFound, Stale, Invalid (field `amount`).
    """
    _require_may_set(actor, amount)
    if not Organization.objects.filter(pk=organization_id).exists():
        raise NotFound(_("There is no such organisation."))
    row = _locked(organization_id)
    _journal(organization_id, _set(row, amount, version=version), actor=actor, now=now)
    return row


@action
def set_unit_credit_limit(
    unit_id: int,
    *,
    actor: Actor,
    organization_id: int,
    amount: Decimal | None,
    version: int,
    now: datetime | None = None,
) -> UnitCreditLimit:
    """Let a unit and those below it use up to an amount of their organisation's credit; None is no limit of its own.

    Gross, in the shop's currency; an order has to fit the limits above, too. It counts at once, also for what waits.
    `version` is of the limit seen, 1 before any. Journal: `organization.credit_limit_changed` with the unit's name.
    Raises NotAllowed, NotFound, Stale, Invalid (field `amount`; field `unit`: head office, whose credit is the
    organisation's).
    """
    _require_may_set(actor, amount)
    unit = Unit.objects.filter(pk=unit_id, organization=organization_id).first()
    if unit is None:
        raise NotFound(_("There is no such unit."))
    if unit.parent_id is None:
        raise Invalid(_("The credit of the head office is that of the whole organisation."), field="unit")
    whole = _locked(organization_id)
    row, _made = UnitCreditLimit.objects.get_or_create(
        pk=unit_id, defaults={"currency": settings.OSCAR_DEFAULT_CURRENCY}
    )
    changed = _set(row, amount, version=version)
    whole.by_unit = UnitCreditLimit.objects.filter(unit__organization=organization_id, amount__isnull=False).exists()
    whole.save(update_fields=["by_unit"])
    _journal(organization_id, {"unit": unit.name, **changed}, actor=actor, now=now)
    return row


def _require_may_set(actor: Actor, amount: Decimal | None) -> None:
    policies.require_manages_organizations(actor)
    module.require_available()
    if amount is not None and not 0 <= amount <= AMOUNT_LIMIT:
        raise Invalid(_("Enter 0 or more, or leave this empty."), field="amount")


def _locked(organization_id: int) -> CreditLimit:
    """Lock the credit of a whole organisation, its units' limits with it."""
    rows = lock(CreditLimit.objects.all())
    row, _made = rows.get_or_create(
        organization_id=organization_id, defaults={"currency": settings.OSCAR_DEFAULT_CURRENCY}
    )
    return row


def _set(row: CreditLimit | UnitCreditLimit, amount: Decimal | None, *, version: int) -> dict[str, Any]:
    """Write a limit, and return what of it changed. Raises Stale."""
    if row.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    before = {"amount": row.amount, "currency": row.currency}
    row.amount, row.currency, row.version = amount, settings.OSCAR_DEFAULT_CURRENCY, row.version + 1
    row.save(update_fields=["amount", "currency", "version"])
    return {"before": before, "after": {"amount": amount, "currency": row.currency}}


def _journal(organization_id: int, changed: dict[str, Any], *, actor: Actor, now: datetime | None) -> None:
    event = Event(topics.CREDIT_LIMIT_CHANGED, ("organization", str(organization_id)), changed)
    journal.write(event, actor=actor, organization_id=organization_id, now=now)
