"""The system ends what nobody decided in time. Silence never accepts."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import status, topics
from akcept.ordering.money import bookings
from akcept.ordering.ports import OrderRef, order_book
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


def end(case: Case, *, actor: Actor, at: datetime) -> Fact:
    """Let a held order, locked with its case, expire inside the caller's transaction; return what to write down."""
    asked = list(case.asked)
    cases.expire(case, now=at)
    placement = case.order.akcept_placement
    order = OrderRef(id=case.order_id, number=placement.number, status=case.order.status, buyer_id=case.order.user_id)
    order_book().cancel(order, status=status.EXPIRED, at=at)
    bookings.ended(placement, actor=actor, now=at)
    return Fact(topics.EXPIRED, ("order", placement.number), {"order_id": order.id, "asked_members": asked})
