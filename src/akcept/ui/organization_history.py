"""What happened to an organisation's structure, in words: its data, units, roles, invitations and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from akcept.approvals import topics as approval_topics
from akcept.approvals.models import PolicyVersion
from akcept.journal.models import Entry
from akcept.organizations import topics
from akcept.organizations.labels import LABELS, role_name
from akcept.organizations.permissions import Permission
from akcept.ui.member_history import by_whom, limits_differ, limits_text, permissions_differ
from akcept.ui.sentence import Sentence

_FIELDS: Final = {
    "name": gettext_lazy("name"),
    "code": gettext_lazy("code"),
    "cost_centre": gettext_lazy("cost centre"),
    "line1": gettext_lazy("street and number"),
    "postcode": gettext_lazy("postcode"),
    "city": gettext_lazy("town"),
    "invoice_email": gettext_lazy("e-mail for invoices"),
}


def _line(entry: Entry, what: str, *, tone: str = "") -> Sentence:
    return Sentence(who=by_whom(entry), what=what, said="", at=entry.at, tone=tone)


def _fields_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, label in _FIELDS.items():
        was, is_ = before.get(name, ""), after.get(name, "")
        if was != is_:
            yield _("%(field)s: %(before)s → %(after)s") % {"field": label, "before": was or "–", "after": is_ or "–"}


def _changed(entry: Entry) -> Sentence:
    changes = "; ".join(_fields_differ(entry.payload["before"], entry.payload["after"]))
    return _line(entry, _("changed: %(changes)s") % {"changes": changes or _("nothing of importance")})


def _unit_added(entry: Entry) -> Sentence:
    given = "; ".join(_fields_differ({"name": entry.payload["name"]}, entry.payload))
    text = _("added the unit below %(parent)s") % {"parent": entry.payload["parent"]}
    return _line(entry, f"{text}; {given}" if given else text, tone="good")


def _unit_moved(entry: Entry) -> Sentence:
    words = {"before": entry.payload["before"]["parent"], "after": entry.payload["after"]["parent"]}
    return _line(entry, _("moved the unit: it belonged to %(before)s, now to %(after)s") % words)


def _unit_closed(entry: Entry) -> Sentence:
    n = entry.payload["members"]
    moved = ngettext("%(n)d member moved to %(unit)s", "%(n)d members moved to %(unit)s", n) % {
        "n": n,
        "unit": entry.payload["members_to"],
    }
    closed = _("closed: %(units)s") % {"units": ", ".join(entry.payload["closed"])}
    return _line(entry, f"{closed}; {moved}", tone="bad")


def _unit_reopened(entry: Entry) -> Sentence:
    payload = entry.payload
    words = {"units": ", ".join(payload["opened"]), "parent": payload["parent"]}
    changes = "; ".join(_fields_differ(payload["before"], payload["after"]))
    text = _("opened again: %(units)s, below %(parent)s") % words
    return _line(entry, f"{text}; {changes}" if changes else text, tone="good")


def _address_saved(entry: Entry) -> Sentence:
    words = {"before": entry.payload.get("before", ""), "after": entry.payload["text"]}
    changed, added = (
        _("changed the delivery address: %(before)s → %(after)s"),
        _("added the delivery address %(after)s"),
    )
    return _line(entry, (changed if words["before"] else added) % words)


def _address_removed(entry: Entry) -> Sentence:
    return _line(entry, _("removed the delivery address %(text)s") % {"text": entry.payload["text"]})


def _role_added(entry: Entry) -> Sentence:
    return _line(entry, _("added the role: %(rights)s") % {"rights": _rights(entry.payload)}, tone="good")


def _role_changed(entry: Entry) -> Sentence:
    before, after = entry.payload["before"], entry.payload["after"]
    changes = [
        *_fields_differ(before, after),
        *permissions_differ(before["permissions"], after["permissions"]),
        *limits_differ(_limits_of(before), _limits_of(after), accepts=_accepts(after)),
    ]
    return _line(entry, _("changed: %(changes)s") % {"changes": "; ".join(changes) or _("nothing of importance")})


def _role_removed(entry: Entry) -> Sentence:
    return _line(entry, _("removed the role: %(rights)s") % {"rights": _rights(entry.payload)}, tone="bad")


def _rights(role: Mapping[str, Any]) -> str:
    rights = ", ".join(str(LABELS[p]) for p in Permission if p.value in role["permissions"]) or "–"
    return f"{rights} ({_upto(role)})" if _accepts(role) and role["limit"] else rights


def _upto(role: Mapping[str, Any]) -> str:
    return _("up to %(limit)s") % {"limit": limits_text(_limits_of(role))}


def _limits_of(role: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [role["limit"]] if role["limit"] else []


def _accepts(role: Mapping[str, Any]) -> bool:
    return Permission.ACCEPT_ORDERS.value in role["permissions"]


def _invited(entry: Entry) -> Sentence:
    given = [
        *map(role_name, entry.payload["roles"]),
        *(str(LABELS[p]) for p in Permission if p.value in entry.payload["direct"]),
    ]
    return _line(entry, _("invited, with: %(rights)s") % {"rights": ", ".join(given) or "–"})


def _invitation_resent(entry: Entry) -> Sentence:
    return _line(entry, _("sent the invitation again"))


def _invitation_revoked(entry: Entry) -> Sentence:
    return _line(entry, _("cancelled the invitation"), tone="bad")


def _invitation_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed the invitation"))


def _rule_changed(entry: Entry) -> Sentence:
    words = {"rule": entry.payload["rule"], "change": PolicyVersion.Change(entry.payload["change"]).label}
    return _line(entry, _("rule “%(rule)s”: %(change)s") % words)


def _terms_changed(entry: Entry) -> Sentence:
    return _line(entry, _("changed the terms of acceptance"))


def _access_given(entry: Entry) -> Sentence:
    words = {"scopes": ", ".join(entry.payload["scopes"])}
    text = _("made a token for other systems: %(scopes)s") % words
    if entry.payload["kind"] == "client":
        text = _("connected a system: %(scopes)s") % words
    return _line(entry, text, tone="good")


def _access_exchanged(entry: Entry) -> Sentence:
    return _line(entry, _("exchanged the secret"))


def _access_ended(entry: Entry) -> Sentence:
    return _line(entry, _("ended the access"), tone="bad")


def _webhook_added(entry: Entry) -> Sentence:
    return _line(entry, _("added the webhook %(url)s") % {"url": entry.payload["url"]}, tone="good")


def _webhook_changed(entry: Entry) -> Sentence:
    before, after = entry.payload["before"], entry.payload["after"]
    if before["url"] != after["url"]:
        words = {"before": before["url"], "after": after["url"]}
        return _line(entry, _("moved the webhook: %(before)s → %(after)s") % words)
    return _line(entry, _("changed what the webhook is told of"))


def _webhook_paused(entry: Entry) -> Sentence:
    if entry.payload["why"] == "paused":
        return _line(entry, _("paused the webhook"), tone="bad")
    return _line(entry, _("The webhook was paused: its address does not answer any more"), tone="bad")


def _webhook_resumed(entry: Entry) -> Sentence:
    return _line(entry, _("resumed the webhook"), tone="good")


def _webhook_removed(entry: Entry) -> Sentence:
    return _line(entry, _("removed the webhook %(url)s") % {"url": entry.payload["url"]}, tone="bad")


#: Of surfaces above this room: a topic that is written in journals never changes, so it stands here as text.
_ACCESS: Final[dict[str, Callable[[Entry], Sentence]]] = {
    "access.given": _access_given,
    "access.exchanged": _access_exchanged,
    "access.ended": _access_ended,
    "webhook.added": _webhook_added,
    "webhook.changed": _webhook_changed,
    "webhook.exchanged": _access_exchanged,
    "webhook.paused": _webhook_paused,
    "webhook.resumed": _webhook_resumed,
    "webhook.removed": _webhook_removed,
}

STRUCTURE: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.ORGANIZATION_CHANGED: _changed,
    topics.UNIT_ADDED: _unit_added,
    topics.UNIT_CHANGED: _changed,
    topics.UNIT_MOVED: _unit_moved,
    topics.UNIT_CLOSED: _unit_closed,
    topics.UNIT_REOPENED: _unit_reopened,
    topics.ADDRESS_SAVED: _address_saved,
    topics.ADDRESS_REMOVED: _address_removed,
    topics.ROLE_ADDED: _role_added,
    topics.ROLE_CHANGED: _role_changed,
    topics.ROLE_REMOVED: _role_removed,
    topics.MEMBER_INVITED: _invited,
    topics.INVITATION_RESENT: _invitation_resent,
    topics.INVITATION_REVOKED: _invitation_revoked,
    topics.INVITATION_CHANGED: _invitation_changed,
    approval_topics.POLICY_CHANGED: _rule_changed,
    approval_topics.TERMS_CHANGED: _terms_changed,
    **_ACCESS,
}
