"""To the requester: the shop's prices were brought up to date, with each price that differs."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of, prices_of, require_sees, to_requester
from akcept.notices.recipients import named
from akcept.ordering import topics
from akcept.ordering.changes.revisions import delivery_change


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    told = entry.payload
    return Message(
        subject=_("New prices for order %(number)s") % {"number": placement.number},
        context={
            **order_mail(placement).context,
            "anew": told["anew"],
            "others_too": told.get("others_too", False),
            "prices": prices_of(entry),
            "delivery": delivery_change(*(told.get("delivery", {}).get(side) for side in ("from", "to"))),
            "gross": {side: Decimal(str(value)) for side, value in told.get("gross", {}).items()},
            "before": Decimal(str(told["net_before"])),
            "after": Decimal(str(told["net_after"])),
        },
    )


KIND = Kind(
    name="order_repriced",
    topics=frozenset({topics.REPRICED}),
    targets=to_requester,
    at_once=True,
    recipient=named,
    message=_message,
)
