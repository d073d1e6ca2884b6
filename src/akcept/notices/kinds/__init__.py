"""The kinds of notices; each is one module here with its two templates."""

from __future__ import annotations

from functools import partial

from akcept.journal import subscribers
from akcept.notices import digest, sending
from akcept.notices.kinds import (
    acceptance_asked,
    agreement_ending,
    budget_threshold,
    invitation,
    member_moved,
    order_amended,
    order_commented,
    order_confirmed,
    order_escalated,
    order_expired,
    order_expiring,
    order_forwarded,
    order_in_place,
    order_left,
    order_let_go,
    order_received,
    order_rejected,
    order_reminder,
    order_repriced,
    order_revoked,
    order_sent_back,
    order_shipped,
    order_shop_wrote,
    order_stuck,
    order_withdrawn,
    organization_blocked,
    organization_confirmed,
    organization_received,
    unit_closed,
)

ALL = (
    acceptance_asked.KIND,
    order_received.KIND,
    order_in_place.KIND,
    order_confirmed.KIND,
    order_rejected.KIND,
    order_sent_back.KIND,
    order_amended.KIND,
    order_repriced.KIND,
    order_forwarded.KIND,
    order_revoked.KIND,
    order_shipped.KIND,
    order_shop_wrote.KIND,
    order_withdrawn.KIND,
    order_let_go.KIND,
    order_expired.KIND,
    order_commented.KIND,
    order_stuck.KIND,
    order_left.KIND,
    order_reminder.KIND,
    order_escalated.KIND,
    order_expiring.KIND,
    budget_threshold.KIND,
    invitation.KIND,
    member_moved.KIND,
    organization_received.KIND,
    organization_confirmed.KIND,
    organization_blocked.KIND,
    unit_closed.KIND,
    agreement_ending.KIND,
)


def register_all() -> None:
    """Register each kind as its own subscriber, so that trouble with one never holds up or repeats another."""
    for kind in ALL:
        subscribers.register(
            f"mail.{kind.name}",
            topics=kind.topics,
            targets=kind.targets,
            handle=partial(sending.send, kind),
            at_once=kind.at_once,
        )
    daily = digest.kind_of(lambda: {kind.name: kind for kind in ALL})
    subscribers.register(digest.SUBSCRIBER, topics=(), handle=partial(sending.send_daily, daily))
