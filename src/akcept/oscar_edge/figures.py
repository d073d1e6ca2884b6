"""Oscar's numbers made ours: where a price, a discount or a charge of Oscar's becomes an exact figure.

Oscar computes with whatever it is given: an `int` where a discount left nothing, None where a price is gone, four
places where its tax was rounded. Past this module nothing of that is left, and none of Oscar's arithmetic is used. What
cannot be a price (no number, below zero, not a number at all) is `unpriced`: shown at nothing and never ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from django.conf import settings
from oscar.core.loading import get_class

from akcept.agreements.answers import Conditions, is_delivered_free, surcharge_on
from akcept.kernel.money import split
from akcept.oscar_edge import vat
from akcept.oscar_edge.terms import Terms

#: Places kept of the price of one piece, and of what is taken off a line.
UNIT_PLACES: Final = Decimal("1E-8")
DISCOUNT_PLACES: Final = Decimal("1E-10")
_MOST: Final = Decimal("1E11")
_ZERO: Final = Decimal(0)
_CENTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A basket's line: how many, on which terms, and what each offer takes off it (by its primary key)."""

    quantity: int
    terms: Terms
    priced: bool
    offers: tuple[tuple[int, Decimal], ...] = ()

    def shares(self) -> list[tuple[int, Decimal]]:
        """Return what each offer takes off the line, in whole cents that add up to what is taken off."""
        taken = self.terms.taken_off(self.quantity)
        if not self.offers or not taken:
            return []
        parts = split(taken, [amount for _offer, amount in self.offers])
        return [(offer, part) for (offer, _amount), part in zip(self.offers, parts, strict=True)]


def number(value: Any) -> Decimal | None:
    """Return whatever Oscar or a strategy calls a number as a Decimal; None for what is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() and abs(found) < _MOST else None


def tidy(value: Decimal) -> Decimal:
    """Return a figure without the zeros a column adds to it, with two places at least."""
    stripped = value.normalize()
    places = -int(stripped.as_tuple().exponent)
    return value.quantize(Decimal(1).scaleb(-max(places, _CENTS)))


def sells_gross() -> bool:
    """Whether discounts are taken off prices with tax (`OSCAR_OFFERS_INCL_TAX`): the gross price is the one agreed."""
    return bool(getattr(settings, "OSCAR_OFFERS_INCL_TAX", False))


def taxes_sums(strategy: Any) -> bool:
    """Whether a strategy of prices tells the rates, so that VAT is computed once per rate as invoices do."""
    return hasattr(strategy, "vat_rate")


def rate_for(strategy: Any, product: Any, stockrecord: Any, price: Any) -> Decimal | None:
    """Return a product's VAT rate as a fraction: as the strategy tells it, else as its price shows beyond doubt."""
    if taxes_sums(strategy):
        return number(strategy.vat_rate(product))
    if hasattr(strategy, "get_rate"):
        return number(strategy.get_rate(product, stockrecord))
    return _shown(price)


def _shown(price: Any) -> Decimal | None:
    net, gross = number(price.excl_tax), number(price.incl_tax) if price.is_tax_known else None
    return vat.evident_rate(net, gross) if net is not None and gross is not None else None


def unit_of(price: Any, rate: Decimal | None, *, exact: bool) -> Terms | None:
    """Return a price of Oscar's as terms without a discount; None for one that cannot be a price.

    `exact` computes the side that was not agreed on from the rate; otherwise both are the strategy's.
    """
    net = number(price.excl_tax) if price.exists else None
    if net is None or net < 0:
        return None
    gross = number(price.incl_tax) if price.is_tax_known else net
    if gross is None or gross < net:
        return None
    if exact and rate is not None:
        if sells_gross():
            net = _places(Fraction(gross) / (1 + Fraction(rate)))
        else:
            gross = net * (1 + rate)
    return Terms(unit_net=_unit(net), unit_gross=_unit(gross), rate=rate, on_sums=exact, off_gross=sells_gross())


def _unit(value: Decimal) -> Decimal:
    return value.quantize(UNIT_PLACES, ROUND_HALF_UP) if value.as_tuple().exponent < -8 else value  # type: ignore[operator]


