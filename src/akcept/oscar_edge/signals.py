"""Where Oscar's signals are told or heard otherwise.

`order_placed` is told when an order becomes work for the shop: at acceptance, not at placing. A subscriber of the
journal, run by the relay after commit, in the transaction that marks it done: receivers that only touch the database
(Oscar's analytics, stock alerts) take effect exactly once.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef
from oscar.apps.basket.signals import voucher_removal
from oscar.apps.order.signals import order_placed
from oscar.apps.voucher import receivers as voucher_receivers
from oscar.core.loading import get_class, get_model

from akcept.journal import subscribers
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.ordering import topics
from akcept.oscar_edge import deferred, popularity

SUBSCRIBER = "oscar.order_placed"


def tell_oscar(entry: Entry, _target: str) -> None:
    """Give what offers defer, send `order_placed` for the released order and let Oscar look at the stock it took.

    Once an order: not again when its acceptance was revoked and given once more.
    """
    if entry.payload.get("again"):
        raise Skip("Oscar has been told of this order before")
    used = get_model("order", "OrderDiscount").every.filter(order=OuterRef("pk"))
    orders = get_model("order", "Order").objects.select_related("user", "basket").annotate(used_offers=Exists(used))
    order = orders.get(pk=entry.payload["order_id"])
    if order.used_offers:
        deferred.give(order)
    lines = popularity.lines_of(order)
    creator = get_class("order.utils", "OrderCreator")
    order_placed.send(sender=creator, order=order, user=order.user, lines=lines)
    popularity.look_at_stock(lines)


def take_addition_back(voucher: Any, **_signal: Any) -> None:
    """Count a voucher that is taken out of a basket as not used; never below nothing.

    One that came into its basket by other ways than the page was never counted, and Oscar's column takes no negative
    number: its receiver ended the page.
    """
    counted = get_model("voucher", "Voucher").objects.filter(pk=voucher.pk, num_basket_additions__gt=0)
    counted.update(num_basket_additions=F("num_basket_additions") - 1)


def connect() -> None:
    """Register the subscriber and receivers; called once, when the edge's app is ready."""
    voucher_removal.disconnect(voucher_receivers.track_voucher_removal)
    voucher_removal.connect(take_addition_back)
    popularity.connect()
    subscribers.register(SUBSCRIBER, topics=[topics.RELEASED], handle=tell_oscar, transactional=True)
