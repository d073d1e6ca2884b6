"""What an order costs, reckoned independently: exact fractions, Polish rules, nothing of the code under test.

A line: price x pieces less what offers take off it, rounded once, half up. VAT: per rate on the sum of net values,
delivery included, rounded once, half up (art. 106e ust. 1 pkt 14 and ust. 11 of the VAT act). Each rate's VAT is
handed out to its lines in whole grosze by largest remainder, the first of equal ones first, delivery last. Where prices
are with VAT, it is computed out of the sum of gross values (ust. 7 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tests.support.reductions import ZERO, Item, Reckoning, Reduction, half_up, largest_remainder


@dataclass(frozen=True)
class Carriage:
    """A delivery, net."""

    price: str
    rate: int = 23


@dataclass
class Bill:
    """What comes out, in grosze."""

    nets: list[int]
    grosses: list[int]
    carriage: tuple[int, int]
    vat: dict[int, int]
    offs: list[Fraction] = field(default_factory=list)
    #: The offer that made the carriage cheaper.
    lowered: Reduction | None = None

    @property
    def net(self) -> int:
        return sum(self.nets) + self.carriage[0]

    @property
    def gross(self) -> int:
        return sum(self.grosses) + self.carriage[1]


def bill(items: Sequence[Item], reductions: Sequence[Reduction], carriage: Carriage, *, gross: bool = False) -> Bill:
    """Return the bill. Several reductions are each of the full price; together they take no more than there is.

    In a `gross` shop prices are with VAT.
    """
    reckoning = Reckoning(items, reductions)
    full = [Fraction(item.price) * item.pieces for item in items]
    shares = [min(Fraction(1), off / whole) if whole else ZERO for off, whole in zip(reckoning.offs, full, strict=True)]
    return of_shares(items, shares, carriage, gross=gross, delivery=reckoning.delivery)


def of_shares(
    items: Sequence[Item],
    shares: Sequence[Fraction],
    carriage: Carriage,
    *,
    gross: bool = False,
    delivery: Reduction | None = None,
) -> Bill:
    """Return the bill of lines with a share taken off each, and of a carriage with what an offer does to it."""
    agreed = [
        half_up(Fraction(item.price) * item.pieces * (1 - share)) for item, share in zip(items, shares, strict=True)
    ]
    full = Fraction(carriage.price)
    carried = carried_for(full, delivery)
    agreed.append(half_up(carried))
    taxes, vat = _taxed(agreed, [*(item.rate for item in items), carriage.rate], gross=gross)
    nets = [value - tax for value, tax in zip(agreed, taxes, strict=True)] if gross else agreed
    grosses = [net + tax for net, tax in zip(nets, taxes, strict=True)]
    return Bill(
        nets=nets[:-1],
        grosses=grosses[:-1],
        carriage=(nets[-1], grosses[-1]),
        vat=vat,
        offs=list(shares),
        lowered=delivery if carried < full else None,
    )


def carried_for(price: Fraction, offer: Reduction | None) -> Fraction:
    """Return what a delivery costs after its offer."""
    if offer is None:
        return price
    value = Fraction(offer.value)
    if offer.kind == "delivery percent":
        return price * (1 - value / 100)
    return price - min(price, value) if offer.kind == "delivery sum" else min(price, value)


def _taxed(agreed: Sequence[int], rates: Sequence[int], *, gross: bool) -> tuple[list[int], dict[int, int]]:
    """Return each value's VAT, and that of each rate: on the rate's sum of net values, or out of that of gross ones."""
    taxes, vat = [0] * len(agreed), {}
    for rate in set(rates):
        places = [i for i, own in enumerate(rates) if own == rate]
        base = sum(agreed[i] for i in places)
        vat[rate] = tax = half_up(Fraction(base * rate, 100 * (100 + rate) if gross else 10_000))
        exact = [Fraction(tax * agreed[i], 100 * base) if base else ZERO for i in places]
        for i, share in zip(places, largest_remainder(exact, tax, [tax] * len(places)), strict=True):
            taxes[i] = share
    return taxes, vat
