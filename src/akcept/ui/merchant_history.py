"""What happened to the shop as a whole, in words for its people: exports, stock, prices, agreements, terms, B2B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.agreements import topics as agreement_topics
from akcept.handover import topics as handover_topics
from akcept.journal.models import Entry
from akcept.ordering import topics as ordering_topics
from akcept.organizations import topics
from akcept.organizations.wording import money
from akcept.ui import formats
from akcept.ui.sentence import Sentence

#: So many orders or prices are named one by one; of the others it is said how many there are.
_NAMED: Final = 10


def _line(entry: Entry, what: str, *, tone: str = "") -> Sentence:
    return Sentence(who=entry.actor_name or _("The shop:"), what=what, said="", at=entry.at, tone=tone)


def _listed(names: Sequence[str]) -> str:
    listed, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
    if more <= 0:
        return listed
    text = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more)
    return text % {"names": listed, "n": formats.count(more)}


def _exported(entry: Entry) -> Sentence:
    orders = [str(number) for number in entry.payload["orders"]]
    what = ngettext(
        "marked %(n)s order as exported: %(orders)s", "marked %(n)s orders as exported: %(orders)s", len(orders)
    )
    return _line(entry, what % {"n": formats.count(len(orders)), "orders": _listed(orders)})


def _unexported(entry: Entry) -> Sentence:
    orders = [str(number) for number in entry.payload["orders"]]
    if not orders:
        return _line(entry, _("undid an export without orders"))
    what = ngettext(
        "took the mark of %(n)s exported order back: %(orders)s",
        "took the marks of %(n)s exported orders back: %(orders)s",
        len(orders),
    )
    return _line(entry, what % {"n": formats.count(len(orders)), "orders": _listed(orders)})


def _stock_set(entry: Entry) -> Sentence:
    n = int(entry.payload["changed"])
    what = ngettext("wrote the stock of %(n)s product", "wrote the stock of %(n)s products", n)
    return _line(entry, what % {"n": formats.count(n)})


def _prices_set(entry: Entry) -> Sentence:
    changes = entry.payload["changes"]
    what = ngettext(
        "wrote the price of %(n)s product: %(prices)s", "wrote the prices of %(n)s products: %(prices)s", len(changes)
    )
    prices = _listed([_price_of(change) for change in changes])
    return _line(entry, what % {"n": formats.count(len(changes)), "prices": prices})


def _price_of(change: dict[str, Any]) -> str:
    was, is_ = (money(Decimal(price), change["currency"]) if price else "–" for price in (change["from"], change["to"]))
    return f"{change['sku']} {was} → {is_}"


def _module_switched(entry: Entry) -> Sentence:
    if entry.payload["enabled"]:
        return _line(entry, _("switched B2B on"), tone="good")
    return _line(entry, _("switched B2B off"), tone="bad")


def _gate_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed whom the shop is open to, or which prices it shows"))


def _terms_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed the terms for pending orders"))


def _agreed(entry: Entry) -> Sentence:
    return _line(entry, _("added the agreement “%(name)s”") % {"name": entry.payload["name"]}, tone="good")


def _agreement_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed the agreement “%(name)s”") % {"name": _renamed(entry)})


def _renamed(entry: Entry) -> str:
    was, is_ = entry.payload["before"]["name"], entry.payload["after"]["name"]
    return str(is_) if was == is_ else f"{was} → {is_}"


def _ending(entry: Entry) -> Sentence:
    told = [f"“{each['name']}” ({_day(each['ends'])})" for each in entry.payload["agreements"]]
    what = ngettext("An agreement ends soon: %(names)s", "Agreements end soon: %(names)s", len(told))
    return Sentence(who="", what=what % {"names": _listed(told)}, said="", at=entry.at)


def _day(text: str) -> str:
    return formats.term(None, date.fromisoformat(text))


def _list_added(entry: Entry) -> Sentence:
    return _line(entry, _("added the price list “%(name)s”") % {"name": entry.payload["name"]}, tone="good")


def _list_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed the price list “%(name)s”") % {"name": _renamed(entry)})


def _list_prices_changed(entry: Entry) -> Sentence:
    words = {name: formats.count(int(entry.payload[name])) for name in ("before", "after")}
    what = _("wrote the prices of the list “%(name)s”: %(before)s → %(after)s rows")
    return _line(entry, what % {"name": entry.payload["name"], **words})


#: As the shop's people read it; none of it is told to customers.
OF_SHOP: Final[dict[str, Callable[[Entry], Sentence]]] = {
    handover_topics.EXPORTED: _exported,
    handover_topics.EXPORT_UNDONE: _unexported,
    handover_topics.STOCK_SET: _stock_set,
    handover_topics.PRICES_SET: _prices_set,
    topics.MODULE_SWITCHED: _module_switched,
    topics.GATE_CHANGED: _gate_changed,
    ordering_topics.SHOP_TERMS_CHANGED: _terms_changed,
    agreement_topics.ADDED: _agreed,
    agreement_topics.CHANGED: _agreement_changed,
    agreement_topics.ENDING: _ending,
    agreement_topics.LIST_ADDED: _list_added,
    agreement_topics.LIST_CHANGED: _list_changed,
    agreement_topics.PRICES_CHANGED: _list_prices_changed,
}
