"""What this room writes in the journal."""

from __future__ import annotations

from typing import Final

ACCESS_GIVEN: Final = "access.given"
ACCESS_EXCHANGED: Final = "access.exchanged"
ACCESS_ENDED: Final = "access.ended"
