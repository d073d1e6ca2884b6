"""Tries to decide what somebody may see but not decide, written down, a few an hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from akcept.approvals.states import Move
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.journal.queries import how_many
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import topics
from akcept.ordering.visibility import visible_cases
from akcept.organizations import queries as organizations
from akcept.transactions.acting import together

#: So many refused tries of one person at one order are written down in an hour.
REFUSALS_LIMIT = 5


@contextmanager
def refusals_logged(order_number: str, move: Move, *, actor: Actor) -> Iterator[None]:
    """Write down that somebody tried to decide what they may see but not decide; the refusal itself goes on.

    Of an order they may not see nothing is written, and of one order at most `REFUSALS_LIMIT` of their tries an hour.
    """
    try:
        yield
    except NotAllowed as refusal:
        with together(durable=True):
            _log_refusal(order_number, move, refusal, actor=actor)
        raise


def _log_refusal(order_number: str, move: Move, refusal: NotAllowed, *, actor: Actor) -> None:
    seat = organizations.seat_of(actor)
    if seat is None or not visible_cases(seat).filter(order__number=order_number).exists():
        return
    subject = ("order", order_number)
    since = utc_now() - timedelta(hours=1)
    tries = how_many(*subject, topics.DECISION_REFUSED, limit=REFUSALS_LIMIT, user_id=actor.user_id, since=since)
    if tries < REFUSALS_LIMIT:
        event = Event(topics.DECISION_REFUSED, subject, {"move": move.value, "why": str(refusal), "said": refusal.said})
        journal.write(event, actor=actor, organization_id=seat.organization_id)
