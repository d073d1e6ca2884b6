"""To a member in whose place the shop placed, changed or withdrew an order: that it did, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import difference_of, in_place, order_mail, placement_of, require_sees
from akcept.notices.recipients import named, user_target
from akcept.ordering import topics


def _targets(entry: Entry) -> list[str]:
    member = entry.payload.get("in_place_of_id")
    return [user_target(member)] if member else []


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    subject = {
        topics.PLACED: _("The shop placed order %(number)s for you"),
        topics.RESUBMITTED: _("The shop changed order %(number)s for you"),
        topics.WITHDRAWN: _("The shop withdrew order %(number)s for you"),
    }[entry.topic] % {"number": placement.number}
    return Message(
        subject=subject,
        context={
            **order_mail(placement).context,
            "title": subject,
            "in_place": in_place(entry),
            "asked": entry.payload.get("asked", []),
            "difference": difference_of(entry) if entry.topic == topics.RESUBMITTED else None,
        },
    )


KIND = Kind(
    name="order_in_place",
    topics=frozenset({topics.PLACED, topics.RESUBMITTED, topics.WITHDRAWN}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
)
