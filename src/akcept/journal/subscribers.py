"""Who is handed what. Rooms register at start-up; the relay calls the handlers after commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from akcept.journal.models import Entry

Handler = Callable[[Entry, str], None]
FanOut = Callable[[Entry], Iterable[str]]


class Skip(Exception):
    """Raised by a handler when there is nothing left to do (the order was decided before the mail went out)."""


class Later(Exception):
    """Raised by a handler that wants the same delivery again at `until`; it counts as no failure."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A receiver of events.

    `targets` (optional) is asked once per entry and splits the delivery into one per target, each retried on its
    own: a second recipient's failure never repeats the first one's mail. Where they are told from the entry alone, with
    no statement (`at_once`), the deliveries are written with the entry: one for each target, none where there is none.
    `transactional` handlers run in the transaction that marks the delivery done: for receivers that only touch the
    database, exactly once. `repeatable` ones are marked done a batch at a time, so after a crash they may be handed the
    whole batch again.
    """

    name: str
    topics: frozenset[str]
    handle: Handler
    targets: FanOut | None = None
    transactional: bool = False
    at_once: bool = False
    repeatable: bool = False


_registry: dict[str, Subscriber] = {}


def register(
    name: str,
    *,
    topics: Iterable[str],
    handle: Handler,
    targets: FanOut | None = None,
    transactional: bool = False,
    at_once: bool = False,
    repeatable: bool = False,
) -> Subscriber:
    """Register (or replace, by name) a subscriber. Call it from an app's `ready()`.

    Raises ValueError for one that is to be marked both in its own transaction and with others.
    """
    if transactional and repeatable:
        raise ValueError(f"{name} is marked done either in its own transaction or with others")
    subscriber = Subscriber(
        name=name,
        topics=frozenset(topics),
        handle=handle,
        targets=targets,
        transactional=transactional,
        at_once=at_once,
        repeatable=repeatable,
    )
    _registry[name] = subscriber
    return subscriber


def unregister(name: str) -> None:
    """Forget a subscriber; what is already due for it will be given up and shown as such."""
    _registry.pop(name, None)


def named(name: str) -> Subscriber | None:
    """Return the subscriber of that name, if it is registered in this process."""
    return _registry.get(name)


def interested_in(topic: str) -> list[Subscriber]:
    """Return the subscribers of a topic, in order of registration."""
    return [subscriber for subscriber in _registry.values() if topic in subscriber.topics]
