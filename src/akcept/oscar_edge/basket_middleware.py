"""Oscar's basket middleware, loading a basket in a constant number of statements however long it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from oscar.apps.basket.middleware import BasketMiddleware as OscarBasketMiddleware

from akcept.oscar_edge import quotes


class BasketMiddleware(OscarBasketMiddleware):
    """Same basket, same offers; the lines come with everything pricing touches."""

    def apply_offers_to_basket(self, request: HttpRequest, basket: Any) -> None:
        """Load the lines in bulk before Oscar's offers walk over them."""
        if basket.pk:
            quotes.load_lines(basket)
        super().apply_offers_to_basket(request, basket)
