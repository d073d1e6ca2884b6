"""To whoever was moved to another unit: which one they belong to now. Of a unit that closes, see `unit_closed`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import to_others, who
from akcept.notices.recipients import named, user_id_of
from akcept.organizations import topics
from akcept.organizations.queries import seat_of


def _targets(entry: Entry) -> list[str]:
    before, after = entry.payload["before"], entry.payload["after"]
    moved = before["unit_id"] != after["unit_id"] and after["active"]
    return to_others(entry, [int(entry.subject_id)]) if moved else []


def _message(entry: Entry, target: str) -> Message:
    seat = seat_of(Actor.person(user_id_of(target), "", organization_id=entry.organization_id))
    after = entry.payload["after"]
    if seat is None or not seat.active or seat.unit_id != after["unit_id"]:
        raise Skip("this person was seated elsewhere meanwhile")
    return Message(
        subject=_("You now belong to %(to)s") % {"to": seat.unit_name},
        context={
            "unit": entry.payload["before"]["unit"],
            "to": seat.unit_name,
            "name": who(entry),
            "organization_id": entry.organization_id,
        },
    )


KIND = Kind(
    name="member_moved",
    topics=frozenset({topics.MEMBER_CHANGED, topics.MEMBER_REACTIVATED}),
    targets=_targets,
    recipient=named,
    message=_message,
)
