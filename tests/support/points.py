"""A benefit that is given after the order, as shops write them: points, noted on the customer's account."""

from __future__ import annotations

from typing import Any

from oscar.apps.offer.results import PostOrderAction
from oscar.core.loading import get_model

Benefit: Any = get_model("offer", "Benefit")


class Points(Benefit):  # type: ignore[misc]
    """A hundred points for an order, written as a note so that the database knows how often they were given."""

    class Meta:
        proxy = True
        app_label = "offer"

    @property
    def name(self) -> str:
        """What the dashboard offers to choose."""
        return "Points"

    @property
    def description(self) -> str:
        """What it gives."""
        return "A hundred points"

    def apply(self, basket: Any, condition: Any, offer: Any, **_more: Any) -> PostOrderAction:
        """Promise the points."""
        condition.consume_items(offer, basket, ())
        return PostOrderAction(self.description)

    def apply_deferred(self, basket: Any, order: Any, application: dict[str, Any]) -> str:
        """Give them."""
        get_model("communication", "Notification").objects.create(
            recipient=order.user, subject=f"Points for {order.number} x {application['freq']}", body=str(basket.pk)
        )
        return "You got a hundred points."
