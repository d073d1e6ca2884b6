"""What the shop and its other systems did with an order, in words: parcels, its status, its number in their books."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.fulfilment import topics
from akcept.handover import topics as handover_topics
from akcept.journal.models import Entry
from akcept.ordering import status
from akcept.ui.sentence import Sentence


def _shipped(entry: Entry) -> Sentence:
    pieces = sum(line["quantity"] for line in entry.payload["lines"])
    parcel = " ".join(part for part in (entry.payload["carrier"], entry.payload["parcel"]) if part)
    words = {"parcel": parcel, "n": pieces}
    what = (
        ngettext("sent parcel %(parcel)s with %(n)d piece", "sent parcel %(parcel)s with %(n)d pieces", pieces) % words
    )
    if not parcel:
        what = ngettext("sent %(n)d piece", "sent %(n)d pieces", pieces) % words
    if not entry.payload["left"]:
        what = _("%(what)s, the rest of the order") % {"what": what}
    return Sentence(who=_("The shop:"), what=what, said="", at=entry.at, tone="good")


def _shipped_by(entry: Entry) -> Sentence:
    return replace(_shipped(entry), who=entry.actor_name)


def _status_set(entry: Entry) -> Sentence:
    before, after = (status.LABELS.get(entry.payload[side], entry.payload[side]) for side in ("from", "to"))
    what = _("moved the order on: %(before)s → %(after)s") % {"before": before, "after": after}
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at)


def _taken(entry: Entry) -> Sentence:
    what = _("has the order in their books as %(number)s") % {"number": entry.payload["external_number"]}
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at, tone="good")


def _not_taken(entry: Entry) -> Sentence:
    what = _("could not take the order into their books")
    return Sentence(who=entry.actor_name, what=what, said=str(entry.payload["text"]), at=entry.at, tone="bad")


def shop_sentences(steps: Iterable[tuple[datetime, str]]) -> list[Sentence]:
    """Return what the shop did with an order after it was accepted, in the customer's words."""
    tones = {"shipped": "good", "completed": "good", status.CANCELLED: "bad"}
    return [
        Sentence(
            who=_("The shop:"),
            what=str(status.CUSTOMER_LABELS.get(moved_to, moved_to)),
            said="",
            at=at,
            tone=tones.get(moved_to, ""),
        )
        for at, moved_to in steps
    ]


PARCELS: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.SHIPPED: _shipped,
}


#: As the shop itself reads it.
FOR_STAFF: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.SHIPPED: _shipped_by,
    topics.STATUS_SET: _status_set,
    handover_topics.TAKEN: _taken,
    handover_topics.FAILED: _not_taken,
}
