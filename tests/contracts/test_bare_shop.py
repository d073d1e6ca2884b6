"""The package works in another Oscar project, and the guide that says how is what is tested here."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent / "bare_shop"
GUIDE = ROOT / "docs" / "extend" / "install.md"


def _installed(file: str) -> str:
    """What the guide has the engineer add to a file."""
    text = (HERE / file).read_text()
    part = text.partition("# --- install: begin ---\n")[2].rpartition("# --- install: end ---")[0]
    lines = [line.partition("  # noqa")[0] for line in textwrap.dedent(part).strip().splitlines()]
    return "\n".join(line.rstrip() for line in lines)


@pytest.mark.parametrize("file", ["settings.py", "urls.py"])
def test_guide_says_what_is_tested(file: str) -> None:
    code = _installed(file)
    assert len(code) > 80
    assert f"```python\n{code}\n```" in GUIDE.read_text()


@pytest.mark.slow
def test_main_job_works_in_a_plain_oscar_shop(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.contracts.bare_shop.walk"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))},
            "BARE_SHOP_DATABASE": str(tmp_path / "bare.sqlite3"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the main job works in a plain Oscar shop" in done.stdout, f"{done.stdout}\n{done.stderr}"
