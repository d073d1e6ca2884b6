"""How Oscar writes money: as our own pages do, "PLN 50.00", never "PLN50.00"."""

from __future__ import annotations

from typing import Any

from babel.numbers import get_currency_symbol
from django.utils.translation import get_language


class Currencies(dict[str, Any]):
    """What Oscar's setting OSCAR_CURRENCY_FORMAT is asked: the arguments for Babel, by currency."""

    def get(self, currency: str, default: Any = None) -> Any:
        """Return what differs from Babel's own way: a letter code stands apart from the figure in English."""
        if (get_language() or "").startswith("en") and get_currency_symbol(currency, locale="en").isalpha():
            return {"format": "\u00a4\u00a0#,##0.00"}
        return default
