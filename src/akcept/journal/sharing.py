"""What the deliveries of one batch read alike, read once: the shop's terms, the order that three mails are about.

Nothing of it outlives the batch, and nothing is used that is older than a second: when mails go out slowly, each looks
again, so that whoever has lost a right meanwhile is told nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from akcept.journal.models import Entry

#: Seconds.
FRESH: Final = 1.0

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Batch:
    deliveries: Sequence[tuple[Entry, str]]
    found: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)


_current: ContextVar[_Batch | None] = ContextVar("akcept_journal_batch", default=None)


@contextmanager
def batch(deliveries: Sequence[tuple[Entry, str]]) -> Iterator[None]:
    """Hand over these deliveries, each an entry with its target, inside."""
    token = _current.set(_Batch(deliveries))
    try:
        yield
    finally:
        _current.reset(token)


def deliveries() -> Sequence[tuple[Entry, str]]:
    """Return what is handed over together, so that a question can be asked for all of it; nothing outside a batch."""
    found = _current.get()
    return found.deliveries if found else ()


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` finds, or found for this batch less than a second ago. Outside a batch it is asked anew."""
    found = _current.get()
    if found is None:
        return ask()
    if key in found.found and _now() - found.found[key][0] < FRESH:
        answer: Answer = found.found[key][1]
        return answer
    at = _now()
    found.found[key] = (at, answer := ask())
    return answer


def forget() -> None:
    """Read everything anew: somebody of this batch has written."""
    if (found := _current.get()) is not None:
        found.found.clear()


_now = time.monotonic
