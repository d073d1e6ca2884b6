"""Which orders count: the one predicate behind every figure, list and report of the shop."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from akcept.ordering import status

#: Django's permission that Oscar's list of orders takes.
SEES_WORK: Final = "order.view_order"


def is_work(prefix: str = "") -> Q:
    """Return the condition that an order has joined the shop's work: neither held nor ended without acceptance."""
    return ~Q(**{f"{prefix}status__in": sorted(status.NOT_WORK)})
