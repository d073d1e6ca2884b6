"""What an order costs, reckoned independently: exact fractions, Polish rules, nothing of the code under test.

A line: price x pieces less what offers take off it, rounded once, half up. VAT: per rate on the sum of net values,
delivery included, rounded once, half up (art. 106e ust. 1 pkt 14 and ust. 11 of the VAT act). Each rate's VAT is
handed out to its lines in whole grosze by largest remainder, the first of equal ones first, delivery last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True)
class Item:
    """A line of a basket; `price` of one piece, net, as it is written in the price list; `rate` in per cent."""

    price: str
    rate: int
    pieces: int


@dataclass(frozen=True)
class Reduction:
    """An offer on everything: `kind` is `percent`, `sum`, `each`, `bundle` (`needed` pieces for it) or `cheapest`."""

    kind: str
    value: str = "0"
    needed: int = 1


@dataclass(frozen=True)
class Carriage:
    """A delivery, net, and what an offer does to it: `percent` or `sum` off it, or it costs `to` at most."""

    price: str
    rate: int = 23
    kind: str = ""
    value: str = "0"


@dataclass
class Bill:
    """What comes out, in grosze."""

    nets: list[int]
    grosses: list[int]
    carriage: tuple[int, int]
    vat: dict[int, int]
    offs: list[Fraction] = field(default_factory=list)

    @property
    def net(self) -> int:
        return sum(self.nets) + self.carriage[0]

    @property
    def gross(self) -> int:
        return sum(self.grosses) + self.carriage[1]


def half_up(value: Fraction) -> int:
    """Round an amount to grosze, a half up."""
    doubled = value * 200 + 1
    return doubled.numerator // doubled.denominator // 2


def bill(items: Sequence[Item], reductions: Sequence[Reduction], carriage: Carriage) -> Bill:
    """Return the bill. Several reductions are each of the full price; together they take no more than there is."""
    offs = [ZERO] * len(items)
    for reduction in reductions:
        for place, off in enumerate(_off(items, reduction)):
            offs[place] += off
    full = [Fraction(item.price) * item.pieces for item in items]
    shares = [min(Fraction(1), off / whole) if whole else ZERO for off, whole in zip(offs, full, strict=True)]
    return of_shares(items, shares, carriage)


def of_shares(items: Sequence[Item], shares: Sequence[Fraction], carriage: Carriage) -> Bill:
    """Return the bill of lines with a share taken off each."""
    nets = [
        half_up(Fraction(item.price) * item.pieces * (1 - share)) for item, share in zip(items, shares, strict=True)
    ]
    carried = half_up(carried_for(carriage))
    grosses, vat = _taxed([*nets, carried], [*(item.rate for item in items), carriage.rate])
    return Bill(nets=nets, grosses=grosses[:-1], carriage=(carried, grosses[-1]), vat=vat, offs=list(shares))


def carried_for(carriage: Carriage) -> Fraction:
    """Return what a delivery costs after its offer."""
    price, value = Fraction(carriage.price), Fraction(carriage.value)
    if carriage.kind == "percent":
        return price * (1 - value / 100)
    if carriage.kind == "sum":
        return price - min(price, value)
    return min(price, value) if carriage.kind == "to" else price


def _off(items: Sequence[Item], reduction: Reduction) -> list[Fraction]:
    full = [Fraction(item.price) * item.pieces for item in items]
    value = Fraction(reduction.value)
    if reduction.kind == "percent":
        return [whole * value / 100 for whole in full]
    if reduction.kind == "each":
        return [min(Fraction(item.price), value) * item.pieces for item in items]
    if reduction.kind == "cheapest":
        return _cheapest(items, reduction.needed)
    if reduction.kind == "bundle":
        return _bundles(items, value, reduction.needed)
    return _sum_off(items, full, value)


def _by_price(items: Sequence[Item]) -> list[int]:
    return [i for i in sorted(range(len(items)), key=lambda i: Fraction(items[i].price)) if Fraction(items[i].price)]


def _sum_off(items: Sequence[Item], full: Sequence[Fraction], value: Fraction) -> list[Fraction]:
    """A sum off everything: whole grosze of each line in proportion, together the sum or all that there is."""
    shown = [half_up(whole) for whole in full]
    if value * 100 >= sum(shown):
        return list(full)
    total = sum(full, ZERO)
    off = min(value, total)
    exact = [off * whole / total for whole in full]
    return [
        Fraction(share, 100) for share in _largest_remainder(exact, int(value * 100), shown, order=_by_price(items))
    ]


def _largest_remainder(
    exact: Sequence[Fraction], total: int, most: Sequence[int], *, order: Sequence[int]
) -> list[int]:
    """Whole grosze that add up to a total: each its own rounded down, the missing ones where most was cut off."""
    whole = [min(cap, int(share * 100)) for share, cap in zip(exact, most, strict=True)]
    left = total - sum(whole)
    for i in sorted(order, key=lambda i: whole[i] - exact[i] * 100):
        if left and whole[i] < most[i]:
            whole[i], left = whole[i] + 1, left - 1
    assert not left, "the oracle lost a grosz"
    return whole


def _cheapest(items: Sequence[Item], needed: int) -> list[Fraction]:
    found = [ZERO] * len(items)
    places = _by_price(items)
    if sum(item.pieces for item in items) >= needed and places:
        found[places[0]] = Fraction(items[places[0]].price)
    return found


def _bundles(items: Sequence[Item], value: Fraction, needed: int) -> list[Fraction]:
    """Pieces from the cheapest on make bundles; one that is worth no more than its price ends it.

    Their price is what is handed out, in whole grosze: all bundles together cost it to the grosz.
    """
    left, order = [item.pieces for item in items], _by_price(items)
    bundled, paid, bundles = [ZERO] * len(items), [ZERO] * len(items), 0
    while sum(left) >= needed:
        taken = [0] * len(items)
        for i in order:
            taken[i] = min(left[i], needed - sum(taken))
        worth = [Fraction(item.price) * pieces for item, pieces in zip(items, taken, strict=True)]
        if sum(worth, ZERO) <= value:
            break
        bundles += 1
        for i in order:
            bundled[i] += worth[i]
            paid[i] += value * worth[i] / sum(worth, ZERO)
        left = [there - gone for there, gone in zip(left, taken, strict=True)]
    total = int(value * 100) * bundles
    most = [int(whole * 100) for whole in bundled]
    if sum(most) < total:
        most = [-int(-whole * 100 // 1) for whole in bundled]
    grosze = _largest_remainder(paid, total, most, order=order)
    return [max(ZERO, whole - Fraction(share, 100)) for whole, share in zip(bundled, grosze, strict=True)]


def _taxed(nets: Sequence[int], rates: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    grosses, vat = list(nets), {}
    for rate in set(rates):
        places = [i for i, own in enumerate(rates) if own == rate]
        base = sum(nets[i] for i in places)
        tax = half_up(Fraction(base * rate, 10_000))
        vat[rate] = tax
        exact = [Fraction(tax * nets[i], base) if base else ZERO for i in places]
        whole = [int(share) for share in exact]
        order = sorted(range(len(places)), key=lambda j: (whole[j] - exact[j], j))
        for j in order[: tax - sum(whole)]:
            whole[j] += 1
        for i, share in zip(places, whole, strict=True):
            grosses[i] += share
    return grosses, vat
