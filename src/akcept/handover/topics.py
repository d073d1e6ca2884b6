"""What this room writes in the journal."""

from __future__ import annotations

from typing import Final

TAKEN: Final = "handover.taken"
FAILED: Final = "handover.failed"
#: Several orders at once; the subject is ("export", id).
EXPORTED: Final = "handover.exported"
EXPORT_UNDONE: Final = "handover.export_undone"
#: The shop's catalogue; the subjects are ("shop", "stock") and ("shop", "prices").
STOCK_SET: Final = "handover.stock_set"
PRICES_SET: Final = "handover.prices_set"
