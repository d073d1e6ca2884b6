"""VAT the way Polish invoices do it (pure): once per rate on the sum, then shared out to the lines.

Source: art. 106e of the VAT act. Sold net: the tax of a rate is computed on that rate's net sum (ust. 1 pkt 14); sold
gross: on its gross sum (ust. 7 and 8); rounded half up to the grosz (ust. 11). Oscar stores both values of a line, so
each rate's tax is split over its lines without a lost grosz: the lines then add up to the order's total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from akcept.kernel.money import nearest_cent, split
from akcept.ordering.ports.quotes import VatRow
from akcept.oscar_edge.terms import Priced, Terms

#: How far a gross value in whole cents may be from the one its rate says.
_ROUNDING: Final = Fraction(1, 200)
_PER_CENT: Final = Fraction(1, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """Parts of an order with their tax: one row per rate, highest first, and each part in the order given."""

    rows: tuple[VatRow, ...]
    parts: tuple[Priced, ...]

    @property
    def net(self) -> Decimal:
        """All parts' net values."""
        return sum((part.net for part in self.parts), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """All parts' gross values."""
        return sum((part.gross for part in self.parts), Decimal(0))


def taxed(prices: Sequence[Priced], terms: Sequence[Terms]) -> Taxed:
    """Tax parts, priced on these terms: on the sum of each rate, where they say so and the rate is known.

    What is taxed on a sum keeps the side that was agreed on; everything else keeps both.
    """
    found = list(prices)
    kinds = {(each.rate, each.off_gross) for each in terms if each.on_sums and each.rate is not None}
    for rate, off_gross in kinds:
        places = [
            i for i, each in enumerate(terms) if each.on_sums and (each.rate, each.off_gross) == (rate, off_gross)
        ]
        agreed = [prices[i].gross if off_gross else prices[i].net for i in places]
        for i, share in zip(places, split(_tax(sum(agreed, Decimal(0)), rate, off_gross), agreed), strict=True):
            net, gross = prices[i].net, prices[i].gross
            found[i] = Priced(net=gross - share, gross=gross) if off_gross else Priced(net=net, gross=net + share)
    return Taxed(rows=rows_of(found, [each.rate for each in terms]), parts=tuple(found))


def _tax(total: Decimal, rate: Decimal | None, off_gross: bool) -> Decimal:
    fraction = Fraction(rate or 0)
    exact = Fraction(total) * fraction
    return nearest_cent(exact / (1 + fraction) if off_gross else exact)


def rows_of(parts: Sequence[Priced], rates: Sequence[Decimal | None]) -> tuple[VatRow, ...]:
    """Return what parts add up to by their rates, highest first; what nobody knows the rate of comes last."""
    sums: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for part, rate in zip(parts, rates, strict=True):
        net, tax = sums.get(rate, (Decimal(0), Decimal(0)))
        sums[rate] = (net + part.net, tax + part.gross - part.net)
    known = sorted((rate for rate in sums if rate is not None), reverse=True)
    ordered = [(rate, sums[rate]) for rate in (*known, *(rate for rate in sums if rate is None))]
    return tuple(VatRow(rate=rate, net=net, vat=tax) for rate, (net, tax) in ordered)


def evident_rate(net: Decimal, gross: Decimal) -> Decimal | None:
    """Return the one whole per cent that a net and a gross value, rounded to the cent, can stand for; None if several.

    For what comes without a rate. Of 0.02 and 0.02 nobody can tell; of 19.00 and 23.37 everybody.
    """
    if Fraction(net) <= _ROUNDING or gross < net:
        return None
    low = (Fraction(gross) - _ROUNDING) / (Fraction(net) + _ROUNDING) - 1
    high = (Fraction(gross) + _ROUNDING) / (Fraction(net) - _ROUNDING) - 1
    first = max(0, -(-low // _PER_CENT))
    return Decimal(int(first)).scaleb(-2) if high // _PER_CENT == first else None
