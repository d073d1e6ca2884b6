"""To an organisation's administrators, once of a change: nobody may decide these waiting orders any more."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import queries as ordering
from akcept.ordering import topics
from akcept.organizations import queries
from akcept.organizations.mailing import Topic

#: Orders a mail lists before it says how many more there are.
_SHOWN = 25


def _targets(entry: Entry) -> list[str]:
    if "told_with" in entry.payload:
        return []  # another order that the same change left so speaks for this one too
    return [user_target(person.user_id) for person in queries.administrators(entry.organization_id)]


def _message(entry: Entry, target: str) -> Message:
    if user_id_of(target) not in {person.user_id for person in queries.administrators(entry.organization_id)}:
        raise Skip("no longer an administrator")
    return _of_several(entry) if entry.payload.get("with") else _of_one(entry)


def _of_one(entry: Entry) -> Message:
    placement = placement_of(entry)
    mail = order_mail(placement)
    if mail.view.case is None or mail.view.case.state != "awaiting" or mail.view.approvers:
        raise Skip("the order was decided, or somebody may decide it again")
    return Message(
        subject=_("Nobody may accept order %(number)s any more") % {"number": placement.number},
        context={
            **mail.context,
            "organization_id": placement.organization_id,
            "gone": entry.payload.get("gone", []),
        },
    )


def _of_several(entry: Entry) -> Message:
    rows = ordering.stuck_among(entry.organization_id, [entry.subject_id, *entry.payload["with"]])
    if not rows:
        raise Skip("the orders were decided, or somebody may decide them again")
    count = len(rows)
    text = ngettext("Nobody may accept %(n)d order any more", "Nobody may accept %(n)d orders any more", count)
    return Message(
        subject=text % {"n": count},
        context={"rows": rows[:_SHOWN], "more": count - len(rows[:_SHOWN]), "organization_id": entry.organization_id},
    )


KIND = Kind(
    name="order_stuck",
    topics=frozenset({topics.NOBODY_MAY_DECIDE}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ADMINISTRATION,
)
