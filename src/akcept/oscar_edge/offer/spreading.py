"""A sum of money spread over several lines: offers of a sum off, and of pieces for a fixed price.

Oscar rounds the part of every line down and gives the rest to the last one, which may be more than that one costs: of
three lines and a voucher for all that they cost, a cent was left. Here parts are exact while an offer is applied, once
or many times. Then they become whole cents, all of them together exactly the sum, and no line ends below nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, Final

from oscar.core.loading import get_class

from akcept.kernel.money import nearest_cent
from akcept.oscar_edge import figures

_PLACES: Final = Decimal("1E-10")
_CENT: Final = Fraction(1, 100)


@dataclass(slots=True)
class Part:
    """A line's part: of so many `pieces`, worth `value`, `off` is taken off."""

    line: Any
    pieces: int = 0
    value: Fraction = Fraction(0)
    off: Fraction = Fraction(0)


@dataclass(slots=True)
class Spread:
    """What an offer, applied `times` times, takes off which line, by its place in the basket."""

    parts: dict[int, Part]
    times: int = 0


def apply(offer: Any, benefit: Any, basket: Any, *, most: int = 1) -> Any:
    """Apply an offer whose condition is met, bundles `most` times at most in one go, and return Oscar's result.

    How often that was is said by `times_of` until it is settled.
    """
    zero, result = get_class("offer.results", "ZERO_DISCOUNT"), get_class("offer.results", "BasketDiscount")
    if is_bundle(benefit):
        found, times = _bundles(offer, benefit, basket, most)
    else:
        found, times = _off(offer, benefit, basket), 1
    taken = sum((part.off for part in found), Fraction(0))
    if taken <= 0:
        return zero
    spread = offer.__dict__.setdefault("akcept_spread", Spread(parts={}))
    spread.times += times
    for part in found:
        part.line.discount(_places(part.off), part.pieces, incl_tax=figures.sells_gross(), offer=offer)
        whole = spread.parts.setdefault(id(part.line), Part(part.line))
        whole.pieces, whole.value = whole.pieces + part.pieces, whole.value + part.value
        whole.off += part.off
    return result(_places(taken))


def times_of(offer: Any) -> int:
    """Return how often an offer was applied that is not settled yet."""
    spread: Spread | None = offer.__dict__.get("akcept_spread")
    return spread.times if spread is not None else 0


def settle(offer: Any) -> None:
    """Bring what an offer took off, all of its applications together, to whole cents."""
    spread: Spread | None = offer.__dict__.pop("akcept_spread", None)
    if spread is None:
        return
    parts = list(spread.parts.values())
    settled = _settled_bundles(offer, parts) if is_bundle(offer.benefit) else _settled(offer, parts, spread.times)
    for part, off in zip(parts, settled, strict=True):
        _note(offer, part, off)


def is_bundle(benefit: Any) -> bool:
    """Whether a benefit sells pieces for a fixed price together."""
    return bool(benefit.type == benefit.FIXED_PRICE)


def _off(offer: Any, benefit: Any, basket: Any) -> list[Part]:
    """Return an absolute discount's parts, in proportion to what is left of the lines' price."""
    room, parts = benefit._effective_max_affected_items(), []
    for price, line in benefit.get_applicable_lines(offer, basket):
        pieces = min(line.quantity_without_offer_discount(offer), room)
        if pieces <= 0:
            continue
        room -= pieces
        value = min(Fraction(price) * pieces, _left(line))
        parts.append(Part(line, pieces, value, value))
    return _shared(parts, min(Fraction(benefit.value or 0), _value(parts)))


