"""To everybody who may accept a new order, and to whoever may accept a waiting one from now on: please decide."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import queries, topics
from akcept.ordering.models import Placement
from akcept.organizations import module
from akcept.organizations.seats import Person
from akcept.ui.formats import money


def _approvers(placement: Placement) -> Sequence[Person]:
    case = getattr(placement.order, "akcept_case", None)
    if case is None or case.state != "awaiting" or placement.unit is None:
        return []
    if placement.organization is None or placement.organization.status != "active" or not module.is_available():
        return []  # blocked by the shop or withheld by its host: nobody can decide now, so nobody is asked
    case.order.akcept_placement = placement
    return queries.asked_about([case])[0]


def _targets(entry: Entry) -> list[str]:
    if entry.topic == topics.ASKED_AGAIN:
        return [user_target(user_id) for user_id in entry.payload["newly"]]
    # Whoever may decide only since then is asked by `order.asked_again`, so that nobody is mailed twice.
    return [user_target(user_id) for user_id in entry.payload.get("asked_ids", [])]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    asked = next((person for person in _approvers(placement) if person.user_id == user_id_of(target)), None)
    if asked is None:
        raise Skip("the order was decided, or this person may no longer decide it")
    mail = order_mail(placement)
    return Message(
        subject=(
            _("%(organization)s, %(unit)s: order %(number)s for %(amount)s net waits for you")
            % {
                "organization": mail.view.organization,
                "unit": mail.view.unit,
                "number": placement.number,
                "amount": money(placement.total_net, placement.currency),
            }
        ),
        context={**mail.context, "stands_for": asked.stands_for},
    )


KIND = Kind(
    name="acceptance_asked",
    topics=frozenset({topics.PLACED, topics.RESUBMITTED, topics.STEP_ASKED, topics.REPLANNED, topics.ASKED_AGAIN}),
    targets=_targets,
    recipient=named,
    message=_message,
)
