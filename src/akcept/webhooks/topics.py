"""What this room writes in the journal; the subject is always ("webhook", id)."""

from __future__ import annotations

from typing import Final

ADDED: Final = "webhook.added"
CHANGED: Final = "webhook.changed"
EXCHANGED: Final = "webhook.exchanged"
PAUSED: Final = "webhook.paused"
RESUMED: Final = "webhook.resumed"
REMOVED: Final = "webhook.removed"
