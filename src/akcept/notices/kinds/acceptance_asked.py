"""To everybody who may accept a new order, and to whoever may accept a waiting one from now on: please decide."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import asked_now, decide_path, difference_of, in_place, order_mail, placement_of
from akcept.notices.recipients import deciding, user_id_of, user_target
from akcept.ordering import queries, topics
from akcept.organizations import module
from akcept.organizations.mailing import Topic
from akcept.organizations.queries import seat_of
from akcept.ui.formats import money

#: Orders a mail lists before it says how many more there are.
_SHOWN = 25


def _targets(entry: Entry) -> list[str]:
    if entry.topic == topics.ASKED_AGAIN:
        return [user_target(user_id) for user_id in entry.payload["newly"]]
    # Whoever may decide only since then is asked by `order.asked_again`, so that nobody is mailed twice. Whoever opened
    # the step by their own act is on its page.
    asked = dict.fromkeys(entry.payload.get("asked_ids", []))
    return [user_target(user_id) for user_id in asked if user_id != entry.actor_user_id]


def _message(entry: Entry, target: str) -> Message:
    if others := _others(entry, target):
        return _of_several(entry, target, [entry.subject_id, *others])
    placement = placement_of(entry)
    asked = next((person for person in asked_now(placement) if person.user_id == user_id_of(target)), None)
    if asked is None:
        raise Skip("the order was decided, or this person may no longer decide it")
    mail = order_mail(placement, for_approver=True)
    again = entry.topic == topics.RESUBMITTED
    subject = _("%(organization)s, %(unit)s: order %(number)s for %(amount)s net is waiting for you")
    if again:
        subject = _("%(organization)s, %(unit)s: order %(number)s was submitted again, %(amount)s net")
    return Message(
        subject=(
            subject
            % {
                "organization": mail.view.organization,
                "unit": mail.view.unit,
                "number": placement.number,
                "amount": money(placement.total_net, placement.currency),
            }
        ),
        context={
            **mail.context,
            "stands_for": asked.stands_for,
            "decide_path": decide_path(mail.view, asked),
            "again": again,
            "answer": entry.payload.get("remark", "") if again else "",
            "difference": difference_of(entry) if again else None,
            "in_place": in_place(entry),
        },
    )


def _others(entry: Entry, target: str) -> list[str]:
    """Return the other orders that the same change lets this person decide."""
    if entry.topic != topics.ASKED_AGAIN:
        return []
    return list(entry.payload.get("with", {}).get(str(user_id_of(target)), ()))


def _of_several(entry: Entry, target: str, numbers: list[str]) -> Message:
    reader = Actor.person(user_id_of(target), "", organization_id=entry.organization_id)
    seat = seat_of(reader)
    blocked = seat is None or seat.organization_status != "active" or not module.is_available()
    rows = [] if blocked else queries.inbox_rows(seat, numbers)
    if not rows:
        raise Skip("the orders were decided, or this person may no longer decide them")
    count = len(rows)
    text = ngettext("%(organization)s: %(n)d order waits for you", "%(organization)s: %(n)d orders wait for you", count)
    return Message(
        subject=text % {"organization": seat.organization_name if seat else "", "n": count},
        context={
            "rows": rows[:_SHOWN],
            "more": count - len(rows[:_SHOWN]),
            "stands_for": _stands_for(entry, target),
            "organization_id": entry.organization_id,
        },
    )


def _stands_for(entry: Entry, target: str) -> str:
    asked = (person for person in asked_now(placement_of(entry)) if person.user_id == user_id_of(target))
    return next((person.stands_for for person in asked), "")


KIND = Kind(
    name="acceptance_asked",
    topics=frozenset({topics.PLACED, topics.RESUBMITTED, topics.STEP_ASKED, topics.REPLANNED, topics.ASKED_AGAIN}),
    targets=_targets,
    at_once=True,
    recipient=deciding,
    message=_message,
    topic=Topic.ASKED,
)
