"""The state machine of a case (pure): plain data, printed into the docs by a test."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands."""

    AWAITING = "awaiting"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Move(StrEnum):
    """What moves a case."""

    ACCEPT = "accept"
    REJECT = "reject"
    SEND_BACK = "send_back"
    RESUBMIT = "resubmit"
    AMEND = "amend"
    FORWARD = "forward"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REVOKE = "revoke"


#: The order is held: its stock is reserved, and nobody at the shop may work on it.
OPEN: Final = frozenset({State.AWAITING, State.RETURNED})
#: Nothing follows, but for an acceptance that is revoked before the shop has begun.
ENDED: Final = frozenset({State.ACCEPTED, State.REJECTED, State.WITHDRAWN, State.EXPIRED})
#: Ended without acceptance: stock is free again.
DROPPED: Final = ENDED - {State.ACCEPTED}

#: (state, move) -> next state. ACCEPT of a step that is not the last, or not yet answered by enough people, keeps the
#: case awaiting; RESUBMIT accepts at once when no step applies any more (see `after`).
TRANSITIONS: Final[dict[tuple[State, Move], State]] = {
    (State.AWAITING, Move.ACCEPT): State.ACCEPTED,
    (State.AWAITING, Move.REJECT): State.REJECTED,
    (State.AWAITING, Move.SEND_BACK): State.RETURNED,
    (State.AWAITING, Move.AMEND): State.AWAITING,
    (State.AWAITING, Move.FORWARD): State.AWAITING,
    (State.AWAITING, Move.RESUBMIT): State.AWAITING,
    (State.AWAITING, Move.WITHDRAW): State.WITHDRAWN,
    (State.AWAITING, Move.EXPIRE): State.EXPIRED,
    (State.RETURNED, Move.RESUBMIT): State.AWAITING,
    (State.RETURNED, Move.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Move.EXPIRE): State.EXPIRED,
    (State.ACCEPTED, Move.REVOKE): State.AWAITING,
}


def after(state: State, move: Move, *, complete: bool = True) -> State | None:
    """Return the state that follows, or None when the machine knows no such move from here.

    `complete`: for ACCEPT, whether this was the last acceptance the case needs; for RESUBMIT, whether no step applies.
    """
    following = TRANSITIONS.get((state, move))
    if move is Move.ACCEPT and following is not None and not complete:
        return state
    if move is Move.RESUBMIT and following is not None and complete:
        return State.ACCEPTED
    return following
