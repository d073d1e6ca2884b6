"""The merchant says how much an organisation may order on account."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.ordering import topics
from akcept.ordering.models import CreditLimit
from akcept.organizations import module, policies
from akcept.organizations.models import Organization
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
    policies.require_manages_organizations(actor)
    module.require_available()
    if amount is not None and not 0 <= amount <= AMOUNT_LIMIT:
        raise Invalid(_("Enter 0 or more, or leave this empty."), field="amount")
    if not Organization.objects.filter(pk=organization_id).exists():
        raise NotFound(_("There is no such organisation."))
    currency = settings.OSCAR_DEFAULT_CURRENCY
    rows = lock(CreditLimit.objects.all())
    row, _made = rows.get_or_create(organization_id=organization_id, defaults={"currency": currency})
    if row.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    before = {"amount": row.amount, "currency": row.currency}
    row.amount, row.currency, row.version = amount, currency, row.version + 1
    row.save(update_fields=["amount", "currency", "version"])
    event = Event(
        topics.CREDIT_LIMIT_CHANGED,
        ("organization", str(organization_id)),
        {"before": before, "after": {"amount": amount, "currency": currency}},
    )
    journal.write(event, actor=actor, organization_id=organization_id, now=now)
    return row
