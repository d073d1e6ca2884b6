"""Journal entries of an order in words: who, what, when. A topic without a sentence is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.ordering import topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One line of a history: `who` did `what`; `said` is what that person wrote; `tone` is good, bad or empty."""

    who: str
    what: str
    said: str
    at: datetime
    tone: str = ""


def _placed(entry: Entry) -> Sentence:
    return Sentence(who=entry.actor_name, what=_("placed the order"), said="", at=entry.at)


def _accepted(entry: Entry) -> Sentence:
    steps = int(entry.payload.get("steps", 1))
    what = _("accepted the order")
    if steps > 1:
        what = _("accepted step %(step)d of %(steps)d") % {"step": entry.payload["step"], "steps": steps}
    said = str(entry.payload.get("remark", ""))
    return Sentence(who=entry.actor_name, what=what, said=said, at=entry.at, tone="good")


def _rejected(entry: Entry) -> Sentence:
    said = str(entry.payload.get("remark", ""))
    return Sentence(who=entry.actor_name, what=_("rejected the order"), said=said, at=entry.at, tone="bad")


def _released(entry: Entry) -> Sentence:
    return Sentence(who="", what=_("The order went to the shop."), said="", at=entry.at, tone="good")


def _refused(entry: Entry) -> Sentence:
    what = _("tried to decide and was refused")
    return Sentence(who=entry.actor_name, what=what, said=str(entry.payload.get("why", "")), at=entry.at, tone="bad")


_FOR_ALL: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.PLACED: _placed,
    topics.ACCEPTED: _accepted,
    topics.REJECTED: _rejected,
    topics.RELEASED: _released,
}
_FOR_STAFF: Final[dict[str, Callable[[Entry], Sentence]]] = {**_FOR_ALL, topics.DECISION_REFUSED: _refused}


def sentences(entries: Iterable[Entry], *, for_staff: bool = False) -> list[Sentence]:
    """Return the entries that have words for this audience, in the order given."""
    words = _FOR_STAFF if for_staff else _FOR_ALL
    return [words[entry.topic](entry) for entry in entries if entry.topic in words]
