"""Writing down what happened, inside the transaction that made it happen."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from akcept.journal import chain, erasing, subscribers
from akcept.journal.models import ACTOR_NAME_LENGTH, SHOP_CHAIN, Chain, Delivery, Entry
from akcept.journal.subscribers import Subscriber
from akcept.kernel import tracing
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.transactions.locking import lock

log = logging.getLogger("akcept.journal")

_BLOCK: Final = 500
#: More targets than these are left to the relay: what happened must not wait for the rows of everybody who is told.
_AT_ONCE: Final = 50
_TO_BE_ASKED: Final = ("",)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a subject: `Event("order.placed", ("order", "100248"), {...})`."""

    topic: str
    subject: tuple[str, str]
    payload: Mapping[str, Any] = field(default_factory=dict)


_aside: ContextVar[list[Entry] | None] = ContextVar("akcept_journal_aside", default=None)


@contextmanager
def aside() -> Iterator[list[Entry]]:
    """Take what is told inside as unsealed entries in memory: for what is tried, looked at and taken back.

    No row is written and no chain is locked, so nobody waits for somebody who only looks.
    """
    told: list[Entry] = []
    token = _aside.set(told)
    try:
        yield told
    finally:
        _aside.reset(token)


def unsealed(event: Event, *, actor: Actor, organization_id: int | None, at: datetime) -> Entry:
    """Return an event as an entry that stands in no chain, unsaved; its payload as it would be read back.

    What one of the shop did in a person's place is theirs: `in_place_of` in the payload is the person, `because` why.
    Journal: nothing. Raises ValueError for a float in the payload.
    """
    told, doer = dict(event.payload), actor.doer
    if actor.behalf is not None:
        told |= {"in_place_of": actor.name, "in_place_of_id": actor.user_id, "because": actor.behalf.because}
    payload = json.loads(json.dumps(told, cls=DjangoJSONEncoder), parse_float=_refuse, parse_constant=_refuse)
    return Entry(
        organization_id=SHOP_CHAIN if organization_id is None else organization_id,
        topic=event.topic,
        subject_type=event.subject[0],
        subject_id=event.subject[1],
        actor_kind=doer.kind.value,
        actor_user_id=doer.user_id,
        actor_name=doer.name[:ACTOR_NAME_LENGTH],
        payload=payload,
        at=at,
    )


def write(
    events: Event | Sequence[Event],
    *,
    actor: Actor,
    organization_id: int | None,
    now: datetime | None = None,
) -> list[Entry]:
    """Append events to the organisation's chain and queue their deliveries; at most four statements in all.

    An organisation's first event takes more, for its chain.
    Must be the last thing an action writes: the chain's row stays locked until commit.
    Journal: the events, of whatever topic; nothing inside `aside`. Raises RuntimeError outside a transaction, because
    an event without its cause (or the reverse) is worse than none, and ValueError for a float in a payload.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of what it records")
    events = [events] if isinstance(events, Event) else list(events)
    at = now or utc_now()
    if (told := _aside.get()) is not None:
        told += [unsealed(event, actor=actor, organization_id=organization_id, at=at) for event in events]
        return told[len(told) - len(events) :]
    head = _locked_chain(SHOP_CHAIN if organization_id is None else organization_id)
    entries = []
    for event in events:
        entry = _sealed(event, actor=actor, head=head, at=at)
        head.seq, head.head = entry.seq, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries)
    Delivery.objects.bulk_create(
        Delivery(entry=entry, request_id=tracing.current(), subscriber=subscriber.name, target=target, due_at=at)
        for entry in entries
        for subscriber in subscribers.interested_in(entry.topic)
        for target in _targets_at_once(entry, subscriber)
    )
    head.save(update_fields=["seq", "head"])
    for watcher in _watchers:
        transaction.on_commit(partial(watcher, entries), robust=True)
    return entries


_watchers: Final[list[Callable[[Sequence[Entry]], None]]] = []


def watch(watcher: Callable[[Sequence[Entry]], None]) -> None:
    """Show each process's own entries to a watcher once they are committed: for counting, not for acting on them.

    What has to follow from an entry is a subscriber's: a process that dies in between shows nothing.
    Journal: nothing.
    """
    if watcher not in _watchers:
        _watchers.append(watcher)


def _targets_at_once(entry: Entry, subscriber: Subscriber) -> Collection[str]:
    """Return to whom an entry goes as far as it says so itself; the relay asks for the rest, and for many."""
    if not subscriber.at_once or subscriber.targets is None:
        return _TO_BE_ASKED
    try:
        targets = dict.fromkeys(subscriber.targets(entry))
    except Exception:  # whoever is told may fail in any way; what happened must not
        log.exception("%s does not tell whom %s goes to", subscriber.name, entry.topic)
        return _TO_BE_ASKED
    return targets if len(targets) <= _AT_ONCE else _TO_BE_ASKED


def lock_chains(organization_ids: Collection[int | None]) -> None:
    """Lock several chains at once, before one of them is read; the shop's own (None) last."""
    for organization_id in sorted(organization_ids, key=lambda found: (found is None, found or 0)):
        _locked_chain(SHOP_CHAIN if organization_id is None else organization_id)


