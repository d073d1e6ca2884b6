"""What this room writes in the journal; the subject is always ("order", number)."""

from __future__ import annotations

from typing import Final

#: A parcel left: its number and carrier, what is in it, and whether that was the rest of the order.
SHIPPED: Final = "order.shipped"
#: The shop's system moved the order on; from which status, and to which.
STATUS_SET: Final = "order.status_set"
