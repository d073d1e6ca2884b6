"""What this room writes in the journal; the subject is always ("order", number).

`order.placed` comes first for every order; `order.released` comes once, when the order becomes work for the shop:
in the same transaction for an order that need not wait, at acceptance otherwise.
"""

from __future__ import annotations

from typing import Final

PLACED: Final = "order.placed"
ACCEPTED: Final = "order.accepted"
REJECTED: Final = "order.rejected"
RELEASED: Final = "order.released"
DECISION_REFUSED: Final = "order.decision_refused"
