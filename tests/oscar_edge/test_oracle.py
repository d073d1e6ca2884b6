"""Every figure of a basket against one reckoned independently (`tests/support/oracle.py`), over nasty goods (A1 to A5).

In memory, over Oscar's own offers.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.apps import apps
from django.test import override_settings
from django.utils import timezone
from hypothesis import assume, example, given
from hypothesis import strategies as st

from akcept.agreements.queries import Heads
from akcept.ordering.ports import Quote
from akcept.oscar_edge import agreed, quotes
from shop.pricing.strategy import NetPrices
from tests.support.nasty import (
    A1,
    COURIER,
    carriages,
    compared,
    few_pieces,
    grosze,
    items,
    limited,
    reductions,
    same,
)
from tests.support.offers import BENEFITS, CONDITIONS
from tests.support.oracle import Carriage, bill
from tests.support.reductions import Item, Reduction, half_up


def _model(label: str) -> Any:
    return apps.get_model(label)


class _Range:
    """A range of the products on some lines of a basket, or of all, that asks the database nothing."""

    name = "some"

    def __init__(self, on: tuple[int, ...] = ()) -> None:
        self.on = on

    def contains_product(self, product: Any) -> bool:
        return not self.on or product.pk - 1 in self.on


class _Method:
    """A delivery method with a charge, with VAT in a gross shop, and its rate."""

    code, name, is_discounted = "carriage", "Carriage", False

    def __init__(self, carriage: Carriage, *, gross: bool) -> None:
        self.price, self.vat_rate, self.gross = Decimal(carriage.price), Decimal(carriage.rate) / 100, gross

    def calculate(self, _basket: Any) -> Any:
        from oscar.core.prices import Price

        if self.gross:
            return Price("PLN", self.price / (1 + self.vat_rate), incl_tax=self.price)
        return Price("PLN", self.price, tax=(self.price * self.vat_rate).quantize(Decimal("0.01")))


class _Rates(NetPrices):
    """The shop's strategy, with VAT at nothing as well."""

    def get_rate(self, product: Any, stockrecord: Any) -> Decimal:
        return Decimal(int(product.product_class.slug)) / 100

    def vat_rate(self, product: Any) -> Decimal:
        return self.get_rate(product, None)


class _GrossRates(_Rates):
    """Prices of the price list are with VAT."""

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        from oscar.apps.partner.prices import TaxInclusiveFixedPrice

        net = stockrecord.price / (1 + self.get_rate(product, stockrecord))
        return TaxInclusiveFixedPrice(stockrecord.price_currency, net, tax=stockrecord.price - net)


def _offers(found: list[Reduction]) -> list[Any]:
    """Offers in memory: what Oscar asks of combinations is answered without the database."""
    made = [_offer(number, reduction) for number, reduction in enumerate(found, start=1)]
    for offer, reduction in zip(made, found, strict=True):
        naming = {place for place, other in enumerate(found) if offer.pk - 1 in (other.beside or ())}
        beside = {place + 1 for place in {*(reduction.beside or ()), *naming}}
        offer.__dict__.update(akcept_names=bool(reduction.beside), akcept_beside=beside)
    return made


