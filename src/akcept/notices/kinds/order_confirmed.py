"""To the buyer, once: the shop has the order. The same for an accepted order and for one that never waited."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import buyer_of, order_mail, placement_of
from akcept.notices.recipients import named, user_target
from akcept.ordering import queries, topics
from akcept.organizations.queries import acting_name


def _targets(entry: Entry) -> list[str]:
    buyer_id = buyer_of(entry)
    return [] if buyer_id is None else [user_target(buyer_id)]


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    mail = order_mail(placement)
    given = []
    if mail.view.case is not None:
        given = queries.acceptances(mail.view.case)
    return Message(
        subject=(
            (_("Order %(number)s accepted and confirmed") if given else _("Order %(number)s confirmed"))
            % {"number": placement.number}
        ),
        context={
            **mail.context,
            "accepted": [(acting_name(each.member_name, each.for_member_name), each.remark) for each in given],
        },
    )


KIND = Kind(
    name="order_confirmed",
    topics=frozenset({topics.RELEASED}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
)
