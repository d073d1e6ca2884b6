"""What the merchant's home lists as to be done: each room that knows of something says it, the home only shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """Something that waits for the shop's people: how many, counted up to `paging.COUNTED` + 1, and where they are."""

    number: int
    #: What they are, in the plural that the number takes, without it.
    text: str
    #: Empty where no page shows them.
    url: str = ""
    about: str = ""
    #: Something does not work, beside what is simply work.
    grave: bool = False


#: Says what an account of the shop's staff has to do: nothing they could not see on a page of theirs.
Teller = Callable[[Any], Iterable[ToDo]]
_tellers: dict[int, Teller] = {}


def register(teller: Teller, *, place: int) -> None:
    """Let a room say what is to be done, at its place in the list; called once, when an app is ready."""
    _tellers[place] = teller


def to_do(user: Any) -> tuple[ToDo, ...]:
    """Return what an account of the shop's staff has to do, what there is none of left out."""
    return tuple(row for _place, teller in sorted(_tellers.items()) for row in teller(user) if row.number)
