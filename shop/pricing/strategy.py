"""Prices of a Polish wholesaler: the net price is the truth, VAT follows from the product's class."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from oscar.apps.partner import strategy

from akcept.oscar_edge.agreed import AgreedPrices

#: Slug of a product class -> VAT rate as a fraction (rates of 2026: 23 %, 8 %, 5 %).
VAT_RATES: Final = {"vat-23": Decimal("0.23"), "vat-8": Decimal("0.08"), "vat-5": Decimal("0.05")}
STANDARD_RATE: Final = VAT_RATES["vat-23"]


def rate_of(product: Any) -> Decimal:
    """Return a product's VAT rate; a class without one of the known slugs is taxed at the standard rate."""
    return VAT_RATES.get(product.get_product_class().slug, STANDARD_RATE)


class Selector(strategy.Selector):
    """One strategy for everybody."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> NetPrices:
        """Return the shop's strategy."""
        return NetPrices(request)


class NetPrices(
    AgreedPrices, strategy.UseFirstStockRecord, strategy.StockRequired, strategy.FixedRateTax, strategy.Structured
):
    """First stock record, stock required, net prices with the product's own VAT; what was agreed comes before them."""

    def get_rate(self, product: Any, stockrecord: Any) -> Decimal:
        """Return the rate Oscar's mixin computes a unit's tax with."""
        return rate_of(product)

    def vat_rate(self, product: Any) -> Decimal:
        """Return the rate; that this method exists tells Akcept to compute VAT once per rate, as invoices do."""
        return rate_of(product)
