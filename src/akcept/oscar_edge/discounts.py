"""Offers and vouchers: recorded at placing as Oscar does, given back when an order ends without acceptance.

The counters move by `F()` updates, so two orders at once are both counted (Oscar's own methods save what they read).
Statements grow with the offers an order uses, never with its lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Q, Sum, Value
from django.db.models.functions import Cast, Greatest, Least
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from akcept.kernel.errors import Changed
from akcept.kernel.money import cents, split
from akcept.oscar_edge import figures
from akcept.oscar_edge.figures import LineFigures
from akcept.oscar_edge.offer import amounts
from akcept.transactions.locking import lock


def record(order: Any, basket: Any, method: Any, lines: Sequence[LineFigures]) -> None:
    """Record the offers and vouchers the basket's price rests on, each with what it really took off.

    Raises Changed when another order has used one of them up since the price was computed.
    """
    creator, counted = get_class("order.utils", "OrderCreator")(), set()
    taken = _taken(lines)
    lowered_by = figures.unwrapped(method)[1]
    _lock({application["offer"].pk for application in basket.offer_applications}, {v.pk for v in basket.vouchers.all()})
    for application in basket.offer_applications:
        application["message"] = ""  # what it defers is given, and told, when the order becomes work (`deferred`)
        if application["result"].affects_shipping:
            # Only one of them lowers a delivery.
            if lowered_by is None or lowered_by.pk != application["offer"].pk:
                continue
            charge = figures.of_delivery(method, basket, strategy=basket.strategy)
            application["discount"] = charge.taken_off(1)
            if application["discount"] <= 0:
                continue
        else:
            application["discount"] = taken.get(application["offer"].pk, Decimal("0.00"))
        creator.create_discount_model(order, application)
        saved = amounts.counted(order, application["discount"])
        _use(application["offer"], times=application["freq"], saved=saved)
        if voucher := application.get("voucher"):
            counted.add(voucher.pk)
            vouchers = get_model("voucher", "Voucher").objects.filter(pk=voucher.pk)
            vouchers.update(total_discount=F("total_discount") + saved)
    _record_vouchers(order, basket, counted)


def _taken(lines: Sequence[LineFigures]) -> dict[int, Decimal]:
    taken: dict[int, Decimal] = {}
    for line in lines:
        for offer, share in line.shares():
            taken[offer] = taken.get(offer, Decimal("0.00")) + share
    return taken


def _lock(offers: Collection[int | None], vouchers: Collection[int | None]) -> None:
    """Lock all offers and vouchers that are about to be counted, before any is; a statement for each kind."""
    for app, model, keys in (("offer", "ConditionalOffer", offers), ("voucher", "Voucher", vouchers)):
        if wanted := {key for key in keys if key is not None}:
            list(lock(get_model(app, model).objects.filter(pk__in=wanted).order_by("pk").only("pk")))


def _used_by(order_id: int) -> list[Any]:
    """Return an order's discounts, their offers and vouchers locked."""
    found = get_model("order", "OrderDiscount").every.filter(order_id=order_id).select_related("order")
    used = list(found.order_by("offer_id"))
    _lock({discount.offer_id for discount in used}, {discount.voucher_id for discount in used})
    return used


def _use(offer: Any, *, times: int, saved: Decimal) -> None:
    """Count an offer's use, unless that would be more than there may be of all orders; one statement."""
    most = F("max_global_applications")
    unlimited = Q(max_global_applications=None) | Q(max_global_applications=0)
    left = get_model("offer", "ConditionalOffer").objects.filter(
        unlimited | Q(num_applications__lte=most - times), pk=offer.pk
    )
    used = left.update(
        num_applications=Least(
            Value(amounts.MOST_USES, BigIntegerField()), Cast("num_applications", BigIntegerField()) + times
        ),
        total_discount=F("total_discount") + saved,
        num_orders=F("num_orders") + 1,
    )
    if used != 1:
        raise Changed(
            _("The offer “%(name)s” has just been used up. Please look at the price again.") % {"name": offer}
        )


def _record_vouchers(order: Any, basket: Any, counted: Collection[int]) -> None:
    """Note which vouchers were used: those that gave something; Oscar uses up all that lie in the basket."""
    if not basket.vouchers.all():  # loaded with the basket
        return
    Voucher, Application = get_model("voucher", "Voucher"), get_model("voucher", "VoucherApplication")
    applied = {found.pk for application in basket.offer_applications if (found := application.get("voucher"))}
    locked = list(lock(basket.vouchers.order_by("pk")))
    used = [each for each in locked if each.is_active() and each.is_available_to_user(order.user)[0]]
    for gone in applied - {voucher.pk for voucher in used}:
        code = next((voucher.code for voucher in locked if voucher.pk == gone), "")
        raise Changed(
            _("The voucher “%(code)s” has just been used up. Please look at the price again.") % {"code": code}
        )
    used = [voucher for voucher in used if voucher.pk in counted]
    for voucher in used:
        Application.objects.create(voucher=voucher, order=order, user_id=order.user_id)
    if used:
        Voucher.objects.filter(pk__in=[voucher.pk for voucher in used]).update(num_orders=F("num_orders") + 1)


