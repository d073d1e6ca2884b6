"""What members of an organisation, and the clock, did with an order, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.ordering import topics
from akcept.ordering.changes.revisions import Text, delivery_change
from akcept.organizations.pseudonyms import shown
from akcept.organizations.queries import acting_name
from akcept.organizations.wording import money
from akcept.ui.formats import moment
from akcept.ui.sentence import Sentence

SHOWN_NAMES: Final = 5


def _who(entry: Entry) -> str:
    return acting_name(entry.actor_name, str(entry.payload.get("for", "")))


def _placed(entry: Entry) -> Sentence:
    what = _("placed the order")
    if former := entry.payload.get("instead_of"):
        what = _("placed the order, instead of order %(number)s") % {"number": former}
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at)


def _ordered_again(entry: Entry) -> Sentence:
    what = _("ordered it again, as order %(number)s") % {"number": entry.payload["as"]}
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at)


def _accepted(entry: Entry) -> Sentence:
    steps = int(entry.payload.get("steps", 1))
    what = _("accepted the order")
    if steps > 1:
        what = _("accepted step %(step)d of %(steps)d") % {"step": entry.payload["step"], "steps": steps}
    if entry.payload.get("own_order"):
        what = _("accepted their own order, as the organisation allows")
    if entry.payload.get("step_complete") is False:
        what = _("accepted; others are still asked")
    said = str(entry.payload.get("remark", ""))
    return Sentence(who=_who(entry), what=_from(entry, what), said=said, at=entry.at, tone="good")


def _rejected(entry: Entry) -> Sentence:
    said = str(entry.payload.get("remark", ""))
    what = _("rejected the order")
    if entry.payload.get("all_dropped"):
        what = _("rejected the order: every item was removed")
    return Sentence(who=_who(entry), what=_from(entry, what), said=said, at=entry.at, tone="bad")


def _from(entry: Entry, what: str) -> str:
    """Return what was done with where it was done, unless that was the order's own page."""
    through = entry.payload.get("through")
    if through == "mail":
        return _("%(what)s (from the e-mail)") % {"what": what}
    if through == "api":
        return _("%(what)s (through another system)") % {"what": what}
    return _("%(what)s (together with others)") % {"what": what} if through == "bulk" else what


def _step_asked(entry: Entry) -> Sentence:
    what = _("Now asked: %(names)s.") % {"names": _some(entry.payload["asked"])}
    return Sentence(who="", what=what, said="", at=entry.at)


def _sent_back(entry: Entry) -> Sentence:
    said = str(entry.payload["remark"])
    return Sentence(who=_who(entry), what=_("sent the order back"), said=said, at=entry.at, tone="bad")


def _amended(entry: Entry) -> Sentence:
    said = str(entry.payload["remark"])
    what = _("changed the order: %(difference)s") % {"difference": _difference(entry)}
    if entry.payload["lines"]:  # an approver only lowers what is ordered
        what = _("reduced the order: %(difference)s") % {"difference": _difference(entry)}
    return Sentence(who=_who(entry), what=f"{what}{_totals(entry)}", said=said, at=entry.at)


def _resubmitted(entry: Entry) -> Sentence:
    said = str(entry.payload["remark"])
    what = _("submitted the order again")
    if any(entry.payload.get(changed) for changed in ("lines", "texts", "delivery", "prices")):
        what = _("changed the order and submitted it again: %(difference)s") % {"difference": _difference(entry)}
        what += _totals(entry)
    if entry.payload.get("held") is False:
        what = _("%(what)s; it no longer needs to be accepted") % {"what": what}
    return Sentence(who=entry.actor_name, what=what, said=said, at=entry.at)


