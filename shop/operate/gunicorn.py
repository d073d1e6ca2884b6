"""For `gunicorn -c python:shop.operate.gunicorn`: figures that all of its workers count together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess


def on_starting(_server: Any) -> None:
    """Begin at nothing: the files of workers that are gone belong to another run."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for left in Path(folder).glob("*.db"):
            left.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget what only a living worker says."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
