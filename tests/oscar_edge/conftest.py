"""What more than one module of this room is handed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    """A media folder with the pictures that the files name."""
    settings.MEDIA_ROOT = folder = tmp_path / "media"
    (folder / "demo").mkdir(parents=True)
    for name in ("papier.svg", "inny.svg"):
        (folder / "demo" / name).write_text("<svg/>")
    return folder
