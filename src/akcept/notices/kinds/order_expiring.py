"""To the requester and to whoever is asked: the order will end by itself unless somebody decides it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import asked_now, order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import topics
from akcept.organizations.mailing import Topic
from akcept.ui.formats import dated


def _targets(entry: Entry) -> list[str]:
    return [user_target(pk) for pk in dict.fromkeys([entry.payload["requester_id"], *entry.payload["asked_ids"]])]


def _message(entry: Entry, target: str) -> Message:
    placement, user_id = placement_of(entry), user_id_of(target)
    mail = order_mail(placement)
    case = mail.view.case
    if case is None or case.warned_at is None or (case.state == "returned") != entry.payload["returned"]:
        raise Skip("the order was decided or has another step")
    people = asked_now(placement)
    asked = next((person for person in people if person.user_id == user_id), None)
    if case.state not in ("awaiting", "returned") or (asked is None and user_id != entry.payload["requester_id"]):
        raise Skip("the order was decided, or this person may no longer decide it")
    return Message(
        subject=_("Order %(number)s is about to expire") % {"number": placement.number},
        context={
            **mail.context,
            "returned": case.state == "returned",
            "decides": asked is not None,
            "asked": [person.name for person in people],
            "until": dated(datetime.fromisoformat(entry.payload["expires_at"])),
        },
    )


KIND = Kind(
    name="order_expiring",
    topics=frozenset({topics.EXPIRING}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    topic=Topic.REMINDERS,
)
