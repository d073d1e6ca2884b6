"""To the requester: an approver lowered quantities or chose another delivery, with the difference."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import difference_of, order_mail, placement_of, require_sees, to_requester, who
from akcept.notices.recipients import named
from akcept.ordering import topics


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    words = {"number": placement.number, "name": who(entry)}
    return Message(
        subject=_("%(name)s changed order %(number)s") % words,
        context={
            **order_mail(placement).context,
            "name": who(entry),
            "reason": entry.payload["remark"],
            "difference": difference_of(entry),
        },
    )


KIND = Kind(
    name="order_amended",
    topics=frozenset({topics.AMENDED}),
    targets=to_requester,
    at_once=True,
    recipient=named,
    message=_message,
)
