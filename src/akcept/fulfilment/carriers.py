"""Where a carrier tells what became of a parcel: addresses that the shop has configured, over TLS only.

`AKCEPT_CARRIERS` names each carrier's page, with `{parcel}` where the parcel's number belongs:
`{"DPD": "https://tracktrace.dpd.com.pl/parcelDetails?p1={parcel}"}`. Whoever tells of a parcel names a carrier and a
number, never an address: neither leads anywhere but to the page that the shop has chosen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _

PLACE: Final = "{parcel}"


def link(carrier: str, parcel: str) -> str:
    """Return the page about a parcel at its carrier, empty where the shop has named none."""
    if not carrier or not parcel.strip("."):  # dots alone are a way up, also escaped; all else stays in its place
        return ""
    for name, pattern in _configured().items():
        if _same(name) == _same(carrier) and not _wrong(pattern):
            return pattern.replace(PLACE, quote(parcel, safe=""))
    return ""


def _configured() -> Mapping[str, str]:
    found = getattr(settings, "AKCEPT_CARRIERS", None) or {}
    return found if isinstance(found, Mapping) else {}


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _wrong(pattern: object) -> str:
    """Return what makes a pattern unsafe or useless, empty for nothing."""
    if not isinstance(pattern, str) or pattern.count(PLACE) != 1:
        return _("Write %(place)s once, where the parcel's number belongs.") % {"place": PLACE}
    try:
        parts = urlsplit(pattern)
        host, login = parts.hostname or "", parts.username or parts.password
    except ValueError:
        return _("This is not a web address.")
    if parts.scheme != "https" or not host or login or PLACE in parts.netloc:
        return _("Begin with https:// and the carrier's own name; the number stands after it.")
    if any(sign.isspace() or not sign.isprintable() or sign in "\"'<>\\" for sign in pattern):
        return _("This is not a web address.")
    return ""


def check(**_kwargs: Any) -> list[CheckMessage]:
    """Find patterns that lead nowhere, or where they should not."""
    typed = getattr(settings, "AKCEPT_CARRIERS", None) or {}
    if not isinstance(typed, Mapping):
        hint = _("Write carriers as %(example)s.") % {"example": f'{{"DPD": "https://dpd.example/?p={PLACE}"}}'}
        return [Error(_("AKCEPT_CARRIERS names no carriers."), hint=hint, id="akcept.E044")]
    told = [(name, _wrong(pattern)) for name, pattern in typed.items()]
    return [Error(f"AKCEPT_CARRIERS, {name}: {why}", id="akcept.E045") for name, why in told if why]
