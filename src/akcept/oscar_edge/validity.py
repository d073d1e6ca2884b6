"""Whether what was ordered can still be had: looked at when an order becomes the shop's, weeks after it was placed."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, Exists, F, Q, When
from django.utils import timezone
from oscar.core.loading import get_model

from akcept.kernel.errors import Unavailable
from akcept.ordering.ports import LineObstacle, Obstacles
from akcept.ordering.validity.obstacles import in_words, ways_on
from akcept.oscar_edge import delivery, quotes

_WITHDRAWN = Q(product=None) | Q(stockrecord=None) | Q(product__is_public=False)
_COUNTED = Q(product__product_class__track_stock=True) | Q(product__parent__product_class__track_stock=True)
_SOLD_OUT = _COUNTED & Q(stockrecord__num_in_stock__lt=F("quantity"))

#: Whether more comes of a line's product, and when; what takes its place is not told to whoever reads this.
_COMES = Q(product__akcept_outlook__ended=False, product__akcept_outlook__successor=None)
_EXPECTED = F("product__akcept_outlook__expected_on")


def can_be_delivered(order_id: int) -> Q:
    """Return the condition on an order that it can be delivered as it was placed, to be part of another statement."""
    broken = get_model("order", "Line").objects.filter(_WITHDRAWN | _SOLD_OUT, order_id=order_id)
    codes = [delivery.NOT_SENT, *(method.code for method in quotes.known_methods())]
    return ~Exists(broken) & Q(shipping_code__in=codes)


def require_deliverable(order_id: int) -> None:
    """Raise Unavailable naming each product, and the delivery method, that is in the way; and what can be done."""
    order = get_model("order", "Order").objects.select_related("basket", "user").get(pk=order_id)
    found = obstacles(order_id, delivery_gone=not delivery.is_offered(order))
    if found:
        raise Unavailable(" ".join([*in_words(found), *ways_on(found)]))


def obstacles(order_id: int, *, delivery_gone: bool) -> Obstacles:
    """Return the lines that cannot be had, and the order's delivery where that is gone; one statement, or two."""
    lines = get_model("order", "Line").objects.filter(_WITHDRAWN | _SOLD_OUT, order_id=order_id).order_by("pk")
    lines = lines.annotate(
        comes=Case(When(_COMES, product__akcept_outlook__expected_on__gt=timezone.localdate(), then=_EXPECTED))
    )
    looked_at = ("pk", "title", "quantity", "product__is_public", "stockrecord__num_in_stock", "comes")
    return Obstacles(
        lines=tuple(_obstacle(*line) for line in lines.values_list(*looked_at)),
        delivery=_method_of(order_id) if delivery_gone else "",
    )


def _obstacle(
    line_id: int, title: str, quantity: int, is_public: bool | None, in_stock: int | None, comes: date | None
) -> LineObstacle:
    """Return what is in the way; there is no `is_public` without a product, nor `in_stock` without its record."""
    left = max(0, in_stock) if is_public and in_stock is not None else None
    return LineObstacle(line_id=line_id, title=title, quantity=quantity, left=left, expected_on=comes)


def _method_of(order_id: int) -> str:
    return str(get_model("order", "Order").objects.values_list("shipping_method", flat=True).get(pk=order_id))
