"""The state machine as data; its picture in the docs is printed from it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from akcept.approvals.states import ENDED, OPEN, TRANSITIONS, Move, State, after
from akcept.ordering import status

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "states.md"
#: Case state -> what the shop sees.
SHOP = {State.AWAITING: status.AWAITING_ACCEPTANCE, State.ACCEPTED: status.UNHANDLED, State.REJECTED: status.REJECTED}
MEANS = {
    State.AWAITING: "the open step is asked; stock is reserved, prices are frozen, the shop cannot work on it",
    State.ACCEPTED: "the order is the shop's, like any other",
    State.REJECTED: "ended: stock and the use of vouchers are free again, the reason is shown",
}


def _page() -> str:
    arrows = [f"    {state} --> {following}: {move}" for (state, move), following in sorted(TRANSITIONS.items())]
    arrows.append(f"    {State.AWAITING} --> {State.AWAITING}: {Move.ACCEPT} (more steps follow)")
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
            "Every move is a compare-and-set on the case's version: whoever decides names the version he saw,",
            "and if it is no longer that one, nothing happens and he is told who was faster.",
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
@pytest.mark.parametrize("is_last_step", [True, False])
def test_every_state_and_move_has_an_answer(state: State, move: Move, is_last_step: bool) -> None:
    following = after(state, move, is_last_step=is_last_step)
    if state in ENDED:
        assert following is None, "an end is an end"
    elif move is Move.REJECT:
        assert following is State.REJECTED
    else:
        assert following is (State.ACCEPTED if is_last_step else State.AWAITING)


def test_every_state_is_either_open_or_ended() -> None:
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED
