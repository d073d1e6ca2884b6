"""Offers of a sum of money: off several lines together, off each piece, or pieces for a fixed price.

Oscar rounds the part of every line down and gives the rest to the last one, which may be more than that one costs: of
three lines and a voucher for all that they cost, a cent was left. Here parts are exact while an offer is applied, as
often as it goes (`rounds`). Then they become whole cents, all of them together exactly the sum, and no line ends below
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from oscar.core.loading import get_class

from akcept.kernel.money import apportion, nearest_cent
from akcept.oscar_edge import figures
from akcept.oscar_edge.offer import rounds
from akcept.oscar_edge.offer.rounds import Needs, Part, Stand

_PLACES: Final = Decimal("1E-10")
_CENT: Final = Fraction(1, 100)
_OSCARS: Final = "oscar.apps.offer.conditions"
_NEEDS: Final[dict[str, Literal["pieces", "value", "products"]]] = {
    "CountCondition": "pieces",
    "ValueCondition": "value",
    "CoverageCondition": "products",
}


def off_together(offer: Any, benefit: Any, basket: Any, most: int) -> tuple[Any, int]:
    """Take a sum off lines together; return Oscar's result, and how often it was applied."""
    lines = list(basket.all_lines())
    stands = stands_of(lines, offer)
    pick = rounds.cheapest_first(order_of(benefit, offer, basket), benefit._effective_max_affected_items())
    lower = rounds.sum_off(Fraction(benefit.value or 0))
    parts, times = rounds.run(stands, pick, lower, most=most, needs=needs_of(offer, lines))
    return _noted(offer, lines, parts, _settled(Fraction(benefit.value or 0) * times, parts, stands)), times


def off_each(offer: Any, benefit: Any, basket: Any, most: int) -> tuple[Any, int]:
    """Take a sum off each piece; return Oscar's result, and how often it was applied."""
    lines = list(basket.all_lines())
    stands = stands_of(lines, offer)
    pick = rounds.cheapest_first(order_of(benefit, offer, basket), benefit._effective_max_affected_items())
    lower = rounds.off_each(Fraction(benefit.value or 0))
    parts, times = rounds.run(stands, pick, lower, most=most, needs=needs_of(offer, lines))
    return _noted(offer, lines, parts, [part.off for part in parts.values()]), times


def bundles(offer: Any, benefit: Any, basket: Any, most: int) -> tuple[Any, int]:
    """Sell pieces for a fixed price together, the cheapest first; return Oscar's result, and how many bundles.

    What they cost together is told by the offer's condition; one that asks for a value tells no pieces.
    """
    condition, lines = offer.condition.proxy(), list(basket.all_lines())
    if isinstance(condition, get_class("offer.conditions", "ValueCondition")):
        return get_class("offer.results", "ZERO_DISCOUNT"), 0
    different = isinstance(condition, get_class("offer.conditions", "CoverageCondition"))
    stands, order = stands_of(lines, offer), order_of(benefit, offer, basket, range=condition.range)
    pick = rounds.bundle(order, int(condition.value), different=different)
    lower = rounds.priced_at(Fraction(benefit.value or 0))
    parts, times = rounds.run(stands, pick, lower, most=most, needs=needs_of(offer, lines))
    return _noted(offer, lines, parts, _settled_bundles(parts, stands)), times


def can_repeat(offer: Any) -> bool:
    """Whether it is known here when an offer may be applied once more: its condition is one of Oscar's."""
    condition = offer.condition.proxy()
    return type(condition).__module__ == _OSCARS and type(condition).__name__ in _NEEDS


def needs_of(offer: Any, lines: Sequence[Any]) -> Needs | None:
    """Return what an offer wants each time it is applied; None for a condition of the shop's own."""
    if not can_repeat(offer):
        return None
    condition = offer.condition.proxy()
    places = frozenset(i for i, line in enumerate(lines) if condition.can_apply_condition(line))
    return Needs(_NEEDS[type(condition).__name__], Fraction(condition.value), places)


def stands_of(lines: Sequence[Any], offer: Any) -> list[Stand]:
    """Return a basket's lines as an offer meets them."""
    return [_stand(line, offer) for line in lines]


def _stand(line: Any, offer: Any) -> Stand:
    price, taken = Fraction(line.unit_effective_price), line.discounts.all()
    left = price * line.quantity - sum((Fraction(each.amount) for each in taken), Fraction(0))
    free = int(line.quantity_without_offer_discount(offer))
    return Stand(product=line.product_id, price=price, free=free, left=max(Fraction(0), left))


def order_of(benefit: Any, offer: Any, basket: Any, **more: Any) -> list[int]:
    """Return the places of a basket's lines a benefit is for, the cheapest first."""
    places = {id(line): i for i, line in enumerate(basket.all_lines())}
    return [places[id(line)] for _price, line in benefit.get_applicable_lines(offer, basket, **more)]


def _noted(offer: Any, lines: Sequence[Any], parts: Mapping[int, Part], offs: Sequence[Fraction]) -> Any:
    """Note on each line what an offer takes off it, once, and return Oscar's result."""
    for (i, part), off in zip(parts.items(), offs, strict=True):
        lines[i].discount(_places(off), part.pieces, incl_tax=figures.sells_gross(), offer=offer)
    total = sum(offs, Fraction(0))
    found = get_class("offer.results", "BasketDiscount"), get_class("offer.results", "ZERO_DISCOUNT")
    return found[0](_places(total)) if total > 0 else found[1]


def _settled(named: Fraction, parts: Mapping[int, Part], stands: Sequence[Stand]) -> list[Fraction]:
    """Return sums off in whole cents, the sum that was `named` together; where all is taken off, exactly all."""
    left = [stands[i].left + part.off for i, part in parts.items()]
    exact = [part.off for part in parts.values()]
    most = [_cents(value) for value in left]
    everything = all(off >= value for off, value in zip(exact, left, strict=True))
    wanted = _cents(named if everything else sum(exact, Fraction(0)))
    shares = apportion([off / _CENT for off in exact], min(sum(most), wanted), most)
    return [
        value if share == cap and off >= value else share * _CENT
        for off, share, cap, value in zip(exact, shares, most, left, strict=True)
    ]


def _settled_bundles(parts: Mapping[int, Part], stands: Sequence[Stand]) -> list[Fraction]:
    """Return what is taken off so that the pieces cost whole cents, all together the bundles' price."""
    paid = [part.value - part.off for part in parts.values()]
    wanted = _cents(sum(paid, Fraction(0)))
    most = [int(part.value / _CENT) for part in parts.values()]
    if sum(most) < wanted:
        most = [-int(-part.value / _CENT // 1) for part in parts.values()]
    shares = apportion([value / _CENT for value in paid], wanted, most)
    return [
        max(Fraction(0), min(stands[i].left + part.off, part.value - share * _CENT))
        for (i, part), share in zip(parts.items(), shares, strict=True)
    ]


def _cents(value: Fraction) -> int:
    return int(nearest_cent(value) * 100)


def _places(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES, ROUND_HALF_EVEN)
