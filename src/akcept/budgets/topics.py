"""What this room writes in the journal; the subject is ("budget", id), or ("organization", id) for the calendar."""

from __future__ import annotations

from typing import Final

ADDED: Final = "budget.added"
CHANGED: Final = "budget.changed"
CORRECTED: Final = "budget.corrected"
TRANSFERRED: Final = "budget.transferred"
THRESHOLD_REACHED: Final = "budget.threshold_reached"
CALENDAR_CHANGED: Final = "budget.calendar_changed"
