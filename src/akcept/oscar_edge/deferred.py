"""Benefits that an offer gives after an order (points, a gift): given when the order becomes work, never before.

Oscar gives them while it places an order. Here it is the relay that does, in the transaction that marks it done: once,
and not at all for an order that is rejected, withdrawn or expires.
"""

from __future__ import annotations

from typing import Any

from oscar.apps.offer.results import SHIPPING_DISCOUNT, BasketDiscount, PostOrderAction
from oscar.core.loading import get_model

from akcept.oscar_edge import quotes


def give(order: Any) -> None:
    """Let each offer that an order used give what it defers, and keep what it says of it; one statement without any."""
    used = list(get_model("order", "OrderDiscount").every.filter(order_id=order.pk).order_by("pk"))
    if not used:
        return
    offers = get_model("offer", "ConditionalOffer").objects.in_bulk([discount.offer_id for discount in used])
    vouchers = get_model("voucher", "Voucher").objects.in_bulk([each.voucher_id for each in used if each.voucher_id])
    basket = order.basket
    if basket is not None:
        basket.strategy = quotes.strategy_for(order.user)
    for discount in used:
        offer = offers.get(discount.offer_id)
        if offer is None:  # it was deleted while the order waited
            continue
        said = offer.apply_deferred_benefit(basket, order, _application(discount, offer, vouchers))
        if said:
            discount.message = said
            discount.save(update_fields=["message"])


def _application(discount: Any, offer: Any, vouchers: dict[int, Any]) -> dict[str, Any]:
    """Return what Oscar would hand over at placing."""
    kinds = type(discount)
    result: Any = BasketDiscount(discount.amount)
    if discount.category == kinds.SHIPPING:
        result = SHIPPING_DISCOUNT
    elif discount.category == kinds.DEFERRED:
        result = PostOrderAction(offer.benefit.proxy().description)
    return {
        "offer": offer,
        "result": result,
        "name": offer.name,
        "description": getattr(result, "description", ""),
        "voucher": vouchers.get(discount.voucher_id),
        "freq": discount.frequency,
        "discount": discount.amount,
    }
