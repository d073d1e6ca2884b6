"""To the buyer: a parcel of the order left, what is in it, how its carrier finds it, and what is still to come."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from akcept.fulfilment import carriers, topics
from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import SHOWN_LINES, buyer_of, placement_of
from akcept.notices.recipients import named, user_target


def _targets(entry: Entry) -> list[str]:
    buyer_id = buyer_of(entry)
    return [] if buyer_id is None else [user_target(buyer_id)]


def _message(entry: Entry, _target: str) -> Message:
    placement, lines = placement_of(entry), entry.payload["lines"]
    told: dict[str, Any] = {
        "placement": placement,
        "parcel": entry.payload["parcel"],
        "carrier": entry.payload["carrier"],
        "link": carriers.link(entry.payload["carrier"], entry.payload["parcel"]),
        "lines": lines[:SHOWN_LINES],
        "more": max(0, len(lines) - SHOWN_LINES),
        "left": entry.payload["left"],
    }
    subject = _("Parcel of order %(number)s is on its way") if told["parcel"] else _("Order %(number)s is on its way")
    return Message(subject=subject % {"number": placement.number}, context=told)


KIND = Kind(
    name="order_shipped",
    topics=frozenset({topics.SHIPPED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
)
