"""Oscar's tests, copied and changed as docs/extend/install.md has a shop with forks change its code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
#: Apps whose models are ours: in a shop that has forked one, Oscar's module has no such model either.
_MODELS: Final = "order|offer|basket|customer"
#: Apps that Oscar's tests fork, of those we extend.
_FORKED: Final = ("checkout", "customer", "dashboard")


def copy(source: Path, folder: Path) -> None:
    """Copy the tests of a checkout of Oscar, with Akcept's settings and addresses beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__", "whoosh_index"))
    for name in ("setup.cfg", "sandbox"):
        found = source / name
        if found.is_dir():
            shutil.copytree(found, folder / name)
        elif found.exists():
            shutil.copy(found, folder / name)


def put_akcept_in(folder: Path) -> None:
    """Let the copied tests take their models, and their forks, from Akcept."""
    shutil.copy(HERE / "with_akcept.py", folder / "oscar_suite_settings.py")
    shutil.copy(HERE / "urls.py", folder / "oscar_suite_urls.py")
    for file in sorted((folder / "tests").rglob("*.py")):
        text = file.read_text()
        changed = with_our_models(text)
        if file.parent.parent.name == "apps" and file.parent.name in _FORKED and file.name in {"apps.py", "models.py"}:
            changed = changed.replace("from oscar.apps.", "from akcept.oscar_edge.")
        if changed != text:
            file.write_text(changed)


def with_our_models(text: str) -> str:
    """Return code that imports models from where a shop with forks has them."""
    text = re.sub(rf"\boscar\.apps\.({_MODELS})\.models\b", r"akcept.oscar_edge.\1.models", text)
    together = rf"^from oscar\.apps\.({_MODELS}) import ((?:\w+, )*models(?:, \w+)*)$"
    return re.sub(together, _split, text, flags=re.MULTILINE)


def _split(found: re.Match[str]) -> str:
    others = [name for name in found[2].split(", ") if name != "models"]
    lines = [f"from akcept.oscar_edge.{found[1]} import models"]
    if others:
        lines.append(f"from oscar.apps.{found[1]} import {', '.join(others)}")
    return "\n".join(lines)
