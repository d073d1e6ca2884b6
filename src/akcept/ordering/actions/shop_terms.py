"""The merchant says what holds for orders that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, Stale
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.ordering import topics
from akcept.ordering.models import ShopTerms
from akcept.organizations import module, policies
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

DAYS_LIMIT = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTermsInput:
    """Terms as typed; None is never or no limit. Days of the calendar, per cent, goods net in the shop's currency."""

    price_days: int | None
    price_tolerance: Decimal
    order_from: Decimal | None
    order_up_to: Decimal | None
    mails: bool


@action
def change_shop_terms(typed: ShopTermsInput, *, actor: Actor, version: int, now: datetime | None = None) -> ShopTerms:
    """Change the terms; they count at once, also for what waits. `version` is of the terms seen, 1 before any change.

    Journal: `shop.terms_changed` with before and after. Raises NotAllowed, Stale, Invalid (field).
    """
    policies.require_manages_organizations(actor)
    module.require_available()
    _require(typed)
    row, _made = lock(ShopTerms.objects.all()).get_or_create(pk=1)
    if row.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    before = _kept(row)
    for name in ShopTermsInput.__dataclass_fields__:
        setattr(row, name, getattr(typed, name))
    row.version += 1
    row.save()
    event = Event(topics.SHOP_TERMS_CHANGED, ("shop", "terms"), {"before": before, "after": _kept(row)})
    journal.write(event, actor=actor, organization_id=None, now=now)
    return row


def _require(typed: ShopTermsInput) -> None:
    if typed.price_days is not None and not 1 <= typed.price_days <= DAYS_LIMIT:
        raise Invalid(_("Enter 1 to %(limit)d days, or leave this empty.") % {"limit": DAYS_LIMIT}, field="price_days")
    if not 0 <= typed.price_tolerance <= 100:
        raise Invalid(_("Enter a percentage from 0 to 100."), field="price_tolerance")
    for field in ("order_from", "order_up_to"):
        value = getattr(typed, field)
        if value is not None and not 0 < value <= AMOUNT_LIMIT:
            raise Invalid(_("Enter an amount above 0, or leave this empty."), field=field)
    if typed.order_from is not None and typed.order_up_to is not None and typed.order_up_to < typed.order_from:
        raise Invalid(_("This is less than the smallest order."), field="order_up_to")


def _kept(row: ShopTerms) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ShopTermsInput.__dataclass_fields__}
