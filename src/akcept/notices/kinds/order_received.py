"""To the requester of a held order: received, waits for acceptance. It is no order confirmation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of
from akcept.notices.recipients import named, user_target
from akcept.ordering import topics


def _targets(entry: Entry) -> list[str]:
    if not entry.payload.get("held") or entry.actor_user_id is None or entry.payload.get("in_place_of"):
        return []  # what the shop placed in somebody's place has a mail of its own
    return [user_target(entry.actor_user_id)]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    mail = order_mail(placement)
    if mail.view.case is None or mail.view.case.state != "awaiting":
        raise Skip("the order was decided meanwhile, which has its own mail")
    return Message(
        subject=_("Order %(number)s received, awaiting acceptance") % {"number": placement.number},
        context={**mail.context, "asked": _others(entry)},
    )


def _others(entry: Entry) -> list[str]:
    """Return who was asked by mail: the requester is not, where they may decide it themselves."""
    asked = zip(entry.payload.get("asked", []), entry.payload.get("asked_ids", []), strict=False)
    return [name for name, user_id in asked if user_id != entry.actor_user_id]


KIND = Kind(
    name="order_received",
    topics=frozenset({topics.PLACED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
)
