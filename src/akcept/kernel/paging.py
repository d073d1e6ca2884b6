"""Keyset paging (pure): a page names the last row it showed, so page 500 costs what page 1 does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE_SIZE = 25

#: What a menu counts one by one; more is "99+", and costs no more.
COUNTED = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows of a list; `next_after` is what to ask for the following page, None on the last one."""

    rows: tuple[Row, ...]
    next_after: str | None
    is_first: bool


def page_of(rows: list[Row], keys: list[str], *, size: int, is_first: bool) -> Page[Row]:
    """Return a page of at most `size` from `size + 1` fetched rows and their keys."""
    more = len(rows) > size
    return Page(rows=tuple(rows[:size]), next_after=keys[size - 1] if more else None, is_first=is_first)


def key_of(after: str) -> int | None:
    """Return the key a page link carries, None for one that is missing or was tampered with."""
    return int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
