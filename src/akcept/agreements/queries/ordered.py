"""Under what an order was placed."""

from __future__ import annotations

from akcept.agreements.models import OrderedUnder


def ordered_under(order_id: int) -> OrderedUnder | None:
    """Return under which agreements an order was placed, None for one without; whoever asks may see the order."""
    return OrderedUnder.objects.filter(pk=order_id).first()
