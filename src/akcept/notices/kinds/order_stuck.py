"""To an organisation's administrators, once: nobody may decide this waiting order any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import topics
from akcept.organizations import queries
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    return [user_target(person.user_id) for person in queries.administrators(entry.organization_id)]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    mail = order_mail(placement)
    if mail.view.case is None or mail.view.case.state != "awaiting" or mail.view.approvers:
        raise Skip("the order was decided, or somebody may decide it again")
    if user_id_of(target) not in {person.user_id for person in queries.administrators(entry.organization_id)}:
        raise Skip("no longer an administrator")
    return Message(
        subject=_("Nobody may accept order %(number)s any more") % {"number": placement.number},
        context={**mail.context, "gone": entry.payload.get("gone", [])},
    )


KIND = Kind(
    name="order_stuck",
    topics=frozenset({topics.NOBODY_MAY_DECIDE}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ADMINISTRATION,
)
