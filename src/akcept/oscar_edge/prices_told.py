"""Oscar's own templates write sums by a filter of its own: it asks whether they are seen, as ours do."""

from __future__ import annotations

from functools import wraps
from typing import Any

from oscar.templatetags import currency_filters

from akcept.kernel import price_sight


def connect() -> None:
    """Let Oscar's filter `currency` write a dash for whoever sees no prices; called once, when the app is ready."""
    written = currency_filters.currency

    @wraps(written)
    def currency(value: Any, currency_format: str | None = None) -> str:
        return str(written(value, currency_format)) if price_sight.are_seen() else price_sight.UNTOLD

    currency_filters.register.filters["currency"] = currency
