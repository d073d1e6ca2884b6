"""Telling the merchant, once, that agreements are about to end."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _

from akcept.agreements import topics
from akcept.agreements.models import Agreement
from akcept.agreements.queries.merchant import untold
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

#: So many are told in one; the others in the next one.
MOST_TOLD: Final = 100


@action
def tell_ending(*, actor: Actor, now: datetime | None = None) -> int:
    """Tell the merchant of agreements that end within 30 days, several in one; return how many.

    Each is told once, and once more when its last day was changed. Journal: `agreement.ending` where there are any,
    with their names, customers and last days. Raises NotAllowed for anybody but the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("What is about to end is told automatically."))
    at = now or utc_now()
    ids = [row.pk for row in lock(untold(at).order_by("pk"))[:MOST_TOLD]]
    rows = Agreement.objects.filter(pk__in=ids).select_related("organization", "unit").order_by("ends", "pk")
    told = [_told(row) for row in rows]
    if told:
        Agreement.objects.filter(pk__in=ids).update(told_end=F("ends"))
        event = Event(topics.ENDING, ("agreement", "ending"), {"agreements": told})
        journal.write(event, actor=actor, organization_id=None, now=at)
    return len(told)


def _told(row: Agreement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "customer": row.organization.name if row.organization else "",
        "unit": row.unit.name if row.unit else "",
        "ends": row.ends.isoformat() if row.ends else "",
    }
