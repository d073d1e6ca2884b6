"""docs/concepts/scenarios.md names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"


def test_every_test_it_names_exists() -> None:
    page = (ROOT / "docs/concepts/scenarios.md").read_text()
    named = re.findall(r"`(?:([\w/]+\.py)::)?(test_\w+)`", page)
    assert named
    written = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    names = {name for _path, name in written}
    assert [(path, name) for path, name in named if path and (path, name) not in written] == []
    assert [name for path, name in named if not path and name not in names] == []
