"""Sends what is due, each endpoint by one sender at a time, the network outside of any transaction.

A sender claims an endpoint by one conditional update that moves `busy_until` (the lease), sends what is due to it,
oldest first, and marks each try under its claim: a sender that was too slow finds the endpoint taken and marks nothing.
One that dies between sending and marking leaves the message due; it is sent again under the same id. A receiver that
does not answer costs one try's time, then rests while others are served.
"""

from __future__ import annotations

import json
import logging
import random
import secrets as chance
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.transactions.acting import together
from akcept.transactions.locking import lock
from akcept.webhooks import addresses, configured, schedule, signing, topics
from akcept.webhooks import secret as secrets
from akcept.webhooks.models import Attempt, Endpoint, Message
from akcept.webhooks.post import Reply, post

log = logging.getLogger("akcept.webhooks")

#: Longer than a turn and the one try that may begin at its end.
LEASE: Final = timedelta(seconds=90)
#: Seconds of one endpoint before others have their turn.
TURN: Final = 20.0
#: How long messages and their log are kept.
KEPT: Final = timedelta(days=30)
_GONE: Final = 410

Clock = Callable[[], datetime]
Post = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Turn:
    """One endpoint in the hands of one sender."""

    endpoint_id: int
    claim: str


@dataclass(slots=True)
class Count:
    """What became of the tries of a turn."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.delivered + other.delivered, self.failed + other.failed, self.dead + other.dead)

    @property
    def tried(self) -> int:
        """How many tries there were."""
        return self.delivered + self.failed + self.dead


def run_once(*, clock: Clock = utc_now, limit: int = 50) -> Count:
    """Serve the endpoints that have something due, one after another; never raises for a receiver's failure."""
    done = Count()
    for turn in claimed(limit=limit, now=clock()):
        done += serve(turn, clock=clock)
    return done


def claimed(*, limit: int, now: datetime) -> list[Turn]:
    """Claim so many endpoints that have something due, those served the longest ago first; one statement for none."""
    due = Message.objects.filter(endpoint=OuterRef("pk"), state=Message.State.DUE, due_at__lte=now)
    free = Endpoint.objects.filter(Exists(due), state=Endpoint.State.ACTIVE, busy_until__lte=now)
    if limit <= 0 or not free.exists():
        return []
    claim = chance.token_hex(16)
    with together():
        # What others claim at this moment is left out where the database can; the condition below holds everywhere.
        waiting = lock(free.order_by("busy_until", "pk"), skip_locked=True)[:limit]
        keys = [row.pk for row in waiting]
        Endpoint.objects.filter(pk__in=keys, busy_until__lte=now).update(claim=claim, busy_until=now + LEASE)
    mine = Endpoint.objects.filter(claim=claim).order_by("pk").values_list("pk", flat=True)
    return [Turn(pk, claim) for pk in mine]


def serve(
    turn: Turn, *, clock: Clock = utc_now, send: Post = post, stopped: Callable[[], bool] = lambda: False
) -> Count:
    """Send what is due to one endpoint for as long as its turn is, and give it back."""
    count, rest, until = Count(), timedelta(0), time.monotonic() + TURN
    while time.monotonic() < until and not stopped():
        found = _next(turn, now=clock())
        if found is None:
            break
        reply = _sent(found, send=send, now=clock())
        log.info("%s to webhook %s: %s", found.type, turn.endpoint_id, reply.status or reply.why)
        if not _marked(turn, found, reply, count, now=clock()):
            log.warning("webhook %s was taken over", turn.endpoint_id)
            return count
        if reply.status is None:
            rest = schedule.rest_after(found.endpoint.silences + 1)
            break
    mine = Endpoint.objects.filter(pk=turn.endpoint_id, claim=turn.claim)
    mine.update(claim="", busy_until=clock() + rest)
    return count


