"""Oscar's `order_placed`, told when an order becomes work for the shop: at acceptance, not at placing.

A subscriber of the journal, run by the relay after commit, in the transaction that marks it done: receivers that only
touch the database (Oscar's analytics, stock alerts) take effect exactly once.
"""

from __future__ import annotations

from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_class, get_model

from akcept.journal import subscribers
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.ordering import topics
from akcept.oscar_edge import deferred

SUBSCRIBER = "oscar.order_placed"


def tell_oscar(entry: Entry, _target: str) -> None:
    """Give what offers defer, send `order_placed` for the released order and let Oscar look at the stock it took.

    Once an order: not again when its acceptance was revoked and given once more.
    """
    if entry.payload.get("again"):
        raise Skip("Oscar has been told of this order before")
    order = get_model("order", "Order").objects.select_related("user", "basket").get(pk=entry.payload["order_id"])
    deferred.give(order)
    order_placed.send(sender=get_class("order.utils", "OrderCreator"), order=order, user=order.user)
    for line in order.lines.select_related("stockrecord__product"):
        if line.stockrecord is not None:
            line.stockrecord.post_save_signal()


def connect() -> None:
    """Register the subscriber; called once, when the edge's app is ready."""
    subscribers.register(SUBSCRIBER, topics=[topics.RELEASED], handle=tell_oscar, transactional=True)
