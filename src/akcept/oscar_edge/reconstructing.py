"""What lines from before terms were kept were priced by, told from Oscar's whole cents; only where certain (pure).

A rate is looked for among whole per cents. The value of a line says it best: 10,000 pieces at 0.02 net are 200.00 and
246.00, which only 23 per cent make. But until terms were kept, an order that was changed had its VAT computed from a
rate guessed by its unit prices; of such an order the values are no evidence, only unit prices that leave no choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from akcept.oscar_edge import vat
from akcept.oscar_edge.terms import Priced, Terms

_PER_CENT: Final = Fraction(1, 100)
#: No VAT in Europe is higher than Hungary's 27 per cent.
_HIGHEST: Final = 30
#: A share of its rate's VAT differs from the exact one by less than a cent, and that VAT by half a cent.
_OF_LINE: Final = Fraction(15, 1000)
_HALF_CENT: Final = Fraction(1, 200)
_PLACES: Final = Decimal("1E-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a line came out at, in whole cents; `full` is its net value before discounts."""

    quantity: int
    unit_net: Decimal | None
    unit_gross: Decimal | None
    full: Decimal
    net: Decimal
    gross: Decimal


def rate_of(line: Came, *, changed: bool, told: Decimal | None = None) -> Decimal | None:
    """Return the only rate a line can have; None where there are several or none.

    `changed`: the order was changed under a guessed rate. `told` is the rate its product has today; it decides where
    unit prices allow several.
    """
    by_unit, by_value = _by_unit(line), _by_value(line)
    found = by_unit if changed else by_unit & by_value
    if len(found) == 1:
        return Decimal(found.pop()).scaleb(-2)
    if told is not None and told * 100 in {Decimal(rate) for rate in (by_unit if changed else found)}:
        return told
    return None


def rate_of_delivery(net: Decimal, gross: Decimal) -> Decimal | None:
    """Return the only rate a delivery charge can have, for which no rate was guessed."""
    found = _between(net, gross, of_net=_HALF_CENT, of_gross=_OF_LINE)
    return Decimal(found.pop()).scaleb(-2) if len(found) == 1 else None


def terms_of(line: Came, rate: Decimal) -> Terms:
    """Return the terms of a line taxed on the sum of its rate."""
    unit = line.unit_net
    if unit is None or unit * line.quantity != line.full:
        unit = _decimal(Fraction(line.full) / line.quantity)
    off = max(Decimal(0), line.full - line.net)
    return Terms(
        unit_net=unit,
        unit_gross=_decimal(Fraction(unit) * (1 + Fraction(rate))),
        rate=rate,
        on_sums=True,
        discount=off,
        discounted=line.full if off else Decimal(0),
    )


def adds_up(lines: Sequence[Came], delivery: Priced, terms: Sequence[Terms], charge: Terms) -> bool:
    """Whether an order came out at what these terms make of it."""
    taxed = vat.taxed(
        [*(own.price(line.quantity) for line, own in zip(lines, terms, strict=True)), charge.price(1)],
        [*terms, charge],
    )
    return list(taxed.parts) == [*(Priced(net=line.net, gross=line.gross) for line in lines), delivery]


def _by_unit(line: Came) -> set[int]:
    if line.unit_net is None or line.unit_gross is None:
        return set(range(_HIGHEST + 1))
    return _between(line.unit_net, line.unit_gross, of_net=_HALF_CENT, of_gross=_HALF_CENT)


def _by_value(line: Came) -> set[int]:
    return _between(line.net, line.gross, of_net=Fraction(0), of_gross=_OF_LINE)


def _between(net: Decimal, gross: Decimal, *, of_net: Fraction, of_gross: Fraction) -> set[int]:
    """Return the whole per cents that lead from a net to a gross value, each known only so exactly."""
    return {
        rate
        for rate in range(_HIGHEST + 1)
        if (Fraction(net) - of_net) * (1 + rate * _PER_CENT) - of_gross
        <= Fraction(gross)
        <= (Fraction(net) + of_net) * (1 + rate * _PER_CENT) + of_gross
    }


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)
