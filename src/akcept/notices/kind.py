"""What makes up a kind of notice: which facts it follows, who gets it, what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from akcept.journal.models import Entry
from akcept.organizations.mailing import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a notice goes: an address, the language its reader chose, and whether they see prices."""

    email: str
    language: str
    sees_prices: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a notice says. `context` fills `akcept/mail/<kind>.txt` and `.html`."""

    subject: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notice.

    `targets` names the recipients when the fact is handed on ("user:7" or "email:x@y.z"). Right before sending,
    `recipient` says who that is now, and `message`, asked in their language, what to tell them; both raise `Skip`
    once the notice is no longer of use.
    """

    name: str
    topics: frozenset[str]
    targets: Callable[[Entry], Iterable[str]]
    recipient: Callable[[Entry, str], Recipient]
    message: Callable[[Entry, str], Message]
    #: Whether `targets` are told from the entry alone, without a statement; see `akcept.journal.subscribers`.
    at_once: bool = False
    #: For signing in, joining, and about the organisation itself: sent whatever anybody has switched off.
    essential: bool = False
    #: What its readers switch it off by.
    topic: Topic = Topic.OWN
