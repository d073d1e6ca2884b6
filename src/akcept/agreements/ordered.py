"""Keeping under what an order is placed; called by whoever places it, in that transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from akcept.agreements.models import OrderedUnder


def keep(
    order_id: int, *, agreements: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]], day: date
) -> None:
    """Keep the versions an order's prices come from; one statement. See the model for what is in each."""
    kept = OrderedUnder(order_id=order_id, agreements=list(agreements), lines=list(lines), day=day)
    OrderedUnder.objects.bulk_create([kept])
