"""One line of a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`who` did `what`; `said` is what that person wrote; `tone` is good, bad or empty."""

    who: str
    what: str
    said: str
    at: datetime
    tone: str = ""
