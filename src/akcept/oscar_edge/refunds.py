"""What the shop gives back of an accepted order: stock it had reserved, and money to the budgets that paid for it.

Receivers of Oscar's signals: an order or a line was cancelled, a refund was made. Shops do one, the other, or both for
the same goods, so what counts is the larger of the two sums, VAT included; cancelled lines say what they were net. It
is told anew each time, and booked as a difference.

Stock and money go together, in the transaction of the change where that is ours (`set_status`). Oscar saves refunds in
one of its own before anybody is told: the database notes them (`triggers`), and the relay gives back what is left over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.db.models import Sum
from django.db.models.signals import post_save
from oscar.apps.order.signals import order_line_status_changed, order_status_changed
from oscar.core.loading import get_model

from akcept.budgets import reasons
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.kernel.clock import utc_now
from akcept.kernel.money import cents
from akcept.ordering import status
from akcept.ordering.money import bookings
from akcept.ordering.reactions import ticking
from akcept.oscar_edge import stock
from akcept.oscar_edge.models import ToGiveBack
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

#: Codes of payment event types that stand for money paid back.
REFUND_EVENTS: Final = ("refund", "refunded")
_ZERO: Final = Decimal("0.00")
#: How long whoever cancelled or refunded may take to give back themselves, and how many orders the relay does a time.
_PATIENCE: Final = timedelta(minutes=1)
_AT_ONCE: Final = 100

log = logging.getLogger("akcept.refunds")


def connect() -> None:
    """Attach the receivers; called once, when the edge's app is ready."""
    order_status_changed.connect(_order_moved, dispatch_uid="akcept.order_given_back")
    order_line_status_changed.connect(_line_moved, dispatch_uid="akcept.line_given_back")
    post_save.connect(_paid_back, sender=get_model("payment", "Transaction"), dispatch_uid="akcept.refund")
    ticking.also(catch_up)
    post_save.connect(_refund_noted, sender=get_model("order", "PaymentEvent"), dispatch_uid="akcept.refund_event")


def _order_moved(sender: Any, order: Any, new_status: str, **_kwargs: Any) -> None:
    if new_status == status.CANCELLED:
        _give_back(order.pk, "cancelled", reasons.ORDER_CANCELLED)


def _line_moved(sender: Any, line: Any, new_status: str, **_kwargs: Any) -> None:
    if new_status == status.CANCELLED:
        _give_back(line.order_id, f"cancelled/{line.pk}", reasons.line_cancelled(line.title))


def _paid_back(sender: Any, instance: Any, created: bool, **_kwargs: Any) -> None:
    if created and instance.txn_type == sender.REFUND:
        _give_back(instance.source.order_id, f"refund/{instance.pk}", reasons.REFUNDED)


def _refund_noted(sender: Any, instance: Any, created: bool, **_kwargs: Any) -> None:
    if created and instance.event_type.code in REFUND_EVENTS:
        _give_back(instance.order_id, f"refund_event/{instance.pk}", reasons.REFUNDED)


@together()
def _give_back(order_id: int, event: str, reason: str) -> None:
    """Free the stock of an order that was cancelled whole, and bring its budgets to what it costs by now."""
    # Two at once would each count without the other.
    order = lock(get_model("order", "Order").objects.all()).get(pk=order_id)
    notes = list(ToGiveBack.objects.filter(order_id=order.pk).values_list("pk", flat=True))
    cancelled = order.status == status.CANCELLED
    bookings.given_back(
        order.pk,
        amounts=None if cancelled else _given_back(order),
        event=event,
        reason=reason,
        actor=Actor.system("shop"),
        now=utc_now(),
    )
    if cancelled:
        stock.give_back(order.pk)
    ToGiveBack.objects.filter(pk__in=notes).delete()


def catch_up(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Give back what a process that died, or code that sends no signal, has not; for the relay.

    The database notes each cancellation and refund with the change itself. One statement when nothing is left over.
    What fails for one order is logged and tried again the next time.
    """
    left = ToGiveBack.objects.filter(at__lt=now - _PATIENCE).order_by("order_id")
    for order_id in left.values_list("order_id", flat=True).distinct()[:_AT_ONCE]:
        if stopped():
            return
        last = ToGiveBack.objects.filter(order_id=order_id).order_by("-pk").values_list("pk", flat=True).first()
        try:
            _give_back(order_id, f"caught_up/{last}", reasons.CAUGHT_UP)
        except (InterfaceError, OperationalError):
            raise  # the database: whoever called knows what to do
        except ObjectDoesNotExist:
            ToGiveBack.objects.filter(order_id=order_id).delete()  # deleted by a statement that asked nobody
        except Exception:
            log.exception("what order %s frees could not be given back", order_id)


def _given_back(order: Any) -> Amounts:
    lines = order.lines.filter(status=status.CANCELLED).aggregate(
        net=Sum("line_price_excl_tax"), gross=Sum("line_price_incl_tax")
    )
    net, gross = lines["net"] or _ZERO, lines["gross"] or _ZERO
    more, left = max(_ZERO, _refunded(order) - gross), order.total_incl_tax - gross
    share = more / left if left else _ZERO

    def given(lines: Decimal, whole: Decimal) -> Decimal:
        """Lines say what they cost; of what was paid back beyond them nobody says for what: a share of the rest."""
        return lines + cents((whole - lines) * share)

    return Amounts(
        currency=order.currency,
        goods_net=given(net, order.total_excl_tax - order.shipping_excl_tax),
        goods_gross=given(gross, order.total_incl_tax - order.shipping_incl_tax),
        total_net=given(net, order.total_excl_tax),
        total_gross=given(gross, order.total_incl_tax),
    )


def _refunded(order: Any) -> Decimal:
    """Return what was paid back, VAT included; a refund and the event that notes it are the same money."""
    Transaction = get_model("payment", "Transaction")
    paid = Transaction.objects.filter(source__order=order, txn_type=Transaction.REFUND).aggregate(sum=Sum("amount"))
    noted = order.payment_events.filter(event_type__code__in=REFUND_EVENTS).aggregate(sum=Sum("amount"))
    return max(paid["sum"] or _ZERO, noted["sum"] or _ZERO)
