"""`make docs`: the site of `docs/` and of the documents beside it, built into `build/site/`; a warning fails it.

The site shows what the repository shows, so that every link of a document holds in both: the builder is given a
folder with links to the documents, in the places they have here.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.python_env import PYTHON, ensure_beside
from tools.steps import ROOT, run, step

SITE = ROOT / "build" / "site"
_STAGE = ROOT / "build" / "site-source"
#: What the site is made of beside `docs/`: where else documents lead to, within the repository.
BESIDE = (
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("LICENSE", "tests/support/README.md"),
)


def tools() -> Path:
    """Return the folder with the builder, installed when it is not there."""
    return ensure_beside("docs", title="What builds the site of the documents")


def build() -> Path:
    """Build the site and return its folder. Raises Failed with the first thing that is wrong."""
    packages = tools()
    _stage()
    shutil.rmtree(SITE, ignore_errors=True)
    with step("The site of the documents"):
        env = {"PYTHONPATH": str(packages), "NO_MKDOCS_2_WARNING": "1"}
        run([PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet"], name="mkdocs", env=env)
    return SITE


def _stage() -> None:
    shutil.rmtree(_STAGE, ignore_errors=True)
    _STAGE.mkdir(parents=True)
    for name in ("docs", *BESIDE):
        place = _STAGE / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.path.relpath(ROOT / name, place.parent))
