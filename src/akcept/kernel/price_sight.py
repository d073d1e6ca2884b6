"""Whether whoever reads sees prices: what everything asks that writes a sum (pure).

A page, a mail, a file or an answer is made `seen_by` somebody; outside of that (commands, the merchant's own work)
prices are seen. What decides is asked when the first sum is written, and once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: What stands where a price is not told.
UNTOLD: Final = "–"


class _Reader:
    """Somebody, and whether they see prices, once that was asked."""

    def __init__(self, decides: Callable[[], bool]) -> None:
        self._decides = decides
        self._seen: bool | None = None

    def sees(self) -> bool:
        if self._seen is None:
            self._seen = self._decides()
        return self._seen


_reader: ContextVar[_Reader | None] = ContextVar("akcept_price_reader", default=None)


def are_seen() -> bool:
    """Whether a sum may be written for whoever reads what is being made."""
    reader = _reader.get()
    return reader is None or reader.sees()


@contextmanager
def seen_by(decides: Callable[[], bool]) -> Iterator[None]:
    """Make what is made inside for somebody; `decides` says whether they see prices."""
    token = _reader.set(_Reader(decides))
    try:
        yield
    finally:
        _reader.reset(token)


def each_seen_by(decides: Callable[[], bool], parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield parts that are made one by one, long after whoever asked for them was answered, for the same somebody."""
    made = iter(parts)
    while True:
        with seen_by(decides):
            try:
                part = next(made)
            except StopIteration:
                return
        yield part
