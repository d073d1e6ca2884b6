"""The state machine as data; its picture in the docs is printed from it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from akcept.approvals.states import DROPPED, ENDED, OPEN, TRANSITIONS, Move, State, after
from akcept.ordering import status

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "states.md"
#: Case state -> what the shop sees.
SHOP = {
    State.AWAITING: status.AWAITING_ACCEPTANCE,
    State.RETURNED: status.AWAITING_ACCEPTANCE,
    State.ACCEPTED: status.UNHANDLED,
    State.REJECTED: status.REJECTED,
    State.WITHDRAWN: status.WITHDRAWN,
    State.EXPIRED: status.EXPIRED,
}
MEANS = {
    State.AWAITING: "the open step is asked; stock is reserved, prices are frozen, the shop cannot work on it",
    State.RETURNED: "the requester has it back with a question; it stays held",
    State.ACCEPTED: "the order is the shop's, like any other",
    State.REJECTED: "ended: stock and the use of vouchers are free again, the reason is shown",
    State.WITHDRAWN: "ended by its requester; the same is free again",
    State.EXPIRED: "ended because nobody decided in time; the same is free again",
}


def _page() -> str:
    arrows = [f"    {state} --> {following}: {move}" for (state, move), following in sorted(TRANSITIONS.items())]
    arrows.append(f"    {State.AWAITING} --> {State.AWAITING}: {Move.ACCEPT} (more people or steps are asked)")
    arrows += [
        f"    {state} --> {State.ACCEPTED}: {Move.RESUBMIT} (no step applies any more)" for state in sorted(OPEN)
    ]
    rows = [f"| `{state}` | `{SHOP[state]}` | {MEANS[state]} |" for state in State]
    return "\n".join(
        [
            "# States of a case",
            "",
            "Printed from `src/akcept/approvals/states.py` by `tests/approvals/test_states.py`; after a change run",
            "`AKCEPT_WRITE_DOCS=1 .venv/bin/pytest tests/approvals/test_states.py`.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {State.AWAITING}: place",
            *arrows,
            *[f"    {state} --> [*]" for state in sorted(ENDED)],
            "```",
            "",
            "| case | order's status in the shop | means |",
            "|---|---|---|",
            *rows,
            "",
            "Every move is a compare-and-set on the case's version: a decision names the version it was made on,",
            "and if it is no longer that one, nothing happens and they are told who was faster.",
            f"An order that needs nobody's acceptance has no case and is `{status.UNHANDLED}` from the start.",
            "",
        ]
    )


def test_picture_in_the_docs_is_this_machine() -> None:
    if os.environ.get("AKCEPT_WRITE_DOCS"):
        PAGE.write_text(_page())
    assert PAGE.read_text() == _page()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("complete", [True, False])
def test_every_state_and_move_has_an_answer(state: State, move: Move, complete: bool) -> None:
    following = after(state, move, complete=complete)
    if state in DROPPED:
        assert following is None, "an end is an end"
    elif state is State.ACCEPTED:
        assert following is (State.AWAITING if move is Move.REVOKE else None)
    elif move is Move.RESUBMIT:
        assert following is (State.ACCEPTED if complete else State.AWAITING)
    elif move is Move.WITHDRAW:
        assert following is State.WITHDRAWN
    elif move is Move.EXPIRE:
        assert following is State.EXPIRED
    elif state is State.RETURNED or move is Move.REVOKE:
        assert following is None, "nobody decides an order its requester holds"
    else:
        assert following is {
            Move.ACCEPT: State.ACCEPTED if complete else State.AWAITING,
            Move.REJECT: State.REJECTED,
            Move.SEND_BACK: State.RETURNED,
            Move.AMEND: State.AWAITING,
            Move.FORWARD: State.AWAITING,
        }.get(move)


def test_every_state_is_either_open_or_ended() -> None:
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED
    assert ENDED - {State.ACCEPTED} == DROPPED


def test_only_an_accepted_case_is_ever_released() -> None:
    """What the shop may work on is one state; acceptance leads there, or a resubmission nobody needs to accept."""
    leading = {(state, move) for state in State for move in Move if after(state, move) is State.ACCEPTED}
    assert leading == {(State.AWAITING, Move.ACCEPT), *((state, Move.RESUBMIT) for state in OPEN)}
