"""What is said of pieces that left, whoever told of it: one event, so that mails and webhooks are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps

from akcept.fulfilment.ports import LineLeft


def shipped(
    order: Any, *, parcel: str, carrier: str, pieces: Mapping[int, int], rest: Sequence[LineLeft]
) -> dict[str, Any]:
    """Return what `order.shipped` says: `pieces` of lines left, by id; `rest` is the order since.

    A parcel may have no number.
    """
    inside = [
        {"line": line.line_id, "sku": line.sku, "title": line.title, "quantity": pieces[line.line_id]}
        for line in rest
        if line.line_id in pieces
    ]
    return {
        "buyer_id": order.user_id,
        "parcel": parcel,
        "carrier": carrier,
        "lines": inside,
        "left": sum(line.left for line in rest),
    }


def parcel_of(event_id: int, order: Any, number: str, *, at: datetime) -> str:
    """Keep a number that was typed with a shipping event as the parcel's, once an order; return it, empty for none."""
    if not number or len(number) > 60 or not apps.is_installed("akcept.fulfilment"):
        return ""
    Parcel = apps.get_model("akcept_fulfilment", "Parcel")
    Parcel.objects.get_or_create(order_id=order.pk, number=number, defaults={"event_id": event_id, "sent_at": at})
    return number
