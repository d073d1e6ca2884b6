"""Nobody has decided for long: to those above who may decide, and to the organisation's administrators."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import asked_now, decide_path, order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import topics
from akcept.organizations import queries
from akcept.organizations.mailing import Topic
from akcept.ui.formats import dated


def _targets(entry: Entry) -> list[str]:
    administrators = [person.user_id for person in queries.administrators(entry.organization_id)]
    return [user_target(user_id) for user_id in dict.fromkeys([*entry.payload["told_ids"], *administrators])]


def _message(entry: Entry, target: str) -> Message:
    placement, user_id = placement_of(entry), user_id_of(target)
    people = asked_now(placement)
    asked = next((person for person in people if person.user_id == user_id), None)
    mail = order_mail(placement)
    if mail.view.case is None or mail.view.case.state != "awaiting":
        raise Skip("the order was decided")
    if asked is None and user_id not in {person.user_id for person in queries.administrators(entry.organization_id)}:
        raise Skip("this person may no longer decide it")
    return Message(
        subject=_("Nobody has decided on order %(number)s yet") % {"number": placement.number},
        context={
            **mail.context,
            "decides": asked is not None,
            "decide_path": decide_path(mail.view, asked),
            "stands_for": asked.stands_for if asked else "",
            "asked": [person.name for person in people],
            "since": dated(mail.view.case.step_opened_at),
        },
    )


KIND = Kind(
    name="order_escalated",
    topics=frozenset({topics.ESCALATED}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.REMINDERS,
)
