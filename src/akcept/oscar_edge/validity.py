"""Whether what was ordered can still be had: looked at when an order becomes the shop's, weeks after it was placed."""

from __future__ import annotations

from django.db.models import Exists, F, Q
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.errors import Unavailable
from akcept.oscar_edge import delivery, quotes

_WITHDRAWN = Q(product=None) | Q(stockrecord=None) | Q(product__is_public=False)
_COUNTED = Q(product__product_class__track_stock=True) | Q(product__parent__product_class__track_stock=True)
_SOLD_OUT = _COUNTED & Q(stockrecord__num_in_stock__lt=F("quantity"))


def can_be_delivered(order_id: int) -> Q:
    """Return the condition on an order that it can be delivered as it was placed, to be part of another statement."""
    broken = get_model("order", "Line").objects.filter(_WITHDRAWN | _SOLD_OUT, order_id=order_id)
    codes = [delivery.NOT_SENT, *(method.code for method in quotes.known_methods())]
    return ~Exists(broken) & Q(shipping_code__in=codes)


def require_deliverable(order_id: int) -> None:
    """Raise Unavailable naming each product, and the delivery method, that is in the way; and what can be done."""
    lines = get_model("order", "Line").objects.filter(order_id=order_id).select_related("stockrecord").order_by("pk")
    withdrawn = list(lines.filter(_WITHDRAWN))
    problems = [_("“%(title)s” is no longer sold.") % {"title": line.title} for line in withdrawn]
    gone = {line.pk for line in withdrawn}
    for line in lines.filter(_SOLD_OUT):
        if line.pk not in gone:
            words = {"title": line.title, "left": max(0, line.stockrecord.num_in_stock), "quantity": line.quantity}
            problems.append(_("Of “%(title)s” only %(left)d are left, the order wants %(quantity)d.") % words)
    if problems:
        problems.append(_("Send the order back, so that the line is lowered or dropped; or reject it."))
    order = get_model("order", "Order").objects.select_related("basket", "user").get(pk=order_id)
    if not delivery.is_offered(order):
        words = {"method": order.shipping_method}
        problems.append(_("The shop no longer delivers by “%(method)s”.") % words)
        problems.append(_("Send the order back, so that another way of delivery is chosen; or reject it."))
    if problems:
        raise Unavailable(" ".join(problems))
