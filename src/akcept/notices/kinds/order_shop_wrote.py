"""To the requester of an order that waits, and to those who are asked: the shop wrote to them about it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of, require_sees
from akcept.notices.recipients import named, user_target
from akcept.ordering import topics
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    people = dict.fromkeys([entry.payload["requester_id"], *entry.payload["asked_ids"]])
    return [user_target(user_id) for user_id in people if user_id is not None]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    return Message(
        subject=_("The shop wrote about order %(number)s") % {"number": placement.number},
        context={**order_mail(placement).context, "said": entry.payload["text"]},
    )


KIND = Kind(
    name="order_shop_wrote",
    topics=frozenset({topics.SHOP_WROTE}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    topic=Topic.COMMENTS,
)
