"""Finding one of many by what people call it: what can be typed, and which one that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError

from akcept.kernel.folding import fold

#: How many are named when several fit.
_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to choose: `label` is what can be typed and is shown, no two are alike; `hint` says more of it.

    `calls` are what else it is called, the most certain first; `name` is what a sentence says; `box` is the text beside
    a box among few.
    """

    id: int
    name: str
    label: str
    hint: str = ""
    calls: tuple[str, ...] = ()
    box: str = ""


class Directory:
    """Entries by what people call them. `none` is said when nothing fits, `several` (`n`, `names`) when many do."""

    def __init__(self, entries: Sequence[Entry], *, none: Any, several: Any) -> None:
        self._none = none
        self._several = several
        self._entries = {entry.id: entry for entry in entries}
        self._called = {entry.id: tuple(map(fold, (entry.label, *entry.calls))) for entry in entries}

    @property
    def suggestions(self) -> list[tuple[str, str]]:
        """What can be typed, with what it means."""
        return [(entry.label, entry.hint) for entry in self._entries.values()]

    def label(self, pk: int) -> str:
        """Return what stands for an entry in a control; nothing for one that cannot be chosen."""
        return self._entries[pk].label if pk in self._entries else ""

    def find(self, typed: str) -> int:
        """Return the entry called exactly that, or the only one that has every word. Raises ValidationError."""
        text = fold(typed)
        found: list[int] = []
        for place in range(max((len(called) for called in self._called.values()), default=0)):
            exact = [pk for pk, called in self._called.items() if called[place : place + 1] == (text,)]
            if len(exact) == 1:
                return exact[0]
            found = found or exact
        found = found or [pk for pk, called in self._called.items() if _has_words(called, text)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(str(self._none))
        named = ", ".join(self._entries[pk].label for pk in found[:_NAMED])
        raise ValidationError(str(self._several) % {"n": len(found), "names": named})


def _has_words(called: Sequence[str], text: str) -> bool:
    everything = " ".join(called)
    return all(word in everything for word in text.split())
