"""What Oscar says after a change of the basket."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.basket.utils import *
from oscar.apps.basket.utils import BasketMessageGenerator as OscarBasketMessageGenerator


class BasketMessageGenerator(OscarBasketMessageGenerator):
    """Offers gained and lost are said; the new total is not: it stands beside the basket on every page."""

    def get_new_total_messages(self, basket: Any, include_buttons: bool = True) -> list[Any]:
        """Say nothing."""
        return []
