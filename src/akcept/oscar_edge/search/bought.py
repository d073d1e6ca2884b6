"""What an organisation has bought lately: among equals that is found first."""

from __future__ import annotations

from typing import Any, Final

from oscar.core.loading import get_model

from akcept.organizations import visitor

#: So many of the latest lines are looked at.
_LINES: Final = 1_000


def lately(request: Any) -> frozenset[int]:
    """Return keys of products the visitor's organisation ordered lately, of variants both; one statement."""
    seat = visitor.shown_seat(request)
    if seat is None:
        return frozenset()
    lines = get_model("order", "Line").objects.filter(order__akcept_placement__organization=seat.organization_id)
    rows = lines.order_by("-order_id").values_list("product_id", "product__parent_id")[:_LINES]
    return frozenset(key for row in rows for key in row if key is not None)
