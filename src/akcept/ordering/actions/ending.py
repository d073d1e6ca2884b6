"""The system ends what nobody decided in time. Silence never accepts."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.journal import actions as journal
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering.actions.parts.outcomes import end
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def expire(order_number: str, *, actor: Actor, now: datetime | None = None) -> bool:
    """End a held order whose term has passed; its stock is free again, everybody concerned is told.

    Whether the term has passed is the caller's to know. Returns whether anything was done: an order that has ended, or
    that another process has in its hands, is left alone, so that two sweeps at once do it once.
    Journal: `order.expired`. Raises NotAllowed for anybody but the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Orders expire automatically."))
    at = now or utc_now()
    case = lock(
        Case.objects.filter(order__number=order_number, state__in=[state.value for state in OPEN]).select_related(
            "order__akcept_placement"
        ),
        of=("self", "order"),
        skip_locked=True,
    ).first()
    if case is None:
        return False
    journal.write(end(case, actor=actor, at=at), actor=actor, organization_id=case.organization_id, now=at)
    return True
