"""What this room writes in the journal; the subject is always ("order", number).

`order.placed` comes first for every order; `order.released` comes once, when the order becomes work for the shop:
in the same transaction for an order that need not wait, at acceptance otherwise. In between, `order.asked_again` and
`order.nobody_may_decide` say that the organisation changed who may decide.
"""

from __future__ import annotations

from typing import Final

PLACED: Final = "order.placed"
ACCEPTED: Final = "order.accepted"
REJECTED: Final = "order.rejected"
RELEASED: Final = "order.released"
ASKED_AGAIN: Final = "order.asked_again"
NOBODY_MAY_DECIDE: Final = "order.nobody_may_decide"
DECISION_REFUSED: Final = "order.decision_refused"