def record_by_line(order: Any, lines: Sequence[LineFigures], rows: Sequence[Any]) -> None:
    """Note on each order line which offer lowered it; nothing is asked of the database when none did."""
    if not any(line.offers for line in lines):
        return
    used = get_model("order", "OrderDiscount").every.filter(order_id=order.pk)
    by_offer = {discount.offer_id: discount for discount in used}
    OrderLineDiscount = get_model("order", "OrderLineDiscount")
    OrderLineDiscount.objects.bulk_create(
        OrderLineDiscount(line=row, order_discount=by_offer[offer], is_incl_tax=line.terms.off_gross, amount=share)
        for line, row in zip(lines, rows, strict=True)
        for offer, share in line.shares()
        if offer in by_offer
    )


def give_back(order_id: int) -> None:
    """Take back what an order used up of offers and vouchers; one statement when it used none."""
    for discount in _used_by(order_id):
        get_model("offer", "ConditionalOffer").objects.filter(pk=discount.offer_id).update(
            num_applications=Greatest(Value(0), F("num_applications") - discount.frequency),
            total_discount=F("total_discount") - amounts.counted(discount.order, discount.amount),
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
        total_discount=F("total_discount") - amounts.counted(discount.order, discount.amount),
    )


def saved_on_delivery(order_id: int) -> Decimal:
    """Return what offers took off an order's delivery, on the side discounts are on; one statement."""
    return cents(_of_delivery(order_id).aggregate(saved=Sum("amount"))["saved"] or Decimal(0))


def on_delivery(order_id: int) -> Any | None:
    """Return the benefit of the one offer that lowered an order's delivery, None where it is gone; two statements."""
    offers = [discount.offer_id for discount in _of_delivery(order_id)]
    if len(offers) != 1:
        return None
    # A class of the shop's own knows itself what its value means.
    found = get_model("offer", "ConditionalOffer").objects.filter(pk=offers[0], benefit__proxy_class__isnull=True)
    offer = found.select_related("benefit").first()
    return offer.benefit if offer is not None else None


def _of_delivery(order_id: int) -> Any:
    OrderDiscount = get_model("order", "OrderDiscount")
    return OrderDiscount.every.filter(order_id=order_id, category=OrderDiscount.SHIPPING)


def save_on_delivery(order_id: int, saved: Decimal) -> None:
    """Note that offers take another sum off an order's delivery; offers' figures too."""
    OrderDiscount = get_model("order", "OrderDiscount")
    used = [discount for discount in _used_by(order_id) if discount.category == OrderDiscount.SHIPPING]
    shares = _shared(saved, [discount.amount for discount in used]) if used else []
    for discount, share in zip(used, shares, strict=True):
        _count(discount, share - discount.amount)


def fit(order_id: int, taken: Mapping[int, Decimal]) -> None:
    """Let what offers took off lines be other sums, shared as so far; offers' figures too.

    One statement for an order that used none.
    """
    OrderLineDiscount = get_model("order", "OrderLineDiscount")
    by_line: dict[int, list[Any]] = {}
    for used in OrderLineDiscount.objects.filter(line__order_id=order_id).order_by("pk"):
        by_line.setdefault(used.line_id, []).append(used)
    by_discount: dict[int, Decimal] = {}
    for line_id, group in by_line.items():
        for used, share in zip(group, _shared(taken[line_id], [used.amount for used in group]), strict=True):
            change = by_discount.get(used.order_discount_id, Decimal(0)) + share - used.amount
            by_discount[used.order_discount_id] = change
            OrderLineDiscount.objects.filter(pk=used.pk).update(amount=share)
    for discount in _used_by(order_id) if by_discount else ():
        if discount.pk in by_discount:
            _count(discount, by_discount[discount.pk])


def _shared(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide a total as it was divided so far; equally where that was nothing."""
    return split(total, weights if any(weights) else [Decimal(1)] * len(weights))


def _count(discount: Any, change: Decimal) -> None:
    """Let a discount of an order be another sum, and its offer and voucher count that."""
    get_model("order", "OrderDiscount").every.filter(pk=discount.pk).update(amount=F("amount") + change)
    counted = amounts.counted(discount.order, change)
    offers = get_model("offer", "ConditionalOffer").objects.filter(pk=discount.offer_id)
    offers.update(total_discount=F("total_discount") + counted)
    if discount.voucher_id:
        vouchers = get_model("voucher", "Voucher").objects.filter(pk=discount.voucher_id)
        vouchers.update(total_discount=F("total_discount") + counted)
