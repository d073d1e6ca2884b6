"""`make coverage`: which lines and branches the tests run, and whether that is less than it was.

Of pure decisions every branch, by their own tests without a database; of each room no less than `coverage_least.txt`
says, by those tests of its folder that are not slow and need neither Chromium nor PostgreSQL. Examples of hypothesis
are the same each time, so that the figures are too. With `--raise` what is measured higher, or of a room for the first
time, is written there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from tools import pure
from tools.checks import PLAIN, at_once
from tools.pure import PACKAGE, ROOT

LEAST = Path(__file__).with_name("coverage_least.txt")
_DATA = ROOT / "build" / "coverage"
_FILES = "files"


@dataclass(frozen=True, slots=True)
class Gap:
    """What no test runs of one file: lines, and branches as (from, to); `to` is negative where a function ends."""

    path: str
    lines: tuple[int, ...]
    branches: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        """Say it in one line."""
        jumps = (f"{start} -> {'end' if to < 0 else to}" for start, to in self.branches)
        return f"{self.path}: not run: {', '.join([*(f'line {line}' for line in self.lines), *jumps])}"


# --- measuring ---


def measured(name: str, *pytest_options: str) -> dict[str, Any]:
    """Run tests and return coverage's JSON report of the package. Raises Failing where a test fails."""
    folder = _DATA / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {**os.environ, "AKCEPT_HYPOTHESIS": "mutants", "COVERAGE_FILE": str(folder / "data")}
    coverage = [sys.executable, "-m", "coverage"]
    tests = ["run", "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *pytest_options]
    if subprocess.run([*coverage, *tests], cwd=ROOT, env=environment, check=False).returncode:
        raise Failing(name)
    report = folder / "report.json"
    for command in (["combine", "-q"], ["json", "-q", "-o", str(report)]):
        subprocess.run([*coverage, *command], cwd=ROOT, env=environment, check=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


class Failing(Exception):
    """Raised where a test fails: what it ran says nothing then."""


# --- pure decisions ---


def gaps(report: Mapping[str, Any], modules: Sequence[str]) -> Iterator[Gap]:
    """Yield what is not run of these modules; one that was never imported is a gap as a whole."""
    for module in modules:
        path = str(pure.source_of(module).relative_to(ROOT))
        found = report[_FILES].get(path)
        if found is None:
            yield Gap(path, (1,), ())
        elif found["missing_lines"] or found["missing_branches"]:
            branches = tuple((start, to) for start, to in found["missing_branches"])
            yield Gap(path, tuple(found["missing_lines"]), branches)


def _pure_passes() -> bool:
    modules = pure.modules()
    rooms = sorted({f"tests/{module.split('.')[1]}" for module in modules})
    left = list(gaps(measured("pure", "-n0", "-p", "tools.pure", *rooms), modules))
    print(f"  {'x' if left else '✓'} pure decisions: {len(modules) - len(left)} of {len(modules)} modules whole")
    for gap in left:
        print(f"    {gap}")
    return not left


# --- rooms ---


def share(report: Mapping[str, Any], room: str) -> Decimal:
    """Return how many per cent of a room's lines and branches were run, to two places, never rounded up."""
    inside = str((PACKAGE / room).relative_to(ROOT)) + "/"
    summaries = [found["summary"] for path, found in report[_FILES].items() if path.startswith(inside)]
    there = sum(each["num_statements"] + each["num_branches"] for each in summaries)
    run = sum(each["covered_lines"] + each["covered_branches"] for each in summaries)
    return (Decimal(100) * run / there).quantize(Decimal("0.01"), ROUND_DOWN) if there else Decimal(0)


def least() -> dict[str, Decimal]:
    """Return what each room's tests ran of it when that was last measured, in per cent."""
    lines = (line.partition("#")[0].split() for line in LEAST.read_text().splitlines())
    return {words[0]: Decimal(words[1]) for words in lines if words}


def rooms() -> list[str]:
    """Return the rooms of the package that have tests of their own."""
    return sorted(
        path.parent.name for path in PACKAGE.glob("*/__init__.py") if (ROOT / "tests" / path.parent.name).is_dir()
    )


def write_least(figures: Mapping[str, Decimal]) -> None:
    """Write what each room has to have run at least, by its name; what stands above them stays."""
    said = [line for line in LEAST.read_text().splitlines() if line.startswith("#")]
    LEAST.write_text("\n".join([*said, *(f"{room} {figure}" for room, figure in sorted(figures.items()))]) + "\n")


def _room_passes(room: str, expected: Decimal, *, raising: bool) -> bool:
    report = measured(room, *at_once(), "-m", PLAIN, f"tests/{room}")
    found = share(report, room)
    fell = found < expected
    print(f"  {'x' if fell else '✓'} {room}: {found} % of its lines and branches, {expected} % at least", flush=True)
    if raising and found > expected:
        write_least(least() | {room: found})
    return not fell


# --- the command ---


def main(arguments: Sequence[str]) -> int:
    """Measure and compare; return 1 where a test fails or less is run than was."""
    parser = argparse.ArgumentParser(prog="make coverage")
    parser.add_argument("rooms", nargs="*", help="only these (default: all)")
    parser.add_argument("--pure", action="store_true", help="only the pure decisions: about a minute")
    parser.add_argument("--raise", action="store_true", dest="raising", help=f"write what is higher to {LEAST.name}")
    chosen = parser.parse_args([one for one in arguments if one != "--"])
    figures = least()
    if chosen.raising:
        figures = dict.fromkeys(rooms(), Decimal(0)) | figures
    if unknown := [room for room in chosen.rooms if room not in figures]:
        parser.error(f"{unknown[0]} has no figure in {LEAST.name}")
    expected = {room: figures[room] for room in chosen.rooms or figures}
    try:
        passes = [_pure_passes()] if chosen.pure or not chosen.rooms else []
        passes += [
            _room_passes(room, figure, raising=chosen.raising) for room, figure in expected.items() if not chosen.pure
        ]
    except Failing as failing:
        print(f"  x {failing}: its tests do not pass", file=sys.stderr)
        return 1
    return 0 if all(passes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
