"""docs/concepts/scenarios.md answers every complaint of the sample set, and names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PAGE = (ROOT / "docs/concepts/scenarios.md").read_text()

#: The sample set: each kind has lines with odd numbers up to this one. It is no part of this repository.
LAST = {"P": 19, "R": 19, "D": 21, "E": 19, "N": 13, "U": 11, "B": 17, "M": 11, "A": 7, "L": 13}
ROWS = re.findall(r"^\| ([^|]*?) \| (.+) \|$", PAGE, re.MULTILINE)
NAMED = re.findall(r"`([^`\s]*?)(?:::)?(test_\w+)`", PAGE)


def _written() -> set[tuple[str, str]]:
    return {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize("kind", LAST)
def test_every_line_of_the_sample_set_has_one_row(kind: str) -> None:
    found = [name for name, _rest in ROWS if re.fullmatch(rf"{kind}\d+", name)]
    assert found == [f"{kind}{number}" for number in range(1, LAST[kind] + 1, 2)]


def test_every_row_names_a_test_and_no_file_without_one() -> None:
    rows = [(name, rest) for name, rest in ROWS if name.strip("- ") and not rest.startswith("where it is proved")]
    assert len(rows) > sum((last + 1) // 2 for last in LAST.values())
    assert [name for name, rest in rows if not re.search(r"`[\w/]+\.py::test_\w+`", rest)] == []
    assert re.findall(r"`[\w/]+\.py`", PAGE) == []


def test_every_test_it_names_exists() -> None:
    assert NAMED
    written = _written()
    assert [f"{path}::{name}" for path, name in NAMED if (path, name) not in written] == []
