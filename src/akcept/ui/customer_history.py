"""What the shop and a customer did with the customer's organisation as a whole, in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.kernel.actor import ActorKind
from akcept.ordering import topics as ordering_topics
from akcept.organizations import topics
from akcept.organizations.models import ShownPrices
from akcept.organizations.wording import money
from akcept.ui.sentence import Sentence


def _by_shop(entry: Entry) -> str:
    return _("%(name)s (shop)") % {"name": entry.actor_name}


def _signed_up(entry: Entry) -> Sentence:
    return Sentence(who=entry.actor_name, what=_("signed the organisation up"), said="", at=entry.at)


def _confirmed(entry: Entry) -> Sentence:
    return Sentence(who=_by_shop(entry), what=_("confirmed the organisation"), said="", at=entry.at, tone="good")


def _added(entry: Entry) -> Sentence:
    what = _("added the organisation and invited %(email)s") % {"email": entry.payload["email"]}
    return Sentence(who=_by_shop(entry), what=what, said="", at=entry.at, tone="good")


def _blocked(entry: Entry) -> Sentence:
    said = str(entry.payload["reason"])
    return Sentence(who=_by_shop(entry), what=_("blocked the organisation"), said=said, at=entry.at, tone="bad")


def _unblocked(entry: Entry) -> Sentence:
    return Sentence(who=_by_shop(entry), what=_("unblocked the organisation"), said="", at=entry.at, tone="good")


def _administrator_invited(entry: Entry) -> Sentence:
    what = _("invited %(email)s as an administrator") % {"email": entry.payload["email"]}
    return Sentence(who=_by_shop(entry), what=what, said=str(entry.payload["reason"]), at=entry.at)


def _credit_changed(entry: Entry) -> Sentence:
    after, unit = entry.payload["after"], entry.payload.get("unit", "")
    if after["amount"] is None:
        what = _("removed the credit limit for orders on account")
        what = _("removed the credit limit of %(unit)s") % {"unit": unit} if unit else what
    else:
        words = {"unit": unit, "amount": money(Decimal(str(after["amount"])), after["currency"])}
        text = _("set the credit limit for orders on account to %(amount)s gross")
        what = (_("set the credit limit of %(unit)s to %(amount)s gross") if unit else text) % words
    return Sentence(who=_by_shop(entry), what=what, said="", at=entry.at)


def _prices_chosen(entry: Entry) -> Sentence:
    before, after, told = entry.payload["before"], entry.payload["after"], []
    if before["shown"] != after["shown"]:
        chosen = ShownPrices(after["shown"]).label if after["shown"] else _("as the whole shop")
        told.append(_("prices shown: %(chosen)s") % {"chosen": chosen})
    if before["by_right"] != after["by_right"]:
        told.append(
            _("prices only for members who may see them") if after["by_right"] else _("prices for every member")
        )
    what = _("chose: %(what)s") % {"what": "; ".join(told) or _("nothing new")}
    who = _by_shop(entry) if entry.actor_kind == ActorKind.STAFF else entry.actor_name
    return Sentence(who=who, what=what, said="", at=entry.at)


def _imported(entry: Entry) -> Sentence:
    facts = {"file": entry.payload["import"], "n": entry.payload["created"], "m": entry.payload["changed"]}
    if entry.topic == topics.UNITS_IMPORTED:
        what = _("imported units from %(file)s (added: %(n)d, changed: %(m)d)") % facts
    else:
        what = _("imported members from %(file)s (invited: %(n)d, changed: %(m)d)") % facts
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at)


CUSTOMERS: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.SIGNED_UP: _signed_up,
    topics.CONFIRMED: _confirmed,
    topics.ORGANIZATION_ADDED: _added,
    topics.BLOCKED: _blocked,
    topics.UNBLOCKED: _unblocked,
    topics.ADMINISTRATOR_INVITED: _administrator_invited,
    ordering_topics.CREDIT_LIMIT_CHANGED: _credit_changed,
    topics.PRICES_CHOSEN: _prices_chosen,
    topics.UNITS_IMPORTED: _imported,
    topics.MEMBERS_IMPORTED: _imported,
}
