"""Nobody works on an order that is held or ended without acceptance: not a page, not the admin, not a plugin's code.

Three lines of defence, each enough for what the next one misses: the models refuse with the reason (`Order`, `Line`),
receivers refuse shipping, payment and their events, and whatever would change or delete a line, its prices or an
address; a trigger in the database (`triggers`) refuses a raw statement. The order book alone passes, inside
`moving_held_order`, after acceptance moved the case or its customer changed the order. What a page of Oscar's or of
the admin does not catch is answered by `answers` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError
from django.db.models.signals import pre_delete, pre_save
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidPaymentEvent, InvalidShippingEvent
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_model

from akcept.kernel.errors import NotAllowed
from akcept.ordering import status
from akcept.oscar_edge import triggers
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

_moving: ContextVar[bool] = ContextVar("akcept_moving_held_order", default=False)


class OrderHeld(NotAllowed, InvalidOrderStatus):
    """A status change of a held or ended order; what Oscar's pages catch as an invalid status."""

    code = "order_held"


class ShippingHeld(NotAllowed, InvalidShippingEvent):
    """A shipping event on a held or ended order."""

    code = "order_held"


class PaymentHeld(NotAllowed, InvalidPaymentEvent, PaymentError):
    """A payment or payment event on a held or ended order."""

    code = "order_held"


@contextmanager
def moving_held_order() -> Iterator[None]:
    """Let the order book move a held order; nobody else has a reason to use this."""
    token = _moving.set(True)
    try:
        yield
    finally:
        _moving.reset(token)


def is_moving() -> bool:
    """Whether the order book is at work."""
    return _moving.get()


def reason_for(number: object, order_status: str) -> str:
    """Return why nobody at the shop can work on this order."""
    if order_status in status.HELD:
        return _(
            "Order %(number)s awaits the customer's acceptance: nobody at the shop can work on it until it is accepted."
        ) % {"number": number}
    text = {
        status.WITHDRAWN: _("The customer withdrew order %(number)s: there is nothing to do about it any more."),
        status.EXPIRED: _("Order %(number)s expired unaccepted: there is nothing to do about it any more."),
    }.get(order_status, _("The customer rejected order %(number)s: there is nothing to do about it any more."))
    return text % {"number": number}


def require_work(order: Any, error: type[NotAllowed]) -> None:
    """Raise `error` with the reason when the order is not work for the shop, by the database's word."""
    Order = get_model("order", "Order")
    found = Order.objects.filter(pk=order.pk).values_list("status", flat=True).first()
    if found in status.NOT_WORK:
        raise error(reason_for(order.number, found))


@contextmanager
def changing(order_id: int) -> Iterator[None]:
    """Let the status of an order or its lines change in one transaction with all that follows from it.

    Stock and money that a cancellation frees, say. Locks the order first; raises OrderHeld where its acceptance was
    taken back meanwhile.
    """
    with together():
        order = lock(get_model("order", "Order").objects.filter(pk=order_id)).first()
        if order is not None:
            require_work(order, OrderHeld)
        yield


def refused_by_database(error: BaseException) -> OrderHeld | None:
    """Return why one of our triggers refused what was written (`triggers`); None for any other error."""
    if not isinstance(error, DatabaseError) or triggers.MARK not in str(error):
        return None
    return OrderHeld(
        _(
            "Nothing was changed: the customer has not accepted this order, or has just taken the acceptance back. "
            "Nobody at the shop can work on it until it is accepted."
        )
    )


def _refuse_shipping(sender: Any, instance: Any, **_kwargs: Any) -> None:
    require_work(instance.order, ShippingHeld)


def _refuse_payment_event(sender: Any, instance: Any, **_kwargs: Any) -> None:
    require_work(instance.order, PaymentHeld)


def _refuse_transaction(sender: Any, instance: Any, **_kwargs: Any) -> None:
    require_work(instance.source.order, PaymentHeld)


def _refuse_change(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """Refuse for a row that hangs on one order; a backup that is loaded restores what there was."""
    if not (raw or is_moving()):
        require_work(instance.order, OrderHeld)


def _refuse_attribute(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    if not (raw or is_moving()):
        require_work(instance.line.order, OrderHeld)


def _refuse_address(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    if raw or is_moving() or instance.pk is None:
        return
    orders = get_model("order", "Order").objects
    name = "shipping_address" if sender is get_model("order", "ShippingAddress") else "billing_address"
    held = orders.filter(**{name: instance.pk}, status__in=status.NOT_WORK).values_list("number", "status").first()
    if held is not None:
        raise OrderHeld(reason_for(*held))


#: What an order consists of: kept as the customer accepts or rejected it.
_CONTENT = {
    "Line": _refuse_change,
    "LinePrice": _refuse_change,
    "LineAttribute": _refuse_attribute,
    "Surcharge": _refuse_change,
    "ShippingAddress": _refuse_address,
    "BillingAddress": _refuse_address,
}


def connect() -> None:
    """Attach the receivers; called once, when the edge's app is ready."""
    for name, refuse in _CONTENT.items():
        pre_save.connect(refuse, sender=get_model("order", name), dispatch_uid=f"akcept.saved.{name}")
        pre_delete.connect(refuse, sender=get_model("order", name), dispatch_uid=f"akcept.deleted.{name}")
    pre_save.connect(_refuse_shipping, sender=get_model("order", "ShippingEvent"), dispatch_uid="akcept.shipping")
    pre_save.connect(_refuse_payment_event, sender=get_model("order", "PaymentEvent"), dispatch_uid="akcept.payment")
    pre_save.connect(_refuse_payment_event, sender=get_model("payment", "Source"), dispatch_uid="akcept.source")
    pre_save.connect(_refuse_transaction, sender=get_model("payment", "Transaction"), dispatch_uid="akcept.transaction")
