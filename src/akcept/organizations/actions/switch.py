"""The merchant's switch of the module."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.organizations import module as b2b
from akcept.organizations import policies, topics
from akcept.organizations.models import Module
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def switch_module(*, actor: Actor, enabled: bool, now: datetime | None = None) -> Module:
    """Switch the B2B module on or off for the whole shop.

    Off: no organisation pages, new orders are not held; orders that wait stay decidable. Journal: `module.switched`,
    nothing where it is so already. Raises NotAllowed (not staff with that permission, or the host withholds the
    module).
    """
    policies.require_manages_organizations(actor)
    if not b2b.is_available():
        raise NotAllowed(_("Your hosting plan does not include the B2B module."))
    at = now or utc_now()
    row, _created = lock(Module.objects.all()).get_or_create(pk=1)
    if row.changed_at is not None and row.enabled == enabled:
        return row
    row.enabled, row.changed_at, row.changed_by = enabled, at, actor.name[:200]  # as wide as the column
    row.save(update_fields=["enabled", "changed_at", "changed_by"])
    event = Event(topics.MODULE_SWITCHED, ("module", "b2b"), {"enabled": enabled})
    journal.write(event, actor=actor, organization_id=None, now=at)
    return row
