"""What Oscar's baskets and their lines say of money, from our figures; for a fork's models to inherit from, too.

Oscar's own arithmetic answers an `int` where a discount left nothing and ends the page where a price was taken away.
Shop pages, delivery methods and calculators that ask a basket get what its quote, the order and the mail say.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.conf import settings

from akcept.kernel.money import nearest_cent
from akcept.oscar_edge import figures, quotes
from akcept.oscar_edge.basket import currencies

_ZERO: Final = Decimal("0.00")


class FiguredBasket:
    """Mixed into `AbstractBasket`: totals are whole cents, each line rounded once, VAT as the order will have it."""

    @property
    def currencies(self) -> list[str]:
        """The currencies its lines have prices in; where there are two its totals mean nothing."""
        return currencies.all_of(self)

    def _get_total(self, model_property: str) -> Decimal:
        found = figures.of_basket(self)
        if model_property == "line_price_excl_tax_incl_discounts":
            return quotes.taxed_goods(found).net
        if model_property == "line_price_incl_tax_incl_discounts":
            return quotes.taxed_goods(found).gross
        if model_property == "line_tax":
            taxed = quotes.taxed_goods(found)
            return taxed.gross - taxed.net
        values = (figures.number(getattr(line, model_property)) for line, _figures in found)
        return nearest_cent(sum((value for value in values if value is not None), _ZERO))


class FiguredLine:
    """Mixed into `AbstractLine`: every value is a Decimal, None where there is no price."""

    purchase_info: Any  # Oscar's

    @property
    def currency_today(self) -> str:
        """The currency of its price, the shop's where it has none."""
        return currencies.of_line(self) or str(settings.OSCAR_DEFAULT_CURRENCY)

    @property
    def unit_price_excl_tax(self) -> Decimal | None:
        """What a piece costs net, before discounts; None without a price."""
        terms = figures.unit_terms(self)
        return figures.tidy(terms.unit_net) if terms is not None else None

    @property
    def unit_price_incl_tax(self) -> Decimal | None:
        """What a piece costs gross, before discounts; None without a price."""
        terms = figures.unit_terms(self)
        return figures.tidy(terms.unit_gross) if terms is not None else None

    @property
    def unit_effective_price(self) -> Decimal:
        """The price offers count with: net, or gross by `OSCAR_OFFERS_INCL_TAX`; nothing without a price.

        Oscar asks the price, and its `FixedRateTax` answers with the gross one whatever the setting says: 10 per cent
        of gross were taken off net.
        """
        terms = figures.unit_terms(self)
        return terms.agreed if terms is not None else Decimal(0)

    @property
    def line_price_excl_tax(self) -> Decimal | None:
        """What the line costs net, before discounts; None without a price."""
        found = figures.of_line(self)
        return found.terms.full(found.quantity).net if found.priced else None

    @property
    def line_price_incl_tax(self) -> Decimal | None:
        """What the line costs gross, before discounts; None without a price."""
        found = figures.of_line(self)
        return found.terms.full(found.quantity).gross if found.priced else None

    @property
    def line_price_excl_tax_incl_discounts(self) -> Decimal | None:
        """What the line costs net, after discounts; None without a price."""
        found = figures.of_line(self)
        return found.terms.price(found.quantity).net if found.priced else None

    @property
    def line_price_incl_tax_incl_discounts(self) -> Decimal | None:
        """What the line costs gross, after discounts; None without a price."""
        found = figures.of_line(self)
        return found.terms.price(found.quantity).gross if found.priced else None

    @property
    def line_tax(self) -> Decimal | None:
        """The line's VAT, after discounts; None without a price, or where the tax is not known yet."""
        found = figures.of_line(self)
        if not found.priced or not self.purchase_info.price.is_tax_known:
            return None
        price = found.terms.price(found.quantity)
        return price.gross - price.net

    @property
    def discount_value(self) -> Decimal:
        """What is taken off the line, on the side discounts are on."""
        found = figures.of_line(self)
        return found.terms.taken_off(found.quantity)

    @property
    def discount_net(self) -> Decimal:
        """What offers and vouchers take off the line, net: the row's pieces and prices less its value."""
        found = figures.of_line(self)
        if not found.priced:
            return Decimal(0)
        return found.terms.net_off(found.quantity, found.terms.price(found.quantity).net)

    def get_price_breakdown(self) -> list[tuple[Decimal, Decimal, int]]:
        """Return (gross, net, quantity) of a piece after discounts, as Oscar stores it with an order's line."""
        found = figures.of_line(self)
        if not found.quantity:
            return []
        price = found.terms.price(found.quantity)
        return [(nearest_cent(_each(price.gross, found)), nearest_cent(_each(price.net, found)), found.quantity)]


def _each(value: Decimal, found: figures.LineFigures) -> Fraction:
    return Fraction(value) / found.quantity
