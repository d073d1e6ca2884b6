"""Journal entries of an order or an organisation in words: who, what, when. A topic without a sentence is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.organizations.pseudonyms import shown
from akcept.ui import order_history, shop_history
from akcept.ui.customer_history import CUSTOMERS
from akcept.ui.member_history import MEMBERS
from akcept.ui.merchant_history import OF_SHOP
from akcept.ui.organization_history import STRUCTURE
from akcept.ui.sentence import Sentence

_Words = Callable[[Entry], Sentence]

_FOR_ALL: Final[dict[str, _Words]] = {
    **order_history.ORDERS,
    **shop_history.PARCELS,
    **CUSTOMERS,
    **MEMBERS,
    **STRUCTURE,
}


def _unsaid(words: _Words) -> _Words:
    return lambda entry: replace(words(entry), said="")


#: What requester and approvers write to each other is not the shop's to read: neither comments nor remarks.
_FOR_STAFF: Final[dict[str, _Words]] = {
    **_FOR_ALL,
    **{topic: _unsaid(_FOR_ALL[topic]) for topic in order_history.BETWEEN_MEMBERS},
    **order_history.REFUSED,
    **shop_history.FOR_STAFF,
    **OF_SHOP,
}
_FOR_CUSTOMER: Final[dict[str, _Words]] = {**_FOR_ALL, **order_history.COMMENTED}


def sentences(entries: Iterable[Entry], *, for_staff: bool = False) -> list[Sentence]:
    """Return the entries that have words for this audience, in the order given."""
    words = _FOR_STAFF if for_staff else _FOR_CUSTOMER
    told = [_in_place(entry, words[entry.topic](entry)) for entry in entries if entry.topic in words]
    return [replace(line, who=shown(line.who), what=shown(line.what), said=shown(line.said)) for line in told]


def _in_place(entry: Entry, line: Sentence) -> Sentence:
    """Return what one of the shop did in a member's place as theirs, with for whom and why: both sides read it."""
    member = entry.payload.get("in_place_of")
    if not member or not line.who:
        return line
    words = {"name": member, "what": line.what, "because": entry.payload["because"]}
    return replace(
        line,
        who=_("%(name)s (shop)") % {"name": entry.actor_name},
        what=_("%(what)s, for %(name)s, because: %(because)s") % words,
    )
