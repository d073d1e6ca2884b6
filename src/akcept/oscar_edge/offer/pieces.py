"""Which pieces an offer lowers: per cent off, and the cheapest one free, on pieces that no other offer has taken.

Oscar's per cent end at the first line that another offer has taken, and give the dearer ones nothing; its free piece is
the cheapest one also where an exclusive offer has lowered that already.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from oscar.core.loading import get_class

from akcept.oscar_edge import figures

_ALL: Final = Decimal(100)


def percentage(offer: Any, benefit: Any, basket: Any, _most: int) -> tuple[Any, int]:
    """Take per cent off the pieces that are free for it, the cheapest first; return Oscar's result, and how often."""
    lines = benefit.get_applicable_lines(offer, basket)
    room = benefit._effective_max_affected_items()
    room -= sum(line.quantity_with_offer_discount(offer) for _price, line in lines)
    share, total = min(benefit.value or Decimal(0), _ALL) / _ALL, Decimal(0)
    for price, line in _with_something_left(lines):
        pieces = int(min(line.quantity_without_offer_discount(offer), room))
        if pieces > 0:
            line.discount(price * pieces * share, pieces, incl_tax=figures.sells_gross(), offer=offer)
            total, room = total + price * pieces * share, room - pieces
    return get_class("offer.results", "BasketDiscount")(total), 1


def cheapest(offer: Any, benefit: Any, basket: Any, _most: int) -> tuple[Any, int]:
    """Take off the cheapest piece that is free for it, once; return Oscar's result, and how often."""
    lines = benefit.get_applicable_lines(offer, basket)
    found = [
        (price, line) for price, line in _with_something_left(lines) if line.quantity_without_offer_discount(offer) > 0
    ]
    if not found or any(line.quantity_with_offer_discount(offer) for _price, line in lines):
        return get_class("offer.results", "ZERO_DISCOUNT"), 0
    (price, line), condition = found[0], offer.condition.proxy()
    line.discount(price, 1, incl_tax=figures.sells_gross(), offer=offer)
    # A free piece is one of those that are wanted only where it is in their range.
    condition.consume_items(offer, basket, [(line, price, 1)] if _counts(condition, line) else [])
    return get_class("offer.results", "BasketDiscount")(price), 1


def _counts(condition: Any, line: Any) -> bool:
    return condition.range is None or bool(condition.can_apply_condition(line))


def _with_something_left(lines: Sequence[tuple[Decimal, Any]]) -> list[tuple[Decimal, Any]]:
    """Return the lines that cost something after other offers: a piece that costs nothing is not lowered."""
    return [
        (price, line)
        for price, line in lines
        if price * line.quantity > sum((each.amount for each in line.discounts.all()), Decimal(0))
    ]
