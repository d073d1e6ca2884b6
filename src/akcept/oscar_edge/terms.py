"""What a piece costs and what is taken off it: exact, and good for any number of pieces (pure).

A price list may have more than two decimals, and a discount is seldom a whole cent. So what is kept of a line is not
what came out, but what it was computed from; each quantity is computed from that, exactly, and rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from akcept.kernel.money import nearest_cent

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The price of one piece, net and gross, unrounded, and its VAT rate as a fraction; None where nobody knows it.

    `discount` is what was taken off a value of `discounted`, both net, or gross where `off_gross`: the share of the two
    is taken off any quantity. The side it is taken off is the one that was agreed on; the other one follows from it.
    """

    unit_net: Decimal
    unit_gross: Decimal
    rate: Decimal | None = None
    #: Whether VAT is computed once per rate on the sum; otherwise each line keeps the tax it was priced with.
    on_sums: bool = False
    discount: Decimal = _NOTHING
    discounted: Decimal = _NOTHING
    off_gross: bool = False

    @property
    def agreed(self) -> Decimal:
        """The price of a piece on the side discounts are taken off."""
        return self.unit_gross if self.off_gross else self.unit_net

    def asks_as_much_as(self, other: Terms) -> bool:
        """Whether a piece costs the same, net and with its tax; where a rate is unknown, to the cent."""
        if self.rate is None or other.rate is None:
            return self.full(1) == other.full(1)
        same = (self.unit_net, self.rate) == (other.unit_net, other.rate)
        return same and (self.on_sums or self.unit_gross == other.unit_gross)

    def with_discount_of(self, other: Terms) -> Terms:
        """Return this price with the share taken off that is taken off another one."""
        return replace(self, discount=other.discount, discounted=other.discounted)

    @property
    def left(self) -> Fraction:
        """What is left of a value after the discount, between 0 and 1."""
        if self.discount <= 0 or self.discounted <= 0:
            return Fraction(1)
        return max(Fraction(0), 1 - Fraction(self.discount) / Fraction(self.discounted))

    def full(self, quantity: int) -> Priced:
        """Return what pieces cost without the discount."""
        return Priced(net=nearest_cent(self.unit_net * quantity), gross=nearest_cent(self.unit_gross * quantity))

    def price(self, quantity: int) -> Priced:
        """Return what pieces cost; the tax of a rate is computed on its sum afterwards (`vat.taxed`)."""
        return Priced(
            net=nearest_cent(Fraction(self.unit_net) * quantity * self.left),
            gross=nearest_cent(Fraction(self.unit_gross) * quantity * self.left),
        )

    def net_off(self, quantity: int, net: Decimal) -> Decimal:
        """Return what a row that shows pieces, their net price and `net` leaves to a discount; 0 without one."""
        return self.full(quantity).net - net if self.discount else Decimal(0)

    def taken_off(self, quantity: int) -> Decimal:
        """Return what is taken off pieces, in whole cents, on the side the discount is on."""
        full, left = self.full(quantity), self.price(quantity)
        return full.gross - left.gross if self.off_gross else full.net - left.net


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What something costs, in whole cents."""

    net: Decimal
    gross: Decimal
