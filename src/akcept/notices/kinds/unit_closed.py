"""To the people of a unit that was closed: which unit they belong to now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import to_others
from akcept.notices.recipients import named, user_id_of
from akcept.organizations import topics
from akcept.organizations.queries import seat_of


def _targets(entry: Entry) -> list[str]:
    return to_others(entry, entry.payload.get("moved", ()))


def _message(entry: Entry, target: str) -> Message:
    seat = seat_of(Actor.person(user_id_of(target), "", organization_id=entry.organization_id))
    if seat is None or seat.unit_name != entry.payload["members_to"]:
        raise Skip("this person was seated elsewhere meanwhile")
    words = {"unit": entry.payload["name"], "to": seat.unit_name}
    return Message(
        subject=_("%(unit)s was closed; you now belong to %(to)s") % words,
        context={"unit": entry.payload["name"], "to": seat.unit_name, "organization_id": entry.organization_id},
    )


KIND = Kind(
    name="unit_closed",
    topics=frozenset({topics.UNIT_CLOSED}),
    targets=_targets,
    recipient=named,
    message=_message,
)
