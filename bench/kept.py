"""Where figures are kept: `latest.json`, a part for each kind of run, with the commit they were measured at."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

LATEST: Final = Path(__file__).parent / "latest.json"


def read(file: Path = LATEST) -> dict[str, Any]:
    """Return all parts; none where nothing was measured yet."""
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return found


def write(figures: dict[str, Any], file: Path = LATEST) -> None:
    """Keep all parts."""
    file.write_text(json.dumps(figures, indent=2) + "\n")


def commit() -> str:
    """Return which commit is measured; empty outside of a clone."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
