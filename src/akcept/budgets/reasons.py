"""Why an order's money came back, where the shop itself says so: kept in English, told in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

ORDER_CANCELLED: Final = gettext_noop("cancelled by the shop")
LINE_CANCELLED: Final = gettext_noop("cancelled by the shop: %(line)s")
REFUNDED: Final = gettext_noop("refunded by the shop")
CAUGHT_UP: Final = gettext_noop("cancelled or refunded by the shop")


def line_cancelled(title: str) -> str:
    """Return what is kept for one line of an order."""
    return LINE_CANCELLED % {"line": title}


def told(reason: str) -> str:
    """Return a kept reason in the active language; what somebody typed stays as it is."""
    head, colon, title = reason.partition(": ")
    source = _sources().get(reason) or _sources().get(head + colon)
    return gettext(source) % {"line": title} if source else reason


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    """Return the English of each sentence in each language: older rows were kept as whoever cancelled read them."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for source in (ORDER_CANCELLED, LINE_CANCELLED, REFUNDED, CAUGHT_UP):
                found[gettext(source).removesuffix("%(line)s")] = source
    return found