def _offer(number: int, reduction: Reduction) -> Any:
    benefit = _model("offer.Benefit")(
        pk=number,
        type=BENEFITS[reduction.kind],
        value=Decimal(reduction.value),
        max_affected_items=reduction.most,
    )
    condition = _model("offer.Condition")(pk=number, type=CONDITIONS[reduction.by], value=Decimal(reduction.needed))
    benefit.__dict__["range"] = _Range(reduction.on)
    condition.__dict__["range"] = _Range(reduction.on if reduction.of is None else reduction.of)
    return _model("offer.ConditionalOffer")(
        pk=number,
        name=str(number),
        exclusive=reduction.exclusive,
        priority=-number,
        max_basket_applications=reduction.times,
        condition=condition,
        benefit=benefit,
    )


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers that were never saved have no rows of ranges and combinations; nothing was agreed with anybody."""
    monkeypatch.setattr(agreed.Agreed, "heads", Heads(day=timezone.localdate()))
    for model in ("offer.Benefit", "offer.Condition"):
        monkeypatch.setattr(_model(model), "range", _Range())


def _basket(goods: list[Item], *, gross: bool) -> Any:
    basket = _model("basket.Basket")(pk=1)
    basket.strategy = _GrossRates() if gross else _Rates()
    basket._lines = []
    for number, item in enumerate(goods, start=1):
        key = number if item.product is None else 1 + item.product
        kind = _model("catalogue.ProductClass")(pk=item.rate + 1, slug=str(item.rate), track_stock=False)
        product = _model("catalogue.Product")(pk=key, title=str(number), product_class=kind, structure="standalone")
        record = _model("partner.StockRecord")(
            pk=number, product=product, price=Decimal(item.price), price_currency="PLN", partner_sku=str(number)
        )
        product._prefetched_objects_cache = {"stockrecords": [record]}
        line = _model("basket.Line")(
            pk=number, basket=basket, product=product, stockrecord=record, quantity=item.pieces, price_currency="PLN"
        )
        line.basket = basket
        basket._lines.append(line)
    return basket


def _priced(
    goods: list[Item], found: list[Reduction], carriage: Carriage, *, gross: bool = False
) -> tuple[Any, Any, Quote]:
    from oscar.apps.shipping.repository import Repository
    from oscar.core.loading import get_class

    basket = _basket(goods, gross=gross)
    get_class("offer.applicator", "Applicator")().apply_offers(basket, _offers(found))
    method: Any = _Method(carriage, gross=gross)
    if basket.has_shipping_discounts:
        method = Repository().apply_shipping_offers(basket, [method])[0]
    return basket, method, quotes.quote_for(basket, method)


@pytest.mark.slow
@pytest.mark.usefixtures("in_memory")
@compared(35)
@given(items, reductions, carriages)
@example(A1, [], COURIER)
@example([Item("24.50", 23, 1)], [Reduction("percent", "10")], COURIER)
@example([Item("24.50", 23, 2)], [Reduction("sum", "50.00")], COURIER)
@example([Item("0.12", 0, 3), Item("0.12", 0, 5), Item("0.12", 0, 3)], [Reduction("sum", "1.32")], COURIER)
@example([Item("0.12", 0, 3), Item("0.12", 0, 5), Item("0.12", 0, 3)], [Reduction("bundle", "0.01", 11)], COURIER)
@example([Item("89.00", 8, 1)], [Reduction("percent", "20")], COURIER)
@example([Item("0.12", 23, 200), Item("6.00", 8, 1)], [], COURIER)
@example([Item("0.01", (0, 5, 8, 23)[i % 4], i + 1) for i in range(300)], [Reduction("sum", "0.01")], COURIER)
@example([Item("0.01", (0, 5, 8, 23)[i % 4], i + 1) for i in range(300)], [Reduction("percent", "0.01")], COURIER)
@example([Item("24.50", 23, 1)], [Reduction("percent", "60"), Reduction("percent", "60")], COURIER)
def test_a1_to_a5_a_basket_costs_what_the_oracle_reckons(
    goods: list[Item], found: list[Reduction], carriage: Carriage
) -> None:
    assume(found == [] or found[0].kind != "bundle" or sum(item.pieces for item in goods) < 300)
    basket, _method, quote = _priced(goods, found, carriage)
    right = bill(goods, found, carriage)
    same(quote, right)
    _adds_up(goods, found, quote)
    assert (grosze(basket.total_excl_tax), len(quote.lines)) == (sum(right.nets), len(goods))


@pytest.mark.slow
@pytest.mark.usefixtures("in_memory")
@compared(40)
@given(few_pieces, limited, carriages)
@example(
    [Item("1.00", 23, 1), Item("10.00", 23, 1)],
    [Reduction("percent", "20", on=(0,), exclusive=True), Reduction("percent", "10", exclusive=True)],
    COURIER,
)
@example(
    [Item("1.00", 23, 1), Item("10.00", 23, 1)],
    [Reduction("percent", "20", on=(0,), exclusive=True), Reduction("cheapest", exclusive=True)],
    COURIER,
)
def test_a1_to_a5_offers_on_some_products_and_pieces_exclusive_or_not(
    goods: list[Item], found: list[Reduction], carriage: Carriage
) -> None:
    same(_priced(goods, found, carriage)[2], bill(goods, found, carriage))


@pytest.mark.slow
@pytest.mark.usefixtures("in_memory")
@compared(23)
@given(few_pieces, st.one_of(st.just([]), limited), carriages)
@example([Item("123.00", 23, 1)], [Reduction("percent", "10")], Carriage("0.00"))
@example([Item("0.01", (0, 5, 8, 23)[i % 4], i + 1) for i in range(100)], [Reduction("sum", "0.07")], COURIER)
def test_a1_to_a5_a_shop_that_sells_with_vat(goods: list[Item], found: list[Reduction], carriage: Carriage) -> None:
    with override_settings(OSCAR_OFFERS_INCL_TAX=True):
        basket, _method, quote = _priced(goods, found, carriage, gross=True)
        right = bill(goods, found, carriage, gross=True)
        same(quote, right)
        assert grosze(basket.total_incl_tax) == sum(right.grosses)


def _adds_up(goods: list[Item], found: list[Reduction], quote: Quote) -> None:
    """A sum off everything takes that sum off what the lines cost, to the grosz, or all of it."""
    if [each.kind for each in found] == ["sum"]:
        shown = sum(half_up(Fraction(item.price) * item.pieces) for item in goods)
        assert grosze(quote.goods_net) == max(0, shown - int(Decimal(found[0].value) * 100))
