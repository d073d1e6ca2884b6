"""The pure decisions of the package, and those of their tests that need no database; as a plugin of pytest, only those.

`make mutants` and `make coverage` hold against the decisions what these few fast tests say.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "akcept"
_WITH_DATABASE = {"db", "transactional_db", "database", "cast", "pg", "sqlite_file", "each_database", "cluster"}


def modules() -> list[str]:
    """Return the modules whose docstring says "(pure)"."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "(pure)" in (ast.get_docstring(ast.parse(path.read_text())) or ""):
            found.append(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    return found


def source_of(module: str) -> Path:
    """Return where a module is written."""
    return (PACKAGE.parent / Path(*module.split("."))).with_suffix(".py")


def tests_of(module: str) -> tuple[list[str], list[str]]:
    """Return the files to run for a module: those of its room that name it, and the others of its room."""
    room, stem = module.split(".")[1], module.rpartition(".")[2]
    named = re.compile(rf"\b{re.escape(module)}\b|\bfrom {re.escape(module.rpartition('.')[0])} import .*\b{stem}\b")
    near: list[str] = []
    far: list[str] = []
    for path in sorted((ROOT / "tests" / room).rglob("test_*.py"), key=lambda path: (stem not in path.stem, path)):
        is_near = stem in path.stem or named.search(path.read_text()) is not None
        (near if is_near else far).append(str(path.relative_to(ROOT)))
    return near, far


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that need a database: they would be slow, and decisions do not."""
    kept = [item for item in items if not _needs_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _needs_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & _WITH_DATABASE) or any(item.iter_markers("django_db")) or any(item.iter_markers("slow"))
