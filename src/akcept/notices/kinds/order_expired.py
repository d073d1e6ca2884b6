"""To the requester and to whoever was asked: nobody decided in time, the order has ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import order_mail, placement_of, require_sees, to_others, to_requester
from akcept.notices.recipients import named, user_id_of
from akcept.ordering import topics


def _targets(entry: Entry) -> list[str]:
    return list(dict.fromkeys([*to_requester(entry), *to_others(entry, entry.payload["asked_members"])]))


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    return Message(
        subject=_("Order %(number)s has expired") % {"number": placement.number},
        context={**order_mail(placement).context, "mine": placement.buyer_id == user_id_of(target)},
    )


KIND = Kind(
    name="order_expired", topics=frozenset({topics.EXPIRED}), targets=_targets, recipient=named, message=_message
)
