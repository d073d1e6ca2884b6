"""Sums of money (pure): two places beside their currency, our one rounding, and splits that lose no cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

_CENT = Decimal("0.01")

#: The largest amount anybody may type, and a column holds.
AMOUNT_LIMIT: Final = Decimal("9999999999.99")


def cents(amount: Decimal) -> Decimal:
    """Round to two places, half up: how Polish invoices round (art. 106e ust. 11 of the VAT act)."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def nearest_cent(value: Decimal | Fraction) -> Decimal:
    """Round an exact value of any length to two places, half away from zero."""
    exact = Fraction(value)
    whole = abs(exact.numerator) * 200 + exact.denominator
    hundredths = whole // (2 * exact.denominator)
    return Decimal(hundredths if exact >= 0 else -hundredths).scaleb(-2)


def vat(net: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT on a net sum, rounded once; `rate` is a fraction (`Decimal("0.23")`)."""
    return cents(net * rate)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide `total` (two places) in proportion to `weights` so that the parts add up to it exactly.

    Largest remainder: each part differs from its exact share by less than a cent. Weights must not be negative
    and not all be zero unless the total is zero. Raises ValueError otherwise, and for a total with more places.
    """
    units = Fraction(abs(total)) / Fraction(_CENT)
    if units.denominator != 1:
        raise ValueError("only whole cents can be divided without losing one")
    whole = sum(map(Fraction, weights), Fraction(0))  # exact: a Decimal's quotient is rounded to 28 digits
    if any(weight < 0 for weight in weights) or (whole == 0 and total != 0):
        raise ValueError("weights must be positive to carry a total")
    if whole == 0:
        return [Decimal("0.00") for _ in weights]
    sign = -1 if total < 0 else 1
    parts = apportion([units * Fraction(weight) / whole for weight in weights], int(units))
    return [sign * part * _CENT for part in parts]


def apportion(exact: Sequence[Fraction], total: int, most: Sequence[int] | None = None) -> list[int]:
    """Return exact shares as whole numbers that add up to `total`, each `most` at most: by largest remainder.

    Each is rounded down; what is missing goes to those that lost most by it, the first of equal ones first, and where
    they have no room for it, once more round. Raises ValueError when the shares, rounded down, are more than the total,
    or there is less room than that.
    """
    room = most if most is not None else [int(share) + abs(total) for share in exact]
    parts = [min(int(share), cap) for share, cap in zip(exact, room, strict=True)]
    missing = total - sum(parts)
    if missing < 0 or missing > sum(room) - sum(parts):
        raise ValueError("these shares cannot add up to that total")
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    while missing:
        open_ = [i for i in by_remainder if parts[i] < room[i]]
        each = max(1, min(missing // len(open_), *(room[i] - parts[i] for i in open_)))
        for i in open_[:missing]:
            parts[i], missing = parts[i] + each, missing - each
    return parts
