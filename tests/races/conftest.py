"""What races share."""

from __future__ import annotations

import time
from typing import Any

import pytest

from akcept.transactions.locking import Locks

#: Seconds: longer than another thread needs to its next lock.
PAUSE = 0.03


@pytest.fixture
def slow_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pause after each lock, so that whatever can meet does."""
    took = Locks.took

    def pause(self: Locks, rank: int, keys: Any) -> None:
        took(self, rank, keys)
        time.sleep(PAUSE)

    monkeypatch.setattr(Locks, "took", pause)
