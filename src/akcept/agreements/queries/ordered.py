"""Under what an order was placed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from akcept.agreements.models import OrderedUnder


def ordered_under(order_id: int) -> OrderedUnder | None:
    """Return under which agreements an order was placed, None for one without; whoever asks may see the order."""
    return OrderedUnder.objects.filter(pk=order_id).first()


def under_agreement(order_id: Any) -> QuerySet[OrderedUnder]:
    """Return what says that an order, by its key or an expression of it, was placed under an agreement."""
    return OrderedUnder.objects.filter(pk=order_id)
