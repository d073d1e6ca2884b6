"""To the colleague an approver passed an order on to: please decide."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import asked_now, decide_path, order_mail, placement_of, who
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import topics
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    return [user_target(entry.payload["to_id"])]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    asked = next((person for person in asked_now(placement) if person.user_id == user_id_of(target)), None)
    mail = order_mail(placement, for_approver=True)
    if asked is None or mail.view.case is None or mail.view.case.forwarded_to_id != asked.member_id:
        raise Skip("the order was decided, or was passed on to somebody else")
    words = {"number": placement.number, "name": who(entry)}
    return Message(
        subject=_("%(name)s asks you to decide on order %(number)s") % words,
        context={
            **mail.context,
            "name": who(entry),
            "remark": entry.payload["remark"],
            "stands_for": asked.stands_for,
            "decide_path": decide_path(mail.view, asked),
        },
    )


KIND = Kind(
    name="order_forwarded",
    topics=frozenset({topics.FORWARDED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    topic=Topic.ASKED,
)