def _next(turn: Turn, *, now: datetime) -> Message | None:
    due = Message.objects.filter(endpoint_id=turn.endpoint_id, state=Message.State.DUE, due_at__lte=now)
    mine = due.filter(endpoint__claim=turn.claim, endpoint__state=Endpoint.State.ACTIVE)
    return mine.select_related("endpoint").order_by("due_at", "id").first()


def _sent(message: Message, *, send: Post, now: datetime) -> Reply:
    endpoint = message.endpoint
    try:
        known = _secrets(endpoint, now=now)
        target = addresses.target_of(endpoint.url)
    except (secrets.Unreadable, addresses.NoAddress) as error:
        return Reply(why="secret" if isinstance(error, secrets.Unreadable) else "forbidden")
    if not target.secure and not configured.http_allowed():
        return Reply(why="forbidden")  # the operator has changed their mind
    body = json.dumps(message.body, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()
    signed = signing.headers(known, key=message.key, timestamp=int(now.timestamp()), body=body)
    headers = {"Content-Type": "application/cloudevents+json; charset=utf-8", **signed}
    return send(target, body, headers, allowed=configured.allowed_networks())


def _secrets(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """Return the secrets that count, the newest first. Raises Unreadable."""
    stored = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        stored.append(endpoint.previous_secret)
    return [secrets.read(each) for each in stored]


def _marked(turn: Turn, message: Message, reply: Reply, count: Count, *, now: datetime) -> bool:
    """Write down how a try ended; False where the endpoint is in other hands by now, and nothing was written."""
    with together(durable=True):
        mine = Endpoint.objects.filter(pk=turn.endpoint_id, claim=turn.claim)
        if mine.update(**_health(reply, now=now)) != 1:
            return False
        _end(message, reply, count, now=now)
        _pause_deaf(message.endpoint, reply, now=now)
    return True


def _health(reply: Reply, *, now: datetime) -> dict[str, object]:
    if reply.delivered:
        return {"failing_since": None, "silences": 0}
    silences = F("silences") + 1 if reply.status is None else 0
    return {"failing_since": Coalesce(F("failing_since"), now), "silences": silences}


def _end(message: Message, reply: Reply, count: Count, *, now: datetime) -> None:
    tries = message.tries + 1
    changes: dict[str, object] = {"tries": tries, "state": Message.State.DONE, "ended_at": now}
    if reply.delivered:
        count.delivered += 1
    elif (pause := schedule.pause_after(tries, chance=random.random())) is not None:  # noqa: S311  spreads, not hides
        changes = {"tries": tries, "due_at": now + pause}
        count.failed += 1
    else:
        changes["state"] = Message.State.DEAD
        count.dead += 1
    Message.objects.filter(pk=message.pk).update(**changes)
    Attempt.objects.create(
        message_id=message.pk,
        at=now,
        status=reply.status,
        took_ms=reply.took_ms,
        why=reply.why,
        answer=reply.answer,
    )


def _pause_deaf(endpoint: Endpoint, reply: Reply, *, now: datetime) -> None:
    """Pause an endpoint that has been deaf for days, or says that it is gone. Journal: `webhook.paused`."""
    state = Endpoint.State.DEAF
    if reply.status == _GONE:
        state = Endpoint.State.GONE
    elif reply.delivered or endpoint.failing_since is None or now - endpoint.failing_since < schedule.DEAF:
        return
    active = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ACTIVE)
    if active.update(state=state) == 1:
        event = Event(topics.PAUSED, ("webhook", str(endpoint.pk)), {"why": state, "url": endpoint.url})
        journal.write(event, actor=Actor.system("webhooks"), organization_id=endpoint.organization_id, now=now)


def forget_old(*, now: datetime, batch: int = 1000) -> int:
    """Delete messages, with their log, that ended and are older than `KEPT`; return how many."""
    with together():
        old = Message.objects.filter(created_at__lt=now - KEPT).exclude(state=Message.State.DUE)
        keys = list(old.order_by("created_at").values_list("pk", flat=True)[:batch])
        Message.objects.filter(pk__in=keys).delete()
    return len(keys)
