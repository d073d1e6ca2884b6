"""Offers and vouchers: recorded at placing as Oscar does, given back when an order ends without acceptance.

The counters move by `F()` updates, so two orders at once are both counted (Oscar's own methods save what they read).
Statements grow with the offers an order uses, never with its lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from akcept.kernel.errors import Changed
from akcept.kernel.money import cents, split


def record(order: Any, basket: Any, method: Any) -> None:
    """Record the offers and vouchers the basket's price rests on.

    Raises Changed when another order has used one of them up since the price was computed.
    """
    creator = get_class("order.utils", "OrderCreator")()
    for application in basket.offer_applications:
        application["message"] = application["offer"].apply_deferred_benefit(basket, order, application)
        if application["result"].affects_shipping:
            saved = method.discount(basket)
            if saved <= 0:
                continue
            application["discount"] = saved
        creator.create_discount_model(order, application)
        _use(application["offer"], times=application["freq"], saved=application["discount"])
        if voucher := application.get("voucher"):
            vouchers = get_model("voucher", "Voucher").objects.filter(pk=voucher.pk)
            vouchers.update(total_discount=F("total_discount") + application["discount"])
    _record_vouchers(order, basket)


def _use(offer: Any, *, times: int, saved: Decimal) -> None:
    """Count an offer's use, unless that would be more than there may be of all orders; one statement."""
    most = F("max_global_applications")
    unlimited = Q(max_global_applications=None) | Q(max_global_applications=0)
    left = get_model("offer", "ConditionalOffer").objects.filter(
        unlimited | Q(num_applications__lte=most - times), pk=offer.pk
    )
    used = left.update(
        num_applications=F("num_applications") + times,
        total_discount=F("total_discount") + saved,
        num_orders=F("num_orders") + 1,
    )
    if used != 1:
        raise Changed(
            _("The offer “%(name)s” has just been used up. Please look at the price again.") % {"name": offer}
        )


def _record_vouchers(order: Any, basket: Any) -> None:
    if not basket.vouchers.all():  # loaded with the basket
        return
    Voucher, Application = get_model("voucher", "Voucher"), get_model("voucher", "VoucherApplication")
    applied = {found.pk for application in basket.offer_applications if (found := application.get("voucher"))}
    locked = list(basket.vouchers.select_for_update(no_key=True).order_by("pk"))
    used = [each for each in locked if each.is_active() and each.is_available_to_user(order.user)[0]]
    for gone in applied - {voucher.pk for voucher in used}:
        code = next((voucher.code for voucher in locked if voucher.pk == gone), "")
        raise Changed(
            _("The voucher “%(code)s” has just been used up. Please look at the price again.") % {"code": code}
        )
    for voucher in used:
        Application.objects.create(voucher=voucher, order=order, user_id=order.user_id)
    if used:
        Voucher.objects.filter(pk__in=[voucher.pk for voucher in used]).update(num_orders=F("num_orders") + 1)


def record_by_line(order: Any, lines: Sequence[Any], rows: Sequence[Any]) -> None:
    """Note on each order line which offer lowered it; nothing is asked of the database when none did."""
    if not any(line.has_discount for line in lines):
        return
    used = get_model("order", "OrderDiscount").every.filter(order_id=order.pk)
    by_offer = {discount.offer_id: discount for discount in used}
    OrderLineDiscount = get_model("order", "OrderLineDiscount")
    OrderLineDiscount.objects.bulk_create(
        OrderLineDiscount(
            line=row,
            order_discount=by_offer[discount.offer.pk],
            is_incl_tax=discount.incl_tax,
            amount=discount.amount,
        )
        for line, row in zip(lines, rows, strict=True)
        for discount in line.discounts
        if discount.offer is not None and discount.offer.pk in by_offer
    )


def give_back(order_id: int) -> None:
    """Take back what an order used up of offers and vouchers; one statement when it used none."""
    for discount in get_model("order", "OrderDiscount").every.filter(order_id=order_id).order_by("offer_id"):
        get_model("offer", "ConditionalOffer").objects.filter(pk=discount.offer_id).update(
            num_applications=Greatest(Value(0), F("num_applications") - discount.frequency),
            total_discount=F("total_discount") - discount.amount,
            num_orders=Greatest(Value(0), F("num_orders") - 1),
        )
        if discount.voucher_id:
            _give_voucher_back(order_id, discount)


def _give_voucher_back(order_id: int, discount: Any) -> None:
    applications = get_model("voucher", "VoucherApplication").objects.filter(
        order_id=order_id, voucher_id=discount.voucher_id
    )
    removed, _by_model = applications.delete()
    get_model("voucher", "Voucher").objects.filter(pk=discount.voucher_id).update(
        num_orders=Greatest(Value(0), F("num_orders") - removed),
        total_discount=F("total_discount") - discount.amount,
    )


def saved_on_delivery(order_id: int) -> Decimal:
    """Return what offers took off an order's delivery, gross where its method knows its tax; one statement."""
    return cents(_of_delivery(order_id).aggregate(saved=Sum("amount"))["saved"] or Decimal(0))


def _of_delivery(order_id: int) -> Any:
    OrderDiscount = get_model("order", "OrderDiscount")
    return OrderDiscount.every.filter(order_id=order_id, category=OrderDiscount.SHIPPING)


def save_on_delivery(order_id: int, saved: Decimal) -> None:
    """Note that offers take another sum off an order's delivery; offers' figures too."""
    used = list(_of_delivery(order_id).order_by("offer_id"))
    shares = split(saved, [discount.amount for discount in used])
    for discount, share in zip(used, shares, strict=True):
        _count(discount, share - discount.amount)


def scale(order_id: int, *, before: Mapping[int, Decimal | int], after: Mapping[int, Decimal | int]) -> None:
    """Lower or raise what offers took off lines by their quantities or values in proportion; offers' figures too.

    One statement for an order that used none.
    """
    OrderLineDiscount = get_model("order", "OrderLineDiscount")
    by_discount: dict[int, Decimal] = {}
    for used in OrderLineDiscount.objects.filter(line__order_id=order_id).order_by("pk"):
        amount = cents(used.amount * after[used.line_id] / before[used.line_id])
        by_discount[used.order_discount_id] = by_discount.get(used.order_discount_id, Decimal(0)) + amount - used.amount
        OrderLineDiscount.objects.filter(pk=used.pk).update(amount=amount)
    for discount in get_model("order", "OrderDiscount").every.filter(pk__in=by_discount).order_by("offer_id"):
        _count(discount, by_discount[discount.pk])


def _count(discount: Any, change: Decimal) -> None:
    """Let a discount of an order be another sum, and its offer and voucher count that."""
    get_model("order", "OrderDiscount").every.filter(pk=discount.pk).update(amount=F("amount") + change)
    offers = get_model("offer", "ConditionalOffer").objects.filter(pk=discount.offer_id)
    offers.update(total_discount=F("total_discount") + change)
    if discount.voucher_id:
        vouchers = get_model("voucher", "Voucher").objects.filter(pk=discount.voucher_id)
        vouchers.update(total_discount=F("total_discount") + change)
