"""Which mails somebody wants (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What mails are about, as far as each person may do without them."""

    ASKED = "asked"
    REMINDERS = "reminders"
    OWN = "own"
    COMMENTS = "comments"
    ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChoices:
    """A person's choices: topics they do without, and whether the rest comes in one mail a day."""

    muted: frozenset[Topic] = frozenset()
    daily: bool = False
