"""What this room writes in the journal."""

from __future__ import annotations

from typing import Final

TAKEN: Final = "handover.taken"
FAILED: Final = "handover.failed"
