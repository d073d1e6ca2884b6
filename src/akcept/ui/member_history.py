"""What happened to a member, in words: given and taken rights, substitutes, copies of their data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.kernel.amounts import limit_from
from akcept.organizations import topics
from akcept.organizations.labels import LABELS, role_name
from akcept.organizations.permissions import Permission
from akcept.organizations.wording import limits
from akcept.ui.formats import day
from akcept.ui.sentence import Sentence


def by_whom(entry: Entry) -> str:
    """Return who did it; the shop's people are marked as such."""
    return _("%(name)s (shop)") % {"name": entry.actor_name} if entry.actor_kind == "staff" else entry.actor_name


def _line(entry: Entry, what: str, *, tone: str = "") -> Sentence:
    return Sentence(who=by_whom(entry), what=what, said=str(entry.payload.get("reason", "")), at=entry.at, tone=tone)


def _joined(entry: Entry) -> Sentence:
    return _line(entry, _("joined the organisation"), tone="good")


def _changed(entry: Entry) -> Sentence:
    changes = ", ".join(_differences(entry)) or _("nothing of importance")
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
        yield _("role %(role)s given") % {"role": role_name(name)}
    for name in sorted(set(before["roles"]) - set(after["roles"])):
        yield _("role %(role)s taken") % {"role": role_name(name)}
    yield from permissions_differ(before["permissions"], after["permissions"])
    accepts = Permission.ACCEPT_ORDERS.value in after["permissions"]
    yield from limits_differ(before["limits"], after["limits"], accepts=accepts)


def permissions_differ(before: Collection[str], after: Collection[str]) -> Iterator[str]:
    """Yield what somebody, or whoever holds a role, may now and may no longer; codes of permissions are given."""
    for permission in Permission:
        had, has = permission.value in before, permission.value in after
        if had != has:
            text = _("may: %(permission)s") if has else _("may no longer: %(permission)s")
            yield text % {"permission": LABELS[permission]}


def limits_differ(before: list[dict[str, Any]], after: list[dict[str, Any]], *, accepts: bool) -> Iterator[str]:
    """Yield how far acceptance reaches now and reached before, where that differs and there is acceptance at all."""
    if accepts and before != after:
        words = {"after": limits_text(after), "before": limits_text(before)}
        yield _("accepts up to %(after)s (before: %(before)s)") % words


def limits_text(stored: list[dict[str, Any]]) -> str:
    """Return stored limits in words; none is any amount."""
    found = [limit for one in stored if (limit := limit_from(one)) is not None]
    return limits(found) if found else _("any amount")


def _substitute_named(entry: Entry) -> Sentence:
    words = {
        "name": entry.payload["substitute"],
        "start": day(datetime.fromisoformat(entry.payload["starts_at"])),
        "end": day(datetime.fromisoformat(entry.payload["ends_at"]) - timedelta(seconds=1)),
    }
    return _line(entry, _("named %(name)s as a substitute, %(start)s to %(end)s") % words)


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
