"""Hands journal entries to their subscribers: at least once, each row by one relay at a time, no broker.

Any number of relays on any number of machines may run. Rows are claimed by one conditional update that moves `due_at`
(the lease) and writes a claim; what is left of a batch is renewed under the same claim before the lease can end, so a
relay that was too slow finds its rows taken and leaves them alone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet

from akcept.journal import sharing, subscribers
from akcept.journal.models import Delivery
from akcept.kernel import tracing
from akcept.kernel.clock import utc_now
from akcept.transactions.acting import together

log = logging.getLogger("akcept.relay")

LEASE = timedelta(seconds=90)
BATCH = 50
#: With the pause capped at fifteen minutes this is about a week of trying.
MAX_ATTEMPTS = 680


@dataclass(slots=True)
class Count:
    """What one round did."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    dead: int = 0
    postponed: int = 0

    @property
    def claimed(self) -> int:
        """How many deliveries this round took in hand."""
        return self.done + self.skipped + self.failed + self.dead + self.postponed


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many failures: 5 s, 10 s, 20 s ... never more than 15 minutes."""
    return timedelta(seconds=min(900, 5 * 2 ** min(attempts - 1, 10)))


def run_once(
    *, clock: Callable[[], datetime] = utc_now, batch: int = BATCH, stopped: Callable[[], bool] = lambda: False
) -> Count:
    """Claim what is due and hand it on; return what came of it. Never raises for a subscriber's failure.

    When `stopped` says so, the rest of the claim is given back at once instead of waiting for its lease to end.
    """
    count = Count()
    hold = _Hold(claim=secrets.token_hex(16), clock=clock, since=clock())
    rows = _claimed(hold.claim, now=hold.since, batch=batch)
    with sharing.batch([(row.entry, row.target) for row in rows]):
        for delivery in rows:
            if stopped():
                _mark_done(hold, count)
                _give_back(hold.claim, now=clock())
                break
            if hold.covers(delivery, count):
                with tracing.traced(delivery.request_id):
                    _hand_over(delivery, hold, count, clock=clock)
        _mark_done(hold, count)
    return count


@dataclass(slots=True, kw_only=True)
class _Hold:
    """What one round has claimed, and until when that holds."""

    claim: str
    clock: Callable[[], datetime]
    since: datetime
    #: The rows that were still ours when the lease was renewed; None as long as it was not.
    left: frozenset[int] | None = None
    #: Handed over, and not marked yet.
    done: list[int] = field(default_factory=list)

    def covers(self, delivery: Delivery, count: Count) -> bool:
        """Whether a row is ours for as long as any handler takes; renews the lease of all of them when it is time."""
        now = self.clock()
        if now - self.since >= LEASE / 3:
            _mark_done(self, count)
            mine = _mine(self.claim)
            mine.update(due_at=now + LEASE)
            self.since, self.left = now, frozenset(mine.values_list("pk", flat=True))
        return self.left is None or delivery.pk in self.left


def _claimed(claim: str, *, now: datetime, batch: int) -> list[Delivery]:
    """Claim what is due; two statements, one where nothing is.

    First what writes in the database, oldest first, then the rest: what that reads alike stays as it was read.
    """
    if not _claim(claim, now=now, batch=batch):
        return []
    return sorted(_mine(claim).select_related("entry").order_by("entry_id", "id"), key=_writes_nothing)


def _writes_nothing(delivery: Delivery) -> bool:
    subscriber = subscribers.named(delivery.subscriber)
    return subscriber is None or not subscriber.transactional


def _claim(claim: str, *, now: datetime, batch: int) -> int:
    due = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=now)
    if not connection.features.has_select_for_update_skip_locked:  # there a statement writes alone
        first = due.order_by("due_at", "id").values("pk")[:batch]
        return due.filter(pk__in=first).update(claim=claim, due_at=now + LEASE)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [claim, now + LEASE, Delivery.State.DUE, now, batch])
        return int(cursor.rowcount)


#: What others hold is left out, so nobody waits; an array, because it is looked for once and not for each row.
_CLAIM: Final = """
    UPDATE akcept_journal_delivery SET claim = %s, due_at = %s WHERE id = ANY(ARRAY(
        SELECT id FROM akcept_journal_delivery WHERE state = %s AND due_at <= %s
        ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    ))
