"""States of a budget and kinds of its ledger's rows (pure)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Whether a budget binds orders."""

    ACTIVE = "active"
    #: Nothing may be ordered on it for now.
    FROZEN = "frozen"
    #: It binds no new orders any more; what it holds and has spent stays booked.
    CLOSED = "closed"


class RowKind(StrEnum):
    """What a row does: holds and spends take money, releases and credits give it back, the rest goes either way."""

    HOLD = "hold"
    RELEASE = "release"
    SPEND = "spend"
    CREDIT = "credit"
    CORRECTION = "correction"
    TRANSFER = "transfer"


#: Rows people book themselves, with a reason of their own.
TYPED: Final = (RowKind.CORRECTION, RowKind.TRANSFER)
#: Rows whose sum is what waiting orders hold, and what is spent; the others are moved by people.
HELD: Final = (RowKind.HOLD, RowKind.RELEASE)
SPENT: Final = (RowKind.SPEND, RowKind.CREDIT)
