"""To whoever is asked and has not decided, or has the order back and has not answered: it still waits."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import asked_now, decide_path, order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import topics
from akcept.organizations.mailing import Topic
from akcept.ui.formats import dated


def _targets(entry: Entry) -> list[str]:
    if entry.payload["returned"]:
        return [user_target(entry.payload["requester_id"])]
    return [user_target(user_id) for user_id in entry.payload["asked_ids"]]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    asked = next((person for person in asked_now(placement) if person.user_id == user_id_of(target)), None)
    mail = order_mail(placement, for_approver=True)
    returned = mail.view.case is not None and mail.view.case.state == "returned"
    if mail.view.case is None or returned != entry.payload["returned"] or not (returned or asked):
        raise Skip("the order was decided, or this person may no longer decide it")
    subject = _("Order %(number)s is still waiting for your decision")
    if returned:
        subject = _("Order %(number)s is still waiting for your answer")
    return Message(
        subject=subject % {"number": placement.number},
        context={
            **mail.context,
            "returned": returned,
            "by_shop": entry.payload.get("by_shop", False),
            "decide_path": decide_path(mail.view, asked),
            "stands_for": asked.stands_for if asked else "",
            "since": dated(mail.view.case.step_opened_at),
        },
    )


KIND = Kind(
    name="order_reminder",
    topics=frozenset({topics.REMINDED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    topic=Topic.REMINDERS,
)
