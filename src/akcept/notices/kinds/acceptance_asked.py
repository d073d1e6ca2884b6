"""To everybody who may accept a new order: please decide."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of
from akcept.notices.recipients import named, user_id_of, user_target
from akcept.ordering import queries, topics
from akcept.ordering.models import Placement
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.ui.formats import money


def _approvers(placement: Placement) -> Iterable[int]:
    case = getattr(placement.order, "akcept_case", None)
    if case is None or case.state != "awaiting" or placement.unit is None:
        return []
    if placement.organization is None or placement.organization.status != "active" or not module.is_available():
        return []  # blocked by the shop or withheld by its host: nobody can decide now, so nobody is asked
    return [person.user_id for person in organizations.who_may_accept(queries.question(placement))]


def _targets(entry: Entry) -> list[str]:
    if not entry.payload.get("held"):
        return []
    return [user_target(user_id) for user_id in _approvers(placement_of(entry))]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    if user_id_of(target) not in _approvers(placement):
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
        context=mail.context,
    )


KIND = Kind(
    name="acceptance_asked", topics=frozenset({topics.PLACED}), targets=_targets, recipient=named, message=_message
)