def _difference(entry: Entry) -> str:
    """Return "paper A4 10 → 6, stapler dropped, delivery: Courier → Pallet, the note"."""
    parts = []
    for line in entry.payload["lines"]:
        words = {"product": line["title"], "before": line["from"], "after": line["to"]}
        parts.append(
            _("%(product)s %(before)s → %(after)s") % words if line["to"] else _("%(product)s dropped") % words
        )
    change = delivery_change(*(entry.payload.get("delivery", {}).get(side) for side in ("from", "to")))
    if change is not None and change.is_another:
        words = {"before": change.before.name, "after": change.after.name}
        parts.append(_("delivery: %(before)s → %(after)s") % words)
    if entry.payload.get("prices"):
        parts.append(_("the shop's new prices"))
    names = {
        Text.NOTE: _("the note"),
        Text.PO_NUMBER: _("the organisation's order number"),
        Text.PAYMENT: _("the payment"),
    }
    return _some(parts + [names[Text(text)] for text in entry.payload.get("texts", ())])


def _totals(entry: Entry) -> str:
    """Return "; net 179.00 PLN → 79.00 PLN" where a change moved the total, nothing for older entries."""
    currency = entry.payload.get("currency")
    before, after = (Decimal(str(entry.payload[name])) for name in ("net_before", "net_after"))
    if currency is None or before == after:
        return ""
    words = {"before": money(before, currency), "after": money(after, currency)}
    return _("; in total, net %(before)s → %(after)s") % words


def _withdrawn(entry: Entry) -> Sentence:
    said = str(entry.payload.get("remark", ""))
    return Sentence(who=entry.actor_name, what=_("withdrew the order"), said=said, at=entry.at, tone="bad")


def _expired(entry: Entry) -> Sentence:
    what = _("Nobody decided in time: the order has expired and its products are no longer reserved.")
    return Sentence(who="", what=what, said="", at=entry.at, tone="bad")


def _reminded(entry: Entry) -> Sentence:
    by_shop = entry.payload.get("by_shop", False)
    words = _("The shop reminded: %(names)s.") if by_shop else _("Reminded: %(names)s.")
    what = words % {"names": _some(entry.payload["asked"])}
    if entry.payload["returned"] and by_shop:
        what = _("The shop reminded the requester that it was sent back.")
    elif entry.payload["returned"]:
        what = _("The requester was reminded that it was sent back.")
    return Sentence(who="", what=what, said="", at=entry.at)


def _escalated(entry: Entry) -> Sentence:
    what = _("Nobody has decided for long: those above and the organisation's administrators were told.")
    if newly := entry.payload["newly"]:
        what = _("Nobody has decided for long: now also asked: %(names)s.") % {"names": _some(newly)}
    return Sentence(who="", what=what, said="", at=entry.at)


def _expiring(entry: Entry) -> Sentence:
    until = moment(datetime.fromisoformat(entry.payload["expires_at"]))
    what = _("Warned that the order expires on %(until)s unless somebody decides.") % {"until": until}
    return Sentence(who="", what=what, said="", at=entry.at)


def _repriced(entry: Entry) -> Sentence:
    currency = entry.payload["currency"]
    words = {
        "before": money(Decimal(entry.payload["net_before"]), currency),
        "after": money(Decimal(entry.payload["net_after"]), currency),
    }
    what = _("The shop's prices were brought up to date: net %(before)s → %(after)s.") % words
    if "gross" in entry.payload:  # nothing but VAT differs
        gross = {side: money(Decimal(str(entry.payload["gross"][side])), currency) for side in ("from", "to")}
        what = _("VAT was brought up to date: gross %(from)s → %(to)s.") % gross
    anew = [_("Everybody is asked again.")] if entry.payload["anew"] else []
    more = [_("At this value others have to accept it too.")] if entry.payload.get("others_too") else []
    return Sentence(who="", what=" ".join([what, *anew, *more]), said="", at=entry.at)


def _revoked(entry: Entry) -> Sentence:
    said = str(entry.payload["remark"])
    return Sentence(who=_who(entry), what=_("revoked the acceptance"), said=said, at=entry.at, tone="bad")


