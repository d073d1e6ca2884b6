"""The state machine of a case (pure): plain data, printed into the docs by a test."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands."""

    AWAITING = "awaiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Move(StrEnum):
    """What moves a case."""

    ACCEPT = "accept"
    REJECT = "reject"


OPEN: Final = frozenset({State.AWAITING})
ENDED: Final = frozenset({State.ACCEPTED, State.REJECTED})

#: (state, move) -> next state. ACCEPT of a step that is not the last keeps the case awaiting (see `after`).
TRANSITIONS: Final[dict[tuple[State, Move], State]] = {
    (State.AWAITING, Move.ACCEPT): State.ACCEPTED,
    (State.AWAITING, Move.REJECT): State.REJECTED,
}


def after(state: State, move: Move, *, is_last_step: bool) -> State | None:
    """Return the state that follows, or None when the machine knows no such move from here."""
    following = TRANSITIONS.get((state, move))
    if following is State.ACCEPTED and not is_last_step:
        return state
    return following
