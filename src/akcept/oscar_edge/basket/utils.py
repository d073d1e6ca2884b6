"""What Oscar says after a change of the basket, and which pieces of a line an offer may still take."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.basket.utils import *
from oscar.apps.basket.utils import BasketMessageGenerator as OscarBasketMessageGenerator
from oscar.apps.basket.utils import LineDiscountRegistry as OscarLineDiscountRegistry

from akcept.oscar_edge.offer import combinations


class BasketMessageGenerator(OscarBasketMessageGenerator):
    """Offers gained and lost are said; the new total is not: it stands beside the basket on every page."""

    def get_new_total_messages(self, basket: Any, include_buttons: bool = True) -> list[Any]:
        """Say nothing."""
        return []


class LineDiscountRegistry(OscarLineDiscountRegistry):
    """What offers took of a line."""

    def available(self, offer: Any = None) -> int:
        """Return how many pieces an offer may take; Oscar asks the database for each pair of offers on each line."""
        if offer is None or not hasattr(type(offer), "combinations"):
            return int(super().available(offer))
        own, others = self.num_consumed(offer), [each for each in self.consumers if each != offer]
        if not all(combinations.go_together(offer, each) for each in others):
            return 0
        if not offer.exclusive:
            return 0 if any(each.exclusive for each in others) else int(self._line.quantity - own)
        if not all(each.exclusive for each in others):
            return 0
        before = sum(self.num_consumed(each) for each in others if each.priority >= offer.priority)
        return max(0, int(self._line.quantity - before - own))
