"""Row locks leave the key alone, or two actions meet at commit.

PostgreSQL checks our deferred foreign keys at commit by taking a key-share lock on the row pointed at. A full
`FOR UPDATE` on a member or unit conflicts with that, so whoever holds it and waits for the journal's chain deadlocks
with whoever holds the chain and commits. `FOR NO KEY UPDATE` orders writers just as well and lets that check pass.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_row_lock_leaves_the_key_alone() -> None:
    calls = [
        (path.relative_to(ROOT), call)
        for home in ("src", "shop")
        for path in (ROOT / home).rglob("*.py")
        for call in re.findall(r"\.select_for_update\(([^)]*)\)", path.read_text())
    ]
    assert len(calls) > 8
    assert [(str(path), call) for path, call in calls if "no_key=True" not in call] == []
