"""Issue 12: rooms that a shop may do without. Without them all else works, and what needs them is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("without", ["handover,fulfilment,agreements", "fulfilment"])
def test_the_shop_starts_and_works_without(without: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"),
            *("--ds", "tests.contracts.alone_settings", "tests/contracts/alone.py"),
        ],
        cwd=ROOT,
        env=os.environ | {"AKCEPT_TEST_WITHOUT": without},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
