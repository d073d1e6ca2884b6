"""How an order that was placed can be delivered: the methods the shop offers, and what each costs.

What a delivery costs stays for as long as the method asks the same for what is ordered. What an offer took off it at
placing stays too: per cent in proportion, a sum as far as the charge goes, a price for the delivery as that price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.agreements.answers import Conditions, surcharge_on
from akcept.ordering.ports import DeliveryOption
from akcept.oscar_edge import agreed, discounts, facts, figures, packs, quotes
from akcept.oscar_edge.terms import Terms

_NOTHING: Final = Decimal(0)
#: Oscar's, for goods that are not sent anywhere.
NOT_SENT: Final = "no-shipping-required"


def known(code: str) -> Any | None:
    """Return one of the methods the shop knows for everybody, None where it is none of them; no statement."""
    return next((method for method in quotes.known_methods() if method.code == code), None)


def offered(order: Any) -> list[Any]:
    """Return the methods the shop offers for an order, of those agreed when it was placed where it still has any."""
    found, agrees = _of_shop(order), agreed.delivered_by(order).delivers
    return [method for method in found if method.code in agrees] or found


def _of_shop(order: Any) -> list[Any]:
    """Return the methods the shop offers for an order as its basket was; where that is gone, all it knows."""
    if order.shipping_code == NOT_SENT:
        return []
    if order.basket is None:
        return quotes.known_methods()
    order.basket.strategy = quotes.strategy_for(order.user)
    return quotes.shipping_methods(order.basket, user=order.user, priced=False)


def is_offered(order: Any) -> bool:
    """Whether the shop still has an order's method; one that only some baskets are offered costs a few statements."""
    if order.shipping_code in ("", NOT_SENT) or known(order.shipping_code) is not None:
        return True
    return any(method.code == order.shipping_code for method in _of_shop(order))


def chosen(order: Any, code: str) -> Any:
    """Return one of the methods offered for an order. Raises Invalid with the field `delivery`."""
    methods = offered(order)
    found = next((method for method in methods if method.code == code), None)
    if found is None:
        raise quotes.no_such_delivery(methods)
    return found


def named(code: str, stood: str, *, surcharged: bool = False) -> str:
    """Return a method's name in the active language; as it stood where the shop no longer has it."""
    method = known(code)
    if method is None:
        return stood
    return _("%(method)s, with the small-order surcharge") % {"method": method.name} if surcharged else str(method.name)


def is_surcharged(order: Any) -> bool:
    """Whether an order's delivery has a surcharge, as agreed.

    No statement where it was loaded with `packs.of_order`.
    """
    if not order.shipping_excl_tax or order.currency != settings.OSCAR_DEFAULT_CURRENCY:
        return False
    return surcharge_on(agreed.delivered_by(order), order.total_excl_tax - order.shipping_excl_tax) > 0


def asked(order: Any, rows: Sequence[Any]) -> Terms | None:
    """Return what the order's method asks for these lines before offers; None where the shop has given it up."""
    method = known(order.shipping_code)
    return _asked_by(method, order, rows, agreed.delivered_by(order)) if method is not None else None


def _asked_by(method: Any, order: Any, rows: Sequence[Any], said: Conditions) -> Terms:
    goods, strategy = _goods(order, rows), quotes.strategy_for(order.user)
    return figures.of_delivery(figures.unwrapped(method)[0], goods, strategy=strategy, said=said)


def charge(
    order: Any,
    rows: Sequence[Any],
    *,
    method: Any | None = None,
    before: Terms | None = None,
    said: Conditions | None = None,
) -> Terms:
    """Return what an order's delivery, or another one by `method`, costs for these lines; as it was where given up.

    `before` is what was asked for the former lines (`asked`): while the same method asks no other sum, the charge
    stays. None looks at today's charge. `said` is what was agreed of it, None as the order was placed. What an offer
    took off stays off; that takes two statements where one did, one for an order from before its terms were kept, none
    otherwise.
    """
    stays = facts.of_delivery(order)
    found = method or known(order.shipping_code)
    if found is None:
        return stays
    now = _asked_by(found, order, rows, agreed.delivered_by(order) if said is None else said)
    if method is None and now.asks_as_much_as(before if before is not None else stays):
        return stays
    if facts.are_kept(order):
        return _lowered(now, stays, order) if stays.discount > 0 else now
    saved = discounts.saved_on_delivery(order.pk)
    return replace(now, discount=saved, discounted=order.shipping_incl_tax + saved)


def _lowered(now: Terms, stays: Terms, order: Any) -> Terms:
    """Return another charge lowered by what lowered the former one; where its offer is gone, in proportion."""
    benefit, asked, former = discounts.on_delivery(order.pk), now.agreed, stays.discounted - stays.discount
    if benefit is None or asked <= 0:
        return now.with_discount_of(stays)
    if benefit.type == benefit.SHIPPING_ABSOLUTE:
        # One that took everything may have had more to take.
        off = stays.discount if former > 0 else max(stays.discount, benefit.value)
        return replace(now, discount=min(off, asked), discounted=asked)
    if benefit.type == benefit.SHIPPING_FIXED_PRICE:
        return replace(now, discount=max(_NOTHING, asked - former), discounted=asked)
    return now.with_discount_of(stays)


def options(order_id: int, rows: Sequence[Any]) -> tuple[DeliveryOption, ...]:
    """Return the ways of delivery offered for an order of these lines; see `ports.OrderBook.delivery_options`."""
    related = ("basket", "user", facts.OF_DELIVERY, *packs.of_order())
    order = get_model("order", "Order").objects.select_related(*related).get(pk=order_id)
    return tuple(
        DeliveryOption(
            code=method.code,
            name=str(method.name),
            net=order.shipping_excl_tax
            if method.code == order.shipping_code
            else charge(order, rows, method=method).price(1).net,
        )
        for method in offered(order)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goods:
    """What a delivery method looks at instead of a basket; values after discounts."""

    lines: tuple[Any, ...]
    currency: str
    total_excl_tax: Decimal
    total_incl_tax: Decimal
    is_empty: bool = False
    is_tax_known: bool = True

    @property
    def num_items(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def num_lines(self) -> int:
        return len(self.lines)

    def all_lines(self) -> tuple[Any, ...]:
        return self.lines

    def is_shipping_required(self) -> bool:
        return True


def _goods(order: Any, rows: Sequence[Any]) -> _Goods:
    return _Goods(
        lines=tuple(rows),
        currency=order.currency,
        total_excl_tax=sum((row.line_price_excl_tax for row in rows), Decimal(0)),
        total_incl_tax=sum((row.line_price_incl_tax for row in rows), Decimal(0)),
    )