def _locked_chain(organization_id: int) -> Chain:
    locked = lock(Chain.objects.all())
    found = locked.filter(organization_id=organization_id).first()
    if found is None:  # the first event of this organisation; two first ones at once meet in the primary key
        Chain.objects.bulk_create([Chain(organization_id=organization_id)], ignore_conflicts=True)
        found = locked.get(organization_id=organization_id)
    return found


def _sealed(event: Event, *, actor: Actor, head: Chain, at: datetime) -> Entry:
    entry = unsealed(event, actor=actor, organization_id=head.organization_id, at=at)
    entry.seq, entry.salt, entry.previous = head.seq + 1, secrets.token_hex(16), head.head
    entry.hash = seal_of(entry)
    return entry


def _refuse(number: str) -> None:
    raise ValueError(f"an event carries {number} as a Decimal or text: databases give floats back in another spelling")


def seal_of(entry: Entry) -> str:
    """Return the hash that the entry's content calls for."""
    return chain.seal(
        previous=entry.previous,
        organization_id=entry.organization_id,
        seq=entry.seq,
        topic=entry.topic,
        subject=(entry.subject_type, entry.subject_id),
        actor=(entry.actor_kind, entry.actor_user_id),
        at=entry.at,
        digests=erasing.digests_of(entry),
    )


def pseudonymize(
    organization_id: int | None,
    *,
    user_id: int,
    names: Collection[str],
    alias: str,
    actor: Actor,
    now: datetime | None = None,
) -> int:
    """Put `alias` in the place of a person in one chain; return how many entries spoke of that person.

    The person's own acts lose the name whatever it was then; elsewhere the given `names` (full names, e-mail addresses)
    are replaced, in whatever text they stand. Where mail went is forgotten with them. Reads the whole chain once, by
    blocks of 500 entries. Journal: `journal.erased`, when anything was. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("names are taken out inside the transaction of an action")
    chain_id = _locked_chain(SHOP_CHAIN if organization_id is None else organization_id).organization_id
    pattern = erasing.pattern_of(names)
    seals: dict[str, str] = {}
    for block in _blocks(chain_id):
        changed = [entry for entry in block if erasing.erase(entry, user_id=user_id, pattern=pattern, alias=alias)]
        Entry.objects.bulk_update(changed, ["actor_name", "payload", "salt", "erased"])
        seals |= {str(entry.seq): erasing.seal_since(entry) for entry in changed}
    for address in (name for name in names if "@" in name):
        targets = Delivery.objects.filter(entry__organization_id=chain_id, target__iexact=f"email:{address}")
        targets.update(target=f"email:{alias}")
    if seals:
        event = Event(erasing.ERASED, ("chain", str(chain_id)), {"seals": seals})
        write(event, actor=actor, organization_id=organization_id, now=now)
    return len(seals)


def _blocks(chain_id: int) -> Iterator[list[Entry]]:
    last = 0
    rows = Entry.objects.filter(organization_id=chain_id).order_by("seq")
    while block := list(rows.filter(seq__gt=last)[:_BLOCK]):
        yield block
        last = block[-1].seq


def queue(entry: Entry, subscriber: str, target: str, *, due_at: datetime) -> None:
    """Hand an entry to one more subscriber, once and not before `due_at`; for what is put off to be done together."""
    row = Delivery(entry=entry, request_id=tracing.current(), subscriber=subscriber, target=target, due_at=due_at)
    Delivery.objects.bulk_create([row], ignore_conflicts=True)


def retry_dead(*, now: datetime | None = None) -> int:
    """Set given-up deliveries going again; return how many."""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    return dead.update(state=Delivery.State.DUE, due_at=now or utc_now(), attempts=0, claim="", ended_at=None)
