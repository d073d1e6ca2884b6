"""The package as others install it: built from a clone that nothing was prepared in."""

from __future__ import annotations

import gettext
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import akcept
from tools.steps import ROOT

#: Where `make env` keeps what builds packages; it is not among what the shop runs on.
BUILD_TOOLS = ROOT / ".tools" / "build"

EXTRAS = ("api", "papers", "redis", "search", "webhooks")


def test_wheel_speaks_polish(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, clone)
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(BUILD_TOOLS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        assert "akcept/ui/static/akcept/akcept.css" in files.namelist()
        assert not [name for name in files.namelist() if name.startswith(("tools", "shop", "tests"))]
        (metadata,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        told = files.read(metadata).decode().partition("\n\n")[0].splitlines()
        polish = gettext.GNUTranslations(io.BytesIO(files.read("akcept/locale/pl/LC_MESSAGES/django.mo")))
    assert polish.gettext("unhandled") == "nieobsłużone"
    # G9: it says what it is, and promises no shop that it has not got.
    assert f"Version: {akcept.__version__}" in told
    assert [line for line in told if line.startswith("Provides-Extra")] == [
        f"Provides-Extra: {each}" for each in EXTRAS
    ]
    pythons = [line.rpartition(" ")[2] for line in told if line.startswith("Classifier: Programming Language")]
    assert pythons == ["3.11", "3.12", "3.13"]
