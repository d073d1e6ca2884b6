"""Money and limits as people read them, in the active language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.organizations.grants import Limit
from akcept.organizations.labels import BASIS_LABELS


def money(amount: Decimal, currency: str) -> str:
    """Return "2 846,10 zł" or "PLN 2,846.10"; blanks do not break."""
    locale = (get_language() or "pl").split("-")[0]
    text = format_currency(amount, currency, locale=locale).replace(" ", "\N{NO-BREAK SPACE}")
    return re.sub(r"(?<=[A-Z])(?=\d)", "\N{NO-BREAK SPACE}", text)  # Babel writes "PLN2,846.10"


def limit(value: Limit) -> str:
    """Return "PLN 1,000.00 net, without delivery"."""
    return f"{money(value.amount, value.currency)} {BASIS_LABELS[value.basis]}"


def limits(values: Iterable[Limit]) -> str:
    """Return several limits, any of which may be used up."""
    any_of = _("or")
    return f" {any_of} ".join(limit(value) for value in values)
