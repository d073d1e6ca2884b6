"""What stands in the place of a forgotten member's name: the same everywhere, so that the past stays readable."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_MARK = "former member"
_ALIAS = re.compile(rf"\b{_MARK} (\d+)\b")


def alias_of(member_id: int) -> str:
    """Return what is stored instead of the name."""
    return f"{_MARK} {member_id}"


def address_of(member_id: int) -> str:
    """Return what is stored instead of the e-mail address: one that no mail ever reaches (RFC 2606)."""
    return f"former-member-{member_id}@anonymous.invalid"


def shown(text: str) -> str:
    """Return a stored name or sentence with the pseudonyms in it in the active language."""
    if _MARK not in text:
        return text
    return _ALIAS.sub(lambda found: _("former member %(number)s") % {"number": found[1]}, text)
