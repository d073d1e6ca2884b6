"""What requester and approvers write to each other on an order; the shop does not see it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.approvals import policies
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import topics
from akcept.ordering.actions.rows import checked_remark, locked


@transaction.atomic(durable=True)
def comment(order_number: str, *, actor: Actor, text: str, now: datetime | None = None) -> None:
    """Write a comment on an order that has been held: for its requester, and whoever accepts orders and sees it.

    Journal: `order.commented`; the other side is mailed. Changes nothing about the order: pages stay up to date.
    Raises NotFound, NotAllowed, Invalid (field `text`: none, too long).
    """
    held = locked(order_number, actor=actor)
    policies.require_active(held.seat)
    if held.seat.member_id != held.case.requester_id and not held.seat.decides:
        raise NotAllowed(_("Only whoever placed this order or may accept orders can comment on it."))
    said = checked_remark(text, required=_("Write something first."), field="text")
    payload = {"order_id": held.order.id, "text": said, "requester_id": held.case.requester.user_id}
    fact = Fact(topics.COMMENTED, held.subject, payload | {"asked_members": list(held.case.asked)})
    journal.write(fact, actor=actor, organization_id=held.case.organization_id, now=now or utc_now())
