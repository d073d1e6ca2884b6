"""Hands journal entries to their subscribers: at least once, each row by one relay at a time, no broker.

Any number of relays on any number of machines may run. A row is claimed by a conditional update that moves
`due_at` (the lease) and writes a claim; before each hand-over the lease is renewed under the same claim, so a
relay that was too slow finds its row taken and leaves it alone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from akcept.journal import subscribers
from akcept.journal.models import Delivery
from akcept.kernel.clock import utc_now
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

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
    claim = secrets.token_hex(16)
    for delivery in _claimed(claim, now=clock(), batch=batch):
        if stopped():
            _give_back(claim, now=clock())
            break
        if _still_ours(delivery, claim, now=clock()):
            _hand_over(delivery, claim, count, clock=clock)
    return count


def _claimed(claim: str, *, now: datetime, batch: int) -> list[Delivery]:
    due = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=now)
    with together():
        rows = due.order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = lock(rows, skip_locked=True)
        ids = list(rows.values_list("id", flat=True)[:batch])
        if not ids:
            return []
        due.filter(id__in=ids).update(claim=claim, due_at=now + LEASE)
    mine = Delivery.objects.filter(state=Delivery.State.DUE, claim=claim)
    return list(mine.select_related("entry").order_by("entry_id", "id"))


def _give_back(claim: str, *, now: datetime) -> None:
    Delivery.objects.filter(state=Delivery.State.DUE, claim=claim).update(claim="", due_at=now)


def _still_ours(delivery: Delivery, claim: str, *, now: datetime) -> bool:
    held = Delivery.objects.filter(pk=delivery.pk, claim=claim, state=Delivery.State.DUE)
    return held.update(due_at=now + LEASE) == 1


def _hand_over(delivery: Delivery, claim: str, count: Count, *, clock: Callable[[], datetime]) -> None:
    subscriber = subscribers.named(delivery.subscriber)
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
        else:
            subscriber.handle(delivery.entry, delivery.target)
            _end(delivery, claim, Delivery.State.DONE, now=clock())
        count.done += 1
    except subscribers.Later as later:
        mine = Delivery.objects.filter(pk=delivery.pk, claim=claim, state=Delivery.State.DUE)
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
            Delivery(entry_id=delivery.entry_id, subscriber=subscriber.name, target=target, due_at=now)
            for target in dict.fromkeys(subscriber.targets(delivery.entry))
        ],
        ignore_conflicts=True,
    )


def _end(delivery: Delivery, claim: str, state: Delivery.State, *, now: datetime, detail: str = "") -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, claim=claim, state=Delivery.State.DUE)
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
    Delivery.objects.filter(pk=delivery.pk, claim=claim, state=Delivery.State.DUE).update(
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
