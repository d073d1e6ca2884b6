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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReader:
    """Whom a mail is written to: where, in which language, and which mails they want.

    `closed`: the account is, or has no address; `belongs`: to the organisation that was asked for.
    """

    email: str
    language: str
    choices: MailChoices
    closed: bool
    belongs: bool
    #: Whether sums are told to them.
    sees_prices: bool = True