"""


def _mine(claim: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.DUE, claim=claim)


def _give_back(claim: str, *, now: datetime) -> None:
    _mine(claim).update(claim="", due_at=now)


def _mark_done(hold: _Hold, count: Count) -> None:
    """Write down together what may be done again: after a crash that is this batch."""
    if hold.done:
        mine = _mine(hold.claim).filter(pk__in=hold.done)
        state = {"state": Delivery.State.DONE, "ended_at": hold.clock(), "detail": ""}
        count.done += mine.update(attempts=F("attempts") + 1, **state)
        hold.done.clear()


def _hand_over(delivery: Delivery, hold: _Hold, count: Count, *, clock: Callable[[], datetime]) -> None:
    subscriber, claim = subscribers.named(delivery.subscriber), hold.claim
    try:
        if subscriber is None:
            raise LookupError(f"no subscriber named {delivery.subscriber!r} is installed")
        if subscriber.targets is not None and not delivery.target:
            with together():
                _fan_out(delivery, subscriber, now=clock())
                _end(delivery, claim, Delivery.State.DONE, now=clock())
        elif subscriber.transactional:
            with together():
                subscriber.handle(delivery.entry, delivery.target)
                _end(delivery, claim, Delivery.State.DONE, now=clock())
            sharing.forget()  # what it wrote the others see
        elif subscriber.repeatable:
            subscriber.handle(delivery.entry, delivery.target)
            hold.done.append(delivery.pk)
            return
        else:
            subscriber.handle(delivery.entry, delivery.target)
            _end(delivery, claim, Delivery.State.DONE, now=clock())
        count.done += 1
    except subscribers.Later as later:
        mine = _mine(claim).filter(pk=delivery.pk)
        count.postponed += mine.update(claim="", due_at=later.until)
    except subscribers.Skip as skip:
        _skipped(delivery, claim, skip, count, now=clock())
    except LeaseLost as lost:
        log.warning("%s", lost)
    except Exception as error:  # a subscriber may fail in any way; the outbox must go on
        log.warning("%s of entry %s failed: %s", delivery.subscriber, delivery.entry_id, error)
        _failed(delivery, claim, error, count, now=clock())


def _fan_out(delivery: Delivery, subscriber: subscribers.Subscriber, *, now: datetime) -> None:
    assert subscriber.targets is not None  # noqa: S101  narrowed by the caller
    Delivery.objects.bulk_create(
        [
            Delivery(
                entry_id=delivery.entry_id,
                request_id=delivery.request_id,
                subscriber=subscriber.name,
                target=target,
                due_at=now,
            )
            for target in dict.fromkeys(subscriber.targets(delivery.entry))
        ],
        ignore_conflicts=True,
    )


def _end(delivery: Delivery, claim: str, state: Delivery.State, *, now: datetime, detail: str = "") -> None:
    mine = _mine(claim).filter(pk=delivery.pk)
    ended = mine.update(state=state, ended_at=now, attempts=delivery.attempts + 1, detail=detail)
    if ended != 1:
        # Raising takes a transactional handler's work back: the relay that holds the row now does it.
        raise LeaseLost(f"delivery {delivery.pk} was taken over")


class LeaseLost(Exception):
    """Another relay holds the row now; nothing may be written about it from here."""


def _skipped(delivery: Delivery, claim: str, skip: subscribers.Skip, count: Count, *, now: datetime) -> None:
    try:
        _end(delivery, claim, Delivery.State.SKIPPED, now=now, detail=_storable(str(skip)))
    except LeaseLost as lost:
        log.warning("%s", lost)
    else:
        count.skipped += 1


def _failed(delivery: Delivery, claim: str, error: Exception, count: Count, *, now: datetime) -> None:
    attempts = delivery.attempts + 1
    dead = attempts >= MAX_ATTEMPTS
    _mine(claim).filter(pk=delivery.pk).update(
        state=Delivery.State.DEAD if dead else Delivery.State.DUE,
        claim="",
        attempts=attempts,
        due_at=now + pause_after(attempts),
        detail=_storable(f"{type(error).__name__}: {error}"),
        ended_at=now if dead else None,
    )
    if dead:
        count.dead += 1
    else:
        count.failed += 1


def _storable(text: str) -> str:
    """Return a foreign text as every database takes it: PostgreSQL refuses NUL, no encoding knows half a character."""
    return text.replace("\0", "").encode(errors="replace").decode()[:2000]
