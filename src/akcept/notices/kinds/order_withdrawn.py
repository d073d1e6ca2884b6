"""To whoever was asked, or had sent the order back: it needs no decision any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import in_place, last_decider, order_mail, placement_of, require_sees, to_others, who
from akcept.notices.recipients import named
from akcept.ordering import topics
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    return to_others(entry, entry.payload["asked_members"] or last_decider(entry))


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    words = {"number": placement.number, "name": who(entry)}
    reason = in_place(entry) or entry.payload["remark"]
    return Message(
        subject=_("%(name)s withdrew order %(number)s") % words,
        context={
            **order_mail(placement).context,
            "name": who(entry),
            "reason": reason,
        },
    )


KIND = Kind(
    name="order_withdrawn",
    topics=frozenset({topics.WITHDRAWN}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ASKED,
)
