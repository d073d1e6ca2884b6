"""What requester and approvers write to each other on an order; the shop does not see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from akcept.approvals import policies
from akcept.approvals.states import DROPPED, State
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.journal.queries import how_many
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, NotAllowed, TooOften
from akcept.ordering import topics
from akcept.ordering.actions.parts.locked import LockedOrder, locked
from akcept.ordering.actions.parts.texts import checked_remark
from akcept.transactions.acting import action

#: Of one person on one order.
HOURLY_LIMIT: Final = 20
#: Of everybody on one order, for ever.
COMMENT_LIMIT: Final = 200


@action
def comment(order_number: str, *, actor: Actor, text: str, now: datetime | None = None) -> None:
    """Write a comment on an order that has been held: for its requester, and whoever accepts orders and sees it.

    Journal: `order.commented`; the other side is mailed. Changes nothing about the order: pages stay up to date.
    Raises NotFound, NotAllowed, Invalid (field `text`: none, too long), IllegalMove (the order ended without being
    accepted), TooOften (`HOURLY_LIMIT` of one person, `COMMENT_LIMIT` in all).
    """
    at = now or utc_now()
    held = locked(order_number, actor=actor)
    policies.require_active(held.seat)
    if held.seat.member_id != held.case.requester_id and not held.seat.decides:
        raise NotAllowed(_("Only the requester and people who may accept orders can comment on it."))
    if State(held.case.state) in DROPPED:
        raise IllegalMove(_("This order has ended and takes no more comments. You can order it again."))
    said = checked_remark(text, required=_("Write something first."), field="text")
    _require_few(held, actor, at)
    payload = {"order_id": held.order.id, "text": said, "requester_id": held.case.requester.user_id}
    event = Event(topics.COMMENTED, held.subject, payload | {"asked_members": list(held.case.asked)})
    journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)


def _require_few(held: LockedOrder, actor: Actor, at: datetime) -> None:
    own = how_many(
        *held.subject, topics.COMMENTED, limit=HOURLY_LIMIT, user_id=actor.user_id, since=at - timedelta(hours=1)
    )
    if own >= HOURLY_LIMIT:
        text = _("You wrote %(limit)d comments on this order within an hour. Please wait a while, or call each other.")
        raise TooOften(text % {"limit": HOURLY_LIMIT}, field="text")
    if how_many(*held.subject, topics.COMMENTED, limit=COMMENT_LIMIT) >= COMMENT_LIMIT:
        text = _("An order may have up to %(limit)d comments, and this one has them.")
        raise TooOften(text % {"limit": COMMENT_LIMIT}, field="text")
