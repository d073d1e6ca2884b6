"""What this room writes in the journal; the subject is always ("order", number).

`order.placed` comes first for every order; `order.released` comes once, when the order becomes work for the shop:
in the same transaction for an order that need not wait, at acceptance otherwise. In between, `order.asked_again` and
`order.nobody_may_decide` say that the organisation changed who may decide, `order.step_asked` that another step is
open. What ended without acceptance is `order.rejected`, `order.withdrawn` or `order.expired`. An acceptance that is
revoked is followed by another `order.released` (with `again`) when the order is accepted once more.
"""

from __future__ import annotations

from typing import Final

PLACED: Final = "order.placed"
ACCEPTED: Final = "order.accepted"
REJECTED: Final = "order.rejected"
STEP_ASKED: Final = "order.step_asked"
SENT_BACK: Final = "order.sent_back"
AMENDED: Final = "order.amended"
RESUBMITTED: Final = "order.resubmitted"
REPLANNED: Final = "order.replanned"
WITHDRAWN: Final = "order.withdrawn"
EXPIRED: Final = "order.expired"
REVOKED: Final = "order.revoked"
FORWARDED: Final = "order.forwarded"
COMMENTED: Final = "order.commented"
#: To the people of an order that waits: its requester and those asked.
SHOP_WROTE: Final = "order.shop_wrote"
RELEASED: Final = "order.released"
#: Of an order that ended: another one was placed in its place.
ORDERED_AGAIN: Final = "order.ordered_again"
ASKED_AGAIN: Final = "order.asked_again"
NOBODY_MAY_DECIDE: Final = "order.nobody_may_decide"
#: Whoever placed it was deactivated or removed while it waits; nobody can change, answer or withdraw it.
REQUESTER_LEFT: Final = "order.requester_left"
#: What time does to an order that waits; it never accepts.
REMINDED: Final = "order.reminded"
ESCALATED: Final = "order.escalated"
EXPIRING: Final = "order.expiring"
#: The price term had passed at the decision: today's prices, and whether everybody is asked anew.
REPRICED: Final = "order.repriced"
#: The merchant's; its subject is ("shop", "terms").
SHOP_TERMS_CHANGED: Final = "shop.terms_changed"
#: The merchant's too; its subject is ("organization", id).
CREDIT_LIMIT_CHANGED: Final = "organization.credit_limit_changed"
DECISION_REFUSED: Final = "order.decision_refused"
