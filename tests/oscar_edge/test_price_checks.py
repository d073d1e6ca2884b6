"""At start: price strategy and offers mean the same side (A2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from oscar.apps.partner import strategy
from oscar.apps.partner.prices import TaxInclusiveFixedPrice

from akcept.oscar_edge import price_checks, quotes
from shop.pricing.strategy import NetPrices


class _GrossList(strategy.UseFirstStockRecord, strategy.StockRequired, strategy.Structured):
    """The list's price is what the customer pays."""

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        net = (stockrecord.price / Decimal("1.23")).quantize(Decimal("0.01"))
        return TaxInclusiveFixedPrice(currency="PLN", excl_tax=net, tax=stockrecord.price - net)


class _NeedsMore(_GrossList):
    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        raise LookupError(product.pk)


@pytest.mark.parametrize(
    ("made", "offers_with_tax", "ids"),
    [
        (NetPrices, False, []),
        (NetPrices, True, ["akcept.W023"]),
        (_GrossList, True, []),
        (_GrossList, False, ["akcept.W022"]),
        (strategy.Default, False, []),
        (_NeedsMore, False, []),
    ],
)
def test_a2_prices_and_offers_have_to_mean_the_same_side(
    monkeypatch: pytest.MonkeyPatch, settings: Any, made: type[Any], offers_with_tax: bool, ids: list[str]
) -> None:
    settings.OSCAR_OFFERS_INCL_TAX = offers_with_tax
    monkeypatch.setattr(quotes, "strategy_for", lambda _user: made())
    assert [found.id for found in price_checks.offers_and_prices_agree()] == ids


def test_a2_baskets_of_a_fork_that_count_as_oscar_does_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert price_checks.figured_baskets() == []
    monkeypatch.setattr(price_checks, "get_model", lambda _app, name: type(name, (), {}))
    (error,) = price_checks.figured_baskets()
    assert (error.id, "basket.Line (FiguredLine)" in error.msg) == ("akcept.E021", True)