def _forwarded(entry: Entry) -> Sentence:
    what = _("passed the order on to %(name)s") % {"name": entry.payload["to"]}
    return Sentence(who=_who(entry), what=what, said=str(entry.payload["remark"]), at=entry.at)


def _commented(entry: Entry) -> Sentence:
    return Sentence(who=entry.actor_name, what=_("wrote"), said=str(entry.payload["text"]), at=entry.at)


def _shop_wrote(entry: Entry) -> Sentence:
    return Sentence(who="", what=_("The shop wrote to the customer"), said=str(entry.payload["text"]), at=entry.at)


def _released(entry: Entry) -> Sentence:
    return Sentence(who="", what=_("The order went to the shop."), said="", at=entry.at, tone="good")


def _asked_again(entry: Entry) -> Sentence:
    asked = _some(entry.payload["asked"])
    what = _("Now asked: %(names)s.") % {"names": asked}
    return Sentence(who="", what=f"{_gone(entry)} {what}".strip(), said="", at=entry.at)


def _nobody(entry: Entry) -> Sentence:
    what = _("Nobody may decide on this order any more. The organisation's administrators have been notified.")
    return Sentence(who="", what=f"{_gone(entry)} {what}".strip(), said="", at=entry.at, tone="bad")


def _gone(entry: Entry) -> str:
    gone = entry.payload.get("gone", [])
    return _("No longer asked: %(names)s.") % {"names": _some(gone)} if gone else ""


def _replanned(entry: Entry) -> Sentence:
    what = _("applied the current rules to it; all steps start again")
    return Sentence(who=entry.actor_name, what=what, said="", at=entry.at)


def _some(names: list[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    text, more = ", ".join(names[:SHOWN_NAMES]), len(names) - SHOWN_NAMES
    if more <= 0:
        return text
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {"names": text, "n": more}


def _refused(entry: Entry) -> Sentence:
    what = _("tried to decide and was refused")
    why = entry.payload.get("said", {}).get(get_language()) or str(entry.payload.get("why", ""))
    return Sentence(who=entry.actor_name, what=what, said=why, at=entry.at, tone="bad")


def _requester_left(entry: Entry) -> Sentence:
    what = _("%(name)s, who placed it, can no longer act for the organisation: nobody can change or withdraw it.") % {
        "name": shown(entry.payload["requester"])
    }
    return Sentence(who="", what=what, said="", at=entry.at, tone="bad")


ORDERS: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.PLACED: _placed,
    topics.ACCEPTED: _accepted,
    topics.REJECTED: _rejected,
    topics.RELEASED: _released,
    topics.ORDERED_AGAIN: _ordered_again,
    topics.STEP_ASKED: _step_asked,
    topics.SENT_BACK: _sent_back,
    topics.AMENDED: _amended,
    topics.RESUBMITTED: _resubmitted,
    topics.WITHDRAWN: _withdrawn,
    topics.EXPIRED: _expired,
    topics.REMINDED: _reminded,
    topics.SHOP_WROTE: _shop_wrote,
    topics.ESCALATED: _escalated,
    topics.EXPIRING: _expiring,
    topics.REPRICED: _repriced,
    topics.REVOKED: _revoked,
    topics.FORWARDED: _forwarded,
    topics.ASKED_AGAIN: _asked_again,
    topics.REPLANNED: _replanned,
    topics.NOBODY_MAY_DECIDE: _nobody,
    topics.REQUESTER_LEFT: _requester_left,
}

#: Acts whose remarks are not the shop's to read; no more are comments.
BETWEEN_MEMBERS: Final = frozenset(
    {
        topics.ACCEPTED,
        topics.REJECTED,
        topics.SENT_BACK,
        topics.AMENDED,
        topics.RESUBMITTED,
        topics.WITHDRAWN,
        topics.REVOKED,
        topics.FORWARDED,
    }
)
COMMENTED: Final = {topics.COMMENTED: _commented}
REFUSED: Final = {topics.DECISION_REFUSED: _refused}
