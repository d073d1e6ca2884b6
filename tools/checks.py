"""The checks of the house, besides the tests: `make lint` runs them, and so does the test suite, one test each."""

from __future__ import annotations

from pathlib import Path

_BIN = Path(".venv") / "bin"

#: Name -> command, run in the project's folder.
CHECKS: dict[str, list[str]] = {
    "ruff": [str(_BIN / "ruff"), "check"],
    "format": [str(_BIN / "ruff"), "format", "--check", "--diff"],
    "imports": [str(_BIN / "lint-imports"), "--no-cache"],
    "migrations": [str(_BIN / "python"), "manage.py", "makemigrations", "--check", "--dry-run", "--skip-checks"],
    "django": [str(_BIN / "python"), "manage.py", "check", "--settings", "tests.settings"],
    "types": [str(_BIN / "mypy")],
}
