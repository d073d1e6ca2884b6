"""The statuses an order of the shop can have, as far as Akcept cares; values are what Oscar's column holds."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

AWAITING_ACCEPTANCE: Final = "awaiting_acceptance"
UNHANDLED: Final = "unhandled"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
EXPIRED: Final = "expired"
#: The shop's own end of an order or a line that was work.
CANCELLED: Final = "cancelled"

#: The shop's own people may not work on these, and no figure counts them.
HELD: Final = frozenset({AWAITING_ACCEPTANCE})
ENDED: Final = frozenset({REJECTED, WITHDRAWN, EXPIRED})
NOT_WORK: Final = HELD | ENDED

LABELS: Final = {
    AWAITING_ACCEPTANCE: _("unconfirmed - awaiting the customer's acceptance"),
    UNHANDLED: _("unhandled"),
    REJECTED: _("rejected by the customer"),
    WITHDRAWN: _("withdrawn by the customer"),
    EXPIRED: _("expired without acceptance"),
    "in_progress": _("in progress"),
    "packed": _("packed"),
    "shipped": _("shipped"),
    "completed": _("completed"),
    CANCELLED: _("cancelled"),
}
#: Whole on its way; the shop's pipeline may have it, and its shipping events bear the same code.
SHIPPED: Final = "shipped"
#: The same for the customer's people: whether the shop has begun is the shop's own business.
CUSTOMER_LABELS: Final = {**LABELS, UNHANDLED: _("accepted for processing")}
#: What the shop's pipeline says of an order beyond taking it: told in the customer's history.
UNTOLD: Final = NOT_WORK | {UNHANDLED}
