"""Which orders count: the one predicate behind every figure, list and report of the shop."""

from __future__ import annotations

from django.db.models import Q

from akcept.ordering import status


def is_work(prefix: str = "") -> Q:
    """Return the condition that an order has joined the shop's work: neither held nor ended without acceptance."""
    return ~Q(**{f"{prefix}status__in": sorted(status.NOT_WORK)})