def _places(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


_UNPRICED: Final = Terms(unit_net=_ZERO, unit_gross=_ZERO)


def unit_terms(line: Any, *, currency: str | None = None) -> Terms | None:
    """Return what a piece of a basket's line costs; None where it has no price, or none in the wanted `currency`."""
    strategy, price = line.basket.strategy, line.purchase_info.price
    if not price.exists or (currency is not None and str(price.currency) != currency):
        return None
    rate = rate_for(strategy, line.product, line.stockrecord, price)
    return unit_of(price, rate, exact=taxes_sums(strategy))


def of_line(line: Any, *, currency: str | None = None) -> LineFigures:
    """Return a basket's line whose basket has its strategy and offers; in another `currency` it is unpriced."""
    quantity = max(0, int(line.quantity or 0))
    terms = unit_terms(line, currency=currency)
    if terms is None:
        return LineFigures(quantity=quantity, terms=_UNPRICED, priced=False)
    offers = [(discount, _on_side(discount, terms)) for discount in line.discounts]
    full = terms.agreed * quantity
    off = min(full, sum((amount for _discount, amount in offers), _ZERO)).quantize(DISCOUNT_PLACES, ROUND_HALF_EVEN)
    if off > 0:
        terms = replace(terms, discount=off, discounted=full)
    named = tuple((each.offer.pk, amount) for each, amount in offers if each.offer is not None and amount > 0)
    return LineFigures(quantity=quantity, terms=terms, priced=True, offers=named)


def _on_side(discount: Any, terms: Terms) -> Decimal:
    """Return what Oscar noted as taken off, on the side that was agreed on; nothing for what is no discount."""
    amount = number(discount.amount) or _ZERO
    if amount <= 0:
        return _ZERO
    if bool(discount.incl_tax) == terms.off_gross or not terms.unit_net:
        return amount
    ratio = Fraction(terms.unit_gross) / Fraction(terms.unit_net)
    return _places(Fraction(amount) * ratio if terms.off_gross else Fraction(amount) / ratio)


def of_basket(basket: Any) -> list[tuple[Any, LineFigures]]:
    """Return the lines of a basket that have a quantity, in the currency of the first that has a price."""
    lines = [line for line in basket.all_lines() if line.quantity]
    currency = currency_of(lines)
    return [(line, of_line(line, currency=currency)) for line in lines]


def currency_of(lines: Sequence[Any]) -> str | None:
    """Return the currency a basket's lines are in; None when none of them has a price."""
    prices = (line.purchase_info.price for line in lines)
    return next((str(price.currency) for price in prices if price.exists), None)


def of_delivery(method: Any, goods: Any, *, strategy: Any, said: Conditions | None = None) -> Terms:
    """Return what a delivery method charges for a basket, or for what stands for one, with what an offer takes off.

    What was agreed makes it free, or adds a surcharge: by what is `said`, None for whom the strategy's prices are for.
    An agreed value from which it is free stands in the place of the method's own, higher or lower.
    An offer on delivery wraps Oscar's method; what it takes off is taken off the side that was agreed on.
    """
    inner, offer = unwrapped(method)
    if said is None:
        from akcept.oscar_edge import agreed as agreements  # which looks at figures itself

        said = agreements.conditions(strategy)
    inner = without_own_free(inner, said, goods.currency)
    terms = _as_agreed(_charge(inner, goods, strategy=strategy), goods, said)
    agreed = terms.agreed
    if offer is None or agreed <= 0:
        return terms
    off = _off_delivery(offer, agreed, getattr(goods, "currency", None))
    return replace(terms, discount=min(agreed, off), discounted=agreed) if off > 0 else terms


def without_own_free(method: Any, said: Conditions, currency: Any) -> Any:
    """Return a delivery method without the value from which it is free by itself, where another one was agreed.

    A method says so by `charging_always()`, which returns it that way; of Oscar's own it is `free_shipping_threshold`.
    One that says neither keeps its own: it is free from the lower of both.
    """
    if said.free_from is None or str(currency) != settings.OSCAR_DEFAULT_CURRENCY:
        return method
    if hasattr(method, "charging_always"):
        return method.charging_always()
    if getattr(method, "free_shipping_threshold", None) is None:
        return method
    found = copy(method)
    found.free_shipping_threshold = None
    return found


def _as_agreed(terms: Terms, goods: Any, said: Conditions) -> Terms:
    """Return a charge as it was agreed: free of charge, with a surcharge taxed as it is, or as the shop has it."""
    if said.free_from is None and said.small_below is None:
        return terms
    if str(goods.currency) != settings.OSCAR_DEFAULT_CURRENCY or not goods.is_shipping_required():
        return terms
    worth = number(goods.total_excl_tax) or _ZERO
    extra = surcharge_on(said, worth)
    net, gross = (_ZERO, _ZERO) if is_delivered_free(said, worth) else (terms.unit_net, terms.unit_gross)
    rate = terms.rate
    taxed = extra * (1 + rate) if rate is not None else _in_proportion(extra, terms)
    return replace(terms, unit_net=_unit(net + extra), unit_gross=_unit(gross + taxed))


def _in_proportion(extra: Decimal, terms: Terms) -> Decimal:
    return _places(Fraction(extra) * Fraction(terms.unit_gross) / Fraction(terms.unit_net)) if terms.unit_net else extra


def _off_delivery(offer: Any, charge: Decimal, currency: Any) -> Decimal:
    benefit = offer.benefit
    if benefit.type == benefit.SHIPPING_PERCENTAGE and not benefit.proxy_class:
        return charge * (number(benefit.value) or _ZERO) / 100  # Oscar rounds it to whole cents, half to even
    return number(offer.shipping_discount(charge, currency)) or _ZERO


def charges_in(method: Any, goods: Any, currency: str | None) -> bool:
    """Whether a delivery method's charge for a basket is in its currency, or nothing."""
    charge = unwrapped(method)[0].calculate(goods)
    return currency is None or not number(charge.excl_tax) or str(charge.currency) == currency


def unwrapped(method: Any) -> tuple[Any, Any]:
    """Return a delivery method itself, and the offer that lowers it or None."""
    if isinstance(method, get_class("shipping.methods", "OfferDiscount")):
        return method.method, method.offer
    return method, None


def _charge(method: Any, goods: Any, *, strategy: Any) -> Terms:
    charge = method.calculate(goods)
    net = max(_ZERO, number(charge.excl_tax) or _ZERO)
    gross = number(charge.incl_tax) if charge.is_tax_known else None
    rate = number(getattr(method, "vat_rate", None))
    if rate is None and gross is not None:
        rate = vat.evident_rate(net, gross)
    if rate is not None and taxes_sums(strategy):
        if sells_gross() and gross is not None:
            net = _places(Fraction(gross) / (1 + Fraction(rate)))
        else:
            gross = net * (1 + rate)
    gross = net if gross is None else max(net, gross)
    on_sums = taxes_sums(strategy)
    return Terms(unit_net=_unit(net), unit_gross=_unit(gross), rate=rate, on_sums=on_sums, off_gross=sells_gross())
