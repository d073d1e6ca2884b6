"""To the requester: the order was rejected, by whom and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import buyer_of, order_mail, placement_of
from akcept.notices.recipients import named, user_target
from akcept.ordering import topics
from akcept.organizations.queries import acting_name


def _targets(entry: Entry) -> list[str]:
    buyer_id = buyer_of(entry)
    return [] if buyer_id is None else [user_target(buyer_id)]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    name = acting_name(entry.actor_name, str(entry.payload.get("for", "")))
    return Message(
        subject=(_("Order %(number)s was rejected by %(name)s") % {"number": placement.number, "name": name}),
        context={
            **order_mail(placement).context,
            "name": name,
            "reason": entry.payload.get("remark", ""),
        },
    )


KIND = Kind(
    name="order_rejected",
    topics=frozenset({topics.REJECTED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
)
