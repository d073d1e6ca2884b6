"""To the administrators and whoever is asked, once of a change: whoever placed these open orders has left."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import to_others
from akcept.notices.recipients import named, user_id_of
from akcept.ordering import queries, topics
from akcept.organizations.mailing import Topic
from akcept.organizations.pseudonyms import shown
from akcept.organizations.queries import seat_of

#: Orders a mail lists before it says how many more there are.
_SHOWN = 25


def _targets(entry: Entry) -> list[str]:
    return to_others(entry, entry.payload["told"])


def _message(entry: Entry, target: str) -> Message:
    reader = Actor.person(user_id_of(target), "", organization_id=entry.organization_id)
    seat = seat_of(reader)
    if seat is None:
        raise Skip("this person does not belong to the organisation any more")
    numbers = [entry.subject_id, *entry.payload["with"].get(str(seat.member_id), ())]
    rows = queries.left_among(seat.organization_id, numbers)
    if not rows:
        raise Skip("the orders were decided, or whoever placed them is active again")
    text = ngettext(
        "%(name)s has left; %(n)d order is still open",
        "%(name)s has left; %(n)d orders are still open",
        len(rows),
    )
    name = rows[0].requester if len({row.requester for row in rows}) == 1 else _("Somebody")
    seen = queries.visible_numbers(reader, [rows[0].number])
    return Message(
        subject=text % {"name": shown(name), "n": len(rows)},
        context={
            "rows": rows[:_SHOWN],
            "more": len(rows) - len(rows[:_SHOWN]),
            "number": rows[0].number if rows[0].number in seen else "",
            "organization_id": entry.organization_id,
        },
    )


KIND = Kind(
    name="order_left",
    topics=frozenset({topics.REQUESTER_LEFT}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ADMINISTRATION,
)
