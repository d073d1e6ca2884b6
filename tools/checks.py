"""The checks of the house, besides the tests: `make lint` runs them, and so does the test suite, one test each."""

from __future__ import annotations

import os
from pathlib import Path

_BIN = Path(".venv") / "bin"
#: Warnings are errors here as they are in tests.
_DJANGO = [str(_BIN / "python"), "-W", "error", "manage.py"]

#: Tests that any machine runs, as pytest's `-m` wants it: what `make coverage` and `make matrix` run.
PLAIN = "not slow and not browser and not postgres"
#: The tests of `make fast`.
FAST = f"{PLAIN} and not broad"

#: Name -> command, run in the project's folder.
CHECKS: dict[str, list[str]] = {
    "ruff": [str(_BIN / "ruff"), "check"],
    "format": [str(_BIN / "ruff"), "format", "--check", "--diff"],
    "imports": [str(_BIN / "lint-imports"), "--no-cache"],
    "migrations": [*_DJANGO, "makemigrations", "--check", "--dry-run", "--skip-checks", "--settings", "tests.settings"],
    "django": [*_DJANGO, "check", "--settings", "tests.settings"],
    "types": [str(_BIN / "mypy")],
}


def at_once() -> tuple[str, ...]:
    """Return xdist's options.

    A fifth of what tests take is waiting for a browser, a database or a process: two cores have work for three.
    """
    cores = os.cpu_count() or 1
    return ("-n", str(min(cores + cores // 2, 4)))
