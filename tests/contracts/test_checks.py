"""The checks of the house as tests, so that one run tells everything and counts it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tools.checks import CHECKS


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_house_is_clean(name: str) -> None:
    done = subprocess.run(CHECKS[name], cwd=ROOT, capture_output=True, text=True, check=False, env=_shop_environment())
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def _shop_environment() -> dict[str, str]:
    """Check the shop as it ships, not as the tests or somebody's shell configure it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))}
    return {**kept, "DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_DATABASE_URL": "sqlite://:memory:"}


@pytest.mark.parametrize(
    ("room", "file", "line", "broken"),
    [
        ("journal", "clock_of_orders.py", "import akcept.ordering.status", "Imports between rooms point down"),
        ("panel", "borrowed.py", "import akcept.storefront.apps", "siblings never import each other"),
        ("ordering", "shortcut.py", "import oscar.core.loading", "Only oscar_edge imports Oscar"),
        ("approvals", "routing.py", "import django.db.models", "pure decisions import no Django"),
        ("kernel", "lists.py", "import django", "The kernel and the pure decisions import no Django"),
        ("ui", "preset.py", "import shop.settings", "The package knows nothing of the ready-to-run shop"),
        ("attic", "__init__.py", "", "- akcept.attic"),
    ],
)
def test_import_rules_notice_a_breach(tmp_path: Path, room: str, file: str, line: str, broken: str) -> None:
    ignored = shutil.ignore_patterns("static", "locale", "templates", "__pycache__", "media")
    shutil.copytree(ROOT / "src" / "akcept", tmp_path / "akcept", ignore=ignored)
    shutil.copytree(ROOT / "shop", tmp_path / "shop", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    trespasser = tmp_path / "akcept" / room / file
    trespasser.parent.mkdir(exist_ok=True)
    with trespasser.open("a") as source:
        source.write(f"\n{line}\n")
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0, done.stdout
    assert broken in done.stdout.partition("Broken contracts")[2]


# --- pure ---

PACKAGE = ROOT / "src" / "akcept"


def _saying(words: str) -> dict[str, ast.Module]:
    """Return the modules whose docstring has these words; what has them nowhere is not parsed for it."""
    texts = {path: path.read_text() for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts}
    trees = {path: ast.parse(text) for path, text in texts.items() if words in text}
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): tree
        for path, tree in trees.items()
        if words in (ast.get_docstring(tree) or "")
    }


def test_modules_that_say_pure_are_those_that_the_import_rules_keep_from_django() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["id"] == "decisions-without-django")
    assert contract["forbidden_modules"] == ["django", "oscar"]
    kept = set(contract["source_modules"])
    said = _saying("(pure)")
    assert len(said) >= 28
    assert {module for module in said if not module.startswith("akcept.kernel.")} == kept - {"akcept.kernel"}


def test_modules_that_are_pure_but_for_their_texts_take_nothing_else_of_django() -> None:
    said = _saying("(pure but for its texts)")
    assert set(said) == {"akcept.organizations.bulk.columns", "akcept.organizations.bulk.planning"}
    wrong = []
    for module, tree in said.items():
        taken = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in taken:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            for name in names:
                ours = name.startswith("akcept.") and {"models", "actions", "queries"} & set(name.split("."))
                foreign = name.split(".")[0] in {"django", "oscar"} and name != "django.utils.translation"
                wrong += [f"{module}: {name}"] if ours or foreign else []
    assert wrong == []
