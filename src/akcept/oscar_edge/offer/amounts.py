"""Offers that name a sum of money: it is in the shop's own currency, and counts in no basket of another one.

Oscar keeps no currency with an offer: 50.00 were taken off a basket in euro as 50 euro, and what an offer may give at
most, or has given, added euro to zloty.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.oscar_edge.basket import currencies

#: As far as Oscar's column counts on PostgreSQL; an offer of single pieces gets there, and the order must go through.
MOST_USES: Final = 2**31 - 1


def count_in(found: Collection[str], offer: Any) -> bool:
    """Whether an offer counts in a basket of these currencies: one by per cent or by pieces does in any."""
    return not _foreign(found) or not _names_a_sum(offer)


def _foreign(found: Collection[str]) -> bool:
    return any(currency != settings.OSCAR_DEFAULT_CURRENCY for currency in found)


def _names_a_sum(offer: Any) -> bool:
    benefit, condition = offer.benefit, offer.condition
    given = (
        benefit.FIXED,
        benefit.FIXED_UNIT,
        benefit.FIXED_PRICE,
        benefit.SHIPPING_ABSOLUTE,
        benefit.SHIPPING_FIXED_PRICE,
    )
    # A class of the shop's own knows itself what its value means.
    gives = not benefit.proxy_class and benefit.type in given and bool(benefit.value)
    return gives or bool(offer.max_discount) or (not condition.proxy_class and condition.type == condition.VALUE)


def counted(order: Any, sum_: Decimal) -> Decimal:
    """Return what a sum taken off an order adds to the totals of its offers and vouchers: nothing of another currency.

    What was taken off the order is noted with it, in its currency.
    """
    return sum_ if str(order.currency) == settings.OSCAR_DEFAULT_CURRENCY else Decimal("0.00")


def why_not(basket: Any, voucher: Any) -> str:
    """Return why a voucher does nothing in a basket whose currency is not the shop's; empty where that is no cause."""
    found = currencies.all_of(basket)
    offers = voucher.offers.all() if _foreign(found) else ()
    if not offers or any(count_in(found, offer) for offer in offers):
        return ""
    words = {"code": voucher.code, "currency": settings.OSCAR_DEFAULT_CURRENCY, "basket": ", ".join(found)}
    return _("The voucher “%(code)s” is valid in %(currency)s only, and your basket is in %(basket)s.") % words


def idle(basket: Any) -> list[str]:
    """Return why vouchers of a basket do nothing in its currency; nothing is asked where it is the shop's."""
    if not _foreign(currencies.all_of(basket)):
        return []
    vouchers = basket.vouchers.prefetch_related("offers__benefit", "offers__condition")
    return [reason for voucher in vouchers if (reason := why_not(basket, voucher))]
