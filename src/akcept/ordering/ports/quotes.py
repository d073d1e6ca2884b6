"""What goods cost, where they go, and what is in the way of delivering them: what crosses to the shop and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from akcept.kernel.amounts import Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where goods go. `country` is ISO 3166-1 alpha-2, empty for the shop's own."""

    name: str
    line1: str
    postcode: str
    city: str
    country: str = ""
    phone: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """One line of a cart or order. Money is in the quote's currency; `net` and `gross` are after discounts.

    Each row adds up: pieces times `unit_net`, to the cent, less `discount`, are `net`. In a shop that sells with VAT
    `gross` is what was agreed, and `net`, which is `gross` without its share of the rate's VAT, may be a cent off.
    """

    product_id: int | None
    title: str
    sku: str
    quantity: int
    unit_net: Decimal
    net: Decimal
    gross: Decimal
    vat_rate: Decimal | None
    #: The order's line; None for one of a cart.
    line_id: int | None = None
    #: What offers and vouchers take off the row, net.
    discount: Decimal = Decimal(0)
    #: What a piece costs with VAT, before discounts, unrounded; in a shop that sells with VAT it was agreed so.
    unit_gross: Decimal = Decimal(0)
    #: The product's EAN or other number of the trade, of an order's line only; empty without one.
    ean: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRow:
    """The VAT of one rate: computed on the sum of net values of that rate, delivery included, rounded half up."""

    rate: Decimal | None
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Lines and what they come to, in one currency; net and gross are after discounts, the total with delivery."""

    currency: str
    lines: tuple[QuoteLine, ...]
    goods_net: Decimal
    delivery_net: Decimal
    delivery_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    vat: tuple[VatRow, ...]

    @property
    def amounts(self) -> Amounts:
        """The sums, to compare with limits."""
        return Amounts(
            currency=self.currency,
            goods_net=self.goods_net,
            goods_gross=self.total_gross - self.delivery_gross,
            total_net=self.total_net,
            total_gross=self.total_gross,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Sums):
    """What a cart costs now, for one customer and one delivery method."""

    #: Changes when a product, quantity, price or the delivery charge changes: what the buyer saw is what is placed.
    fingerprint: str
    delivery_code: str = ""
    delivery_name: str = ""

    @property
    def total_vat(self) -> Decimal:
        """All VAT, in the quote's currency."""
        return self.total_gross - self.total_net


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOption:
    """A way of delivery the shop offers, and what it charges for it; net, in the order's currency."""

    code: str
    name: str
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineObstacle:
    """A line that cannot be delivered as it was ordered: `left` pieces are there, None for what is no longer sold.

    `expected_on` is the day from which the shop has more, where it says one that is still to come.
    """

    line_id: int
    title: str
    quantity: int
    left: int | None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What is in the way of an order; `delivery` names the method the shop has given up."""

    lines: tuple[LineObstacle, ...] = ()
    delivery: str = ""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.lines or self.delivery)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedSince:
    """What has changed, since an order was placed, of what was agreed then; products by their titles."""

    #: Agreements that no longer count for its unit.
    ended: tuple[str, ...] = ()
    #: Products that may no longer be bought.
    left: tuple[str, ...] = ()
    #: Products that have another price today.
    repriced: tuple[str, ...] = ()