def _bundles(offer: Any, benefit: Any, basket: Any, most: int) -> tuple[list[Part], int]:
    """Return the parts of pieces that are sold for a fixed price together, the cheapest first, and how many bundles.

    Bundles of the same pieces are made at once: the work grows with the lines, not with the pieces.
    """
    condition = offer.condition.proxy()
    if isinstance(condition, get_class("offer.conditions", "ValueCondition")):
        return [], 0
    coverage = isinstance(condition, get_class("offer.conditions", "CoverageCondition"))
    lines = benefit.get_applicable_lines(offer, basket, range=condition.range)
    left = [int(line.quantity_without_offer_discount(offer)) for _price, line in lines]
    wanted, price = int(condition.value), Fraction(benefit.value or 0)
    parts, times = {i: Part(line) for i, (_price, line) in enumerate(lines)}, 0
    while times < most:
        bundle = _next_bundle(lines, left, wanted, coverage)
        whole = [Part(lines[i][1], pieces, Fraction(lines[i][0]) * pieces) for i, pieces in bundle]
        off = _value(whole) - price
        if off <= 0 or (times and sum(pieces for _i, pieces in bundle) < wanted):
            break
        number = min(most - times, *(left[i] // pieces for i, pieces in bundle))
        for (i, pieces), part in zip(bundle, _shared(whole, off), strict=True):
            left[i] -= pieces * number
            parts[i].pieces += pieces * number
            parts[i].value += part.value * number
            parts[i].off += part.off * number
        times += number
    return [part for part in parts.values() if part.pieces], times


def _next_bundle(lines: Sequence[Any], left: Sequence[int], wanted: int, coverage: bool) -> list[tuple[int, int]]:
    """Return the pieces of the next bundle: the place of a line, and how many of it."""
    found: list[tuple[int, int]] = []
    products: set[int] = set()
    for i, (_price, line) in enumerate(lines):
        pieces = min(left[i], 1 if coverage else wanted)
        if pieces <= 0 or (coverage and line.product_id in products):
            continue
        products.add(line.product_id)
        found.append((i, pieces))
        wanted -= pieces
        if wanted <= 0:
            break
    return found


def _value(parts: Sequence[Part]) -> Fraction:
    return sum((part.value for part in parts), Fraction(0))


def _shared(parts: list[Part], off: Fraction) -> list[Part]:
    value = _value(parts)
    for part in parts:
        part.off = off * part.value / value if value else Fraction(0)
    return parts


def _left(line: Any, offer: Any = None) -> Fraction:
    """Return what a line costs after the discounts it has, those of an offer left out."""
    others = sum((Fraction(each.amount) for each in line.discounts.all() if each.offer is not offer), Fraction(0))
    full: Fraction = Fraction(line.unit_effective_price) * line.quantity
    return max(Fraction(0), full - others)


def _settled(offer: Any, parts: Sequence[Part], times: int) -> list[Fraction]:
    """Return sums off in whole cents; where everything is taken off, exactly everything."""
    left = [_left(part.line, offer) for part in parts]
    most = [_cents(value) for value in left]
    taken = sum((part.off for part in parts), Fraction(0))
    everything = all(part.off >= value for part, value in zip(parts, left, strict=True))
    wanted = _cents(Fraction(offer.benefit.value) * times if everything else taken)
    shares = _whole([part.off for part in parts], min(sum(most), wanted), most)
    return [
        value if share == cap and part.off >= value else share * _CENT
        for part, share, cap, value in zip(parts, shares, most, left, strict=True)
    ]


def _settled_bundles(offer: Any, parts: Sequence[Part]) -> list[Fraction]:
    """Return what is taken off so that the pieces cost whole cents, all together the bundles' price."""
    paid = [part.value - part.off for part in parts]
    most = [int(part.value / _CENT) for part in parts]
    wanted = _cents(sum(paid, Fraction(0)))
    if sum(most) < wanted:
        most = [-int(-part.value / _CENT // 1) for part in parts]
    shares = _whole(paid, wanted, most)
    left = [_left(part.line, offer) for part in parts]
    return [
        max(Fraction(0), min(value, part.value - share * _CENT))
        for part, share, value in zip(parts, shares, left, strict=True)
    ]


def _whole(exact: Sequence[Fraction], total: int, most: Sequence[int]) -> list[int]:
    """Return exact sums in cents, `total` together and each `most` at most: by largest remainder."""
    shares = [min(int(value / _CENT), cap) for value, cap in zip(exact, most, strict=True)]
    order = sorted(range(len(shares)), key=lambda i: (shares[i] - exact[i] / _CENT, i))
    missing = total - sum(shares)
    while missing > 0 and (open_ := [i for i in order if shares[i] < most[i]]):
        for i in open_[:missing]:
            shares[i] += 1
        missing = total - sum(shares)
    return shares


def _cents(value: Fraction) -> int:
    return int(nearest_cent(value) * 100)


def _places(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES, ROUND_HALF_EVEN)


def _note(offer: Any, part: Part, off: Fraction) -> None:
    """Let a line have one discount of an offer, where Oscar has one for each time it was applied."""
    registry = part.line.discounts
    noted = registry.all()
    first = next(each for each in noted if each.offer is offer)
    noted[:] = [
        first._replace(amount=_places(off), quantity=part.pieces) if each is first else each
        for each in noted
        if each is first or each.offer is not offer
    ]
    registry._discount_excl_tax = registry._discount_incl_tax = None  # Oscar's sums of what is noted
