"""What happened to a member, in words: given and taken rights, substitutes, copies of his data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.organizations import topics
from akcept.organizations.grants import limit_from
from akcept.organizations.labels import LABELS
from akcept.organizations.permissions import Permission
from akcept.organizations.wording import limits
from akcept.ui.sentence import Sentence


def _who(entry: Entry) -> str:
    return _("%(name)s (shop)") % {"name": entry.actor_name} if entry.actor_kind == "staff" else entry.actor_name


def _line(entry: Entry, what: str, *, tone: str = "") -> Sentence:
    return Sentence(who=_who(entry), what=what, said=str(entry.payload.get("reason", "")), at=entry.at, tone=tone)


def _joined(entry: Entry) -> Sentence:
    return _line(entry, _("joined the organisation"), tone="good")


def _changed(entry: Entry) -> Sentence:
    changes = ", ".join(_differences(entry)) or _("nothing that counts")
    return _line(entry, _("changed: %(changes)s") % {"changes": changes})


def _deactivated(entry: Entry) -> Sentence:
    return _line(entry, "; ".join([_("deactivated the account"), *_differences(entry)]), tone="bad")


def _reactivated(entry: Entry) -> Sentence:
    return _line(entry, "; ".join([_("reactivated the account"), *_differences(entry)]), tone="good")


def _removed(entry: Entry) -> Sentence:
    return _line(entry, _("removed the account from the organisation"), tone="bad")


def _differences(entry: Entry) -> Iterator[str]:
    """Yield what differs before and after: unit, roles, permissions, how far acceptance reaches."""
    before, after = entry.payload["before"], entry.payload["after"]
    if before["unit_id"] != after["unit_id"]:
        words = {"before": before.get("unit", ""), "after": after.get("unit", "")}
        yield _("unit %(before)s → %(after)s") % words
    for name in sorted(set(after["roles"]) - set(before["roles"])):
        yield _("role %(role)s given") % {"role": name}
    for name in sorted(set(before["roles"]) - set(after["roles"])):
        yield _("role %(role)s taken") % {"role": name}
    for permission in Permission:
        had, has = permission.value in before["permissions"], permission.value in after["permissions"]
        if had != has:
            text = _("may: %(permission)s") if has else _("may no longer: %(permission)s")
            yield text % {"permission": LABELS[permission]}
    if before["limits"] != after["limits"] and Permission.ACCEPT_ORDERS.value in after["permissions"]:
        yield _("accepts up to %(after)s (before: %(before)s)") % {
            "after": _limits(after["limits"]),
            "before": _limits(before["limits"]),
        }


def _limits(stored: list[dict[str, Any]]) -> str:
    found = [limit for one in stored if (limit := limit_from(one)) is not None]
    return limits(found) if found else _("any amount")


def _substitute_named(entry: Entry) -> Sentence:
    return _line(entry, _("named %(name)s as a substitute") % {"name": entry.payload["substitute"]})


def _substitute_ended(entry: Entry) -> Sentence:
    return _line(entry, _("ended the substitution by %(name)s") % {"name": entry.payload["substitute"]})


def _copied(entry: Entry) -> Sentence:
    return _line(entry, _("took a copy of the personal data"))


def _forgotten(entry: Entry) -> Sentence:
    return _line(entry, _("had the personal data erased"), tone="bad")


MEMBERS: Final[dict[str, Callable[[Entry], Sentence]]] = {
    topics.MEMBER_JOINED: _joined,
    topics.MEMBER_CHANGED: _changed,
    topics.MEMBER_DEACTIVATED: _deactivated,
    topics.MEMBER_REACTIVATED: _reactivated,
    topics.MEMBER_REMOVED: _removed,
    topics.SUBSTITUTE_NAMED: _substitute_named,
    topics.SUBSTITUTE_ENDED: _substitute_ended,
    topics.DATA_COPIED: _copied,
    topics.MEMBER_FORGOTTEN: _forgotten,
}
