"""To the other side of a conversation: the requester, or those who are asked. Never to the shop."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import last_decider, order_mail, placement_of, require_sees, to_others, to_requester, who
from akcept.notices.recipients import named
from akcept.ordering import topics
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    if entry.actor_user_id != entry.payload["requester_id"]:
        return to_requester(entry)
    return to_others(entry, entry.payload["asked_members"] or last_decider(entry))


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    words = {"number": placement.number, "name": who(entry)}
    return Message(
        subject=_("%(name)s wrote about order %(number)s") % words,
        context={**order_mail(placement).context, "name": who(entry), "said": entry.payload["text"]},
    )


KIND = Kind(
    name="order_commented",
    topics=frozenset({topics.COMMENTED}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.COMMENTS,
)
