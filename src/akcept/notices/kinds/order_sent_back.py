"""To the requester: an approver asks something before deciding, and the order can be changed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of, require_sees, to_requester, who
from akcept.notices.recipients import named
from akcept.ordering import topics


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    mail = order_mail(placement)
    if mail.view.case is None or mail.view.case.state != "returned":
        raise Skip("the order was submitted again or withdrawn meanwhile")
    words = {"number": placement.number, "name": who(entry)}
    return Message(
        subject=_("%(name)s asks you about order %(number)s") % words,
        context={**mail.context, "name": who(entry), "question": entry.payload["remark"]},
    )


KIND = Kind(
    name="order_sent_back",
    topics=frozenset({topics.SENT_BACK}),
    targets=to_requester,
    at_once=True,
    recipient=named,
    message=_message,
)
