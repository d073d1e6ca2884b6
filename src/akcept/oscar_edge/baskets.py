"""Which basket is whose: a person has one open basket in each of their organisations, and one as a private customer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Q, QuerySet
from oscar.core.loading import get_model

from akcept.organizations.models import Member


def at_home(baskets: QuerySet[Any], *, user_id: int, member_id: int | None) -> QuerySet[Any]:
    """Return those of a person's baskets that belong to one membership (None: to the private customer).

    A basket from before its owner joined a second organisation, or begun where only Oscar wrote, has no home of its
    own: it belongs to the first membership, and so never to two.
    """
    own = baskets.filter(owner_id=user_id)
    if member_id is None:
        return own.filter(akcept_home=None)
    earlier = Member.objects.filter(user_id=user_id, pk__lt=member_id)
    return own.filter(Q(akcept_home__member_id=member_id) | (Q(akcept_home=None) & ~Exists(earlier)))


def origin_of(basket: Any, lines: Iterable[Any]) -> int | None:
    """Return the ended order a basket was filled from while a product of it is among the lines, else None.

    No statement for a basket that was filled otherwise and is loaded with its origin, else one.
    """
    origin = getattr(basket, "akcept_origin", None)
    if origin is None:
        return None
    inside = [line.product_id for line in lines if line.quantity]
    kept = get_model("order", "Line").objects.filter(order_id=origin.order_id, product_id__in=inside)
    return int(origin.order_id) if kept.exists() else None


def open_baskets(user: Any, *, member_id: int | None) -> QuerySet[Any]:
    """Return the open baskets of a membership, oldest first."""
    return at_home(get_model("basket", "Basket").open.order_by("pk"), user_id=user.pk, member_id=member_id)
