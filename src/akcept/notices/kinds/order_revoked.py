"""To the requester: an acceptance was taken back, and the order waits again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of, require_sees, to_requester, who
from akcept.notices.recipients import named
from akcept.ordering import topics


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    words = {"number": placement.number, "name": who(entry)}
    return Message(
        subject=_("%(name)s revoked the acceptance of order %(number)s") % words,
        context={**order_mail(placement).context, "name": who(entry), "reason": entry.payload["remark"]},
    )


KIND = Kind(
    name="order_revoked",
    topics=frozenset({topics.REVOKED}),
    targets=to_requester,
    at_once=True,
    recipient=named,
    message=_message,
)
