"""To whoever was asked, or had sent the order back: changed as it is now it needs no decision of theirs, or not yet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.orders import (
    asked_later,
    asked_now,
    difference_of,
    last_decider,
    order_mail,
    placement_of,
    require_sees,
    to_others,
    who,
)
from akcept.notices.recipients import named, user_id_of
from akcept.ordering import topics
from akcept.organizations.mailing import Topic


def _targets(entry: Entry) -> list[str]:
    let_go = entry.payload.get("let_go", [])
    if not let_go and not entry.payload["held"]:
        let_go = last_decider(entry)  # it was sent back: they wait for the answer
    return to_others(entry, let_go)


def _message(entry: Entry, target: str) -> Message:
    placement = placement_of(entry)
    require_sees(entry, target)
    if user_id_of(target) in {person.user_id for person in asked_now(placement)}:
        raise Skip("this person is asked again")
    later = user_id_of(target) in {person.user_id for person in asked_later(placement)}
    subject = _("You no longer need to decide on order %(number)s")
    if later:
        subject = _("Order %(number)s was changed: your turn comes after others")
    subject %= {"number": placement.number}
    return Message(
        subject=subject,
        context={
            **order_mail(placement).context,
            "title": subject,
            "later": later,
            "name": who(entry),
            "difference": difference_of(entry),
            "waits": entry.payload["held"],
        },
    )


KIND = Kind(
    name="order_let_go",
    topics=frozenset({topics.RESUBMITTED}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ASKED,
)
