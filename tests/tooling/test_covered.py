"""`make coverage`: every branch of the pure decisions is run, and what a room loses is noticed."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ROOT
from tools import covered, pure
from tools.covered import Gap, gaps, share


@pytest.mark.slow
def test_every_branch_of_the_pure_decisions_is_run_by_their_own_tests() -> None:
    command = [sys.executable, "-m", "tools.covered", "--pure"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _report(**files: tuple[list[int], list[list[int]]]) -> dict[str, Any]:
    return {
        "files": {
            str(pure.source_of(f"akcept.kernel.{name}").relative_to(ROOT)): {
                "missing_lines": lines,
                "missing_branches": branches,
            }
            for name, (lines, branches) in files.items()
        }
    }


def test_a_line_or_branch_nobody_runs_is_named_and_so_is_a_module_nobody_imports() -> None:
    report = _report(money=([], []), paging=([7, 9], []), typed=([], [[12, 14], [20, -18]]))
    modules = [f"akcept.kernel.{name}" for name in ("money", "paging", "typed", "tables")]
    found = list(gaps(report, modules))
    assert [str(gap) for gap in found] == [
        "src/akcept/kernel/paging.py: not run: line 7, line 9",
        "src/akcept/kernel/typed.py: not run: 12 -> 14, 20 -> end",
        "src/akcept/kernel/tables.py: not run: line 1",
    ]
    assert found[0] == Gap("src/akcept/kernel/paging.py", (7, 9), ())


def _summary(statements: int, covered: int, branches: int = 0, covered_branches: int = 0) -> dict[str, Any]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": covered,
            "num_branches": branches,
            "covered_branches": covered_branches,
        }
    }


def test_a_share_counts_lines_and_branches_of_its_room_only_and_is_never_rounded_up() -> None:
    report = {
        "files": {
            "src/akcept/ui/forms.py": _summary(100, 100, 20, 19),
            "src/akcept/ui/history.py": _summary(60, 60),
            "src/akcept/uix/other.py": _summary(50, 0),
        }
    }
    assert share(report, "ui") == Decimal("99.44"), "179 of 180"
    assert share(report, "panel") == 0


@pytest.mark.parametrize(
    ("run", "least", "code"), [(95, "95.00", 0), (95, "94.99", 0), (95, "95.01", 1), (100, "100.00", 0)]
)
def test_less_than_was_fails(run: int, least: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covered, "least", lambda: {"ui": Decimal(least)})
    report = {"files": {"src/akcept/ui/forms.py": _summary(100, run)}}
    monkeypatch.setattr(covered, "measured", lambda name, *options: report)
    assert covered.main(["ui"]) == code


def test_what_is_more_than_was_is_written_where_that_is_wanted_and_never_less(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = tmp_path / "least.txt"
    written.write_text("# What is run at least.\nkernel 99.00\nui 90.00\n")
    monkeypatch.setattr(covered, "LEAST", written)
    runs = {"kernel": 98, "panel": 40, "ui": 95}
    monkeypatch.setattr(
        covered,
        "measured",
        lambda name, *options: {"files": {f"src/akcept/{name}/a.py": _summary(100, runs[name])}},
    )
    assert covered.main(["ui"]) == 0
    assert covered.least()["ui"] == 90, "nothing is written unless it is wanted"
    assert [covered.main(["--raise", room]) for room in sorted(runs)] == [1, 0, 0]
    assert written.read_text() == "# What is run at least.\nkernel 99.00\npanel 40.00\nui 95.00\n"


def test_tests_that_fail_say_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(name: str, *options: str) -> dict[str, Any]:
        raise covered.Failing(name)

    monkeypatch.setattr(covered, "measured", failing)
    assert covered.main(["kernel"]) == 1
    assert "kernel: its tests do not pass" in capsys.readouterr().err


def test_every_figure_is_of_a_room_with_tests_of_its_own() -> None:
    assert covered.least()
    for room, figure in covered.least().items():
        assert (ROOT / "src" / "akcept" / room).is_dir()
        assert (ROOT / "tests" / room).is_dir()
        assert 0 < figure <= 100
