"""Which pieces an offer lowers: per cent off, and the cheapest one free, on pieces that no other offer has taken.

Oscar's per cent end at the first line that another offer has taken, and give the dearer ones nothing; its free piece is
the cheapest one also where an exclusive offer has lowered that already.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from oscar.core.loading import get_class

from akcept.oscar_edge import figures

_ALL: Final = Decimal(100)


def percentage(offer: Any, benefit: Any, basket: Any) -> Any:
    """Take per cent off the pieces that are free for it, the cheapest first, and return Oscar's result."""
    lines = benefit.get_applicable_lines(offer, basket)
    room = benefit._effective_max_affected_items()
    room -= sum(line.quantity_with_offer_discount(offer) for _price, line in lines)
    share, total = min(benefit.value or Decimal(0), _ALL) / _ALL, Decimal(0)
    for price, line in lines:
        pieces = int(min(line.quantity_without_offer_discount(offer), room))
        if pieces > 0:
            line.discount(price * pieces * share, pieces, incl_tax=figures.sells_gross(), offer=offer)
            total, room = total + price * pieces * share, room - pieces
    return get_class("offer.results", "BasketDiscount")(total)


def cheapest(offer: Any, benefit: Any, basket: Any) -> Any:
    """Take off the cheapest piece that is free for it, once, and return Oscar's result."""
    lines = benefit.get_applicable_lines(offer, basket)
    found = [(price, line) for price, line in lines if line.quantity_without_offer_discount(offer) > 0]
    if not found or any(line.quantity_with_offer_discount(offer) for _price, line in lines):
        return get_class("offer.results", "ZERO_DISCOUNT")
    price, line = found[0]
    line.discount(price, 1, incl_tax=figures.sells_gross(), offer=offer)
    offer.condition.proxy().consume_items(offer, basket, [(line, price, 1)])
    return get_class("offer.results", "BasketDiscount")(price)
