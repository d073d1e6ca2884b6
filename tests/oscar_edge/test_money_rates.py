"""Rates and prices are facts kept with the line; right values, worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from akcept.kernel.errors import Changed
from akcept.ordering import actions
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import order_reader
from akcept.oscar_edge.models import PriceFacts
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.ui import formats
from tests.conftest import Visit
from tests.oscar_edge.money import CHECKOUT, cart_of, document_of, model, seen_on, vat_of
from tests.support import offers

# --- A1: the rate is a fact kept with the line ---


def test_a1_the_rate_is_kept_with_the_line(cast: Cast, visit: Visit) -> None:
    cart = cart_of(cast.anna, ("0.02", "23", 10_000))
    anna = visit(cast.anna)
    assert "PLN 50.37" in seen_on(anna.get(CHECKOUT))
    placed = orders.place_cart(cast.anna, cart)
    document = document_of(placed)
    assert (vat_of(document), str(document.total_gross)) == ([("0.23", "50.37")], "269.37")
    assert [line.vat_rate for line in document.lines] == [Decimal("0.23")]
    page = seen_on(anna.get(f"/orders/{placed.order_number}/"))
    assert ("PLN 50.37" in page, "PLN 46.00" in page) == (True, False)
    panel = seen_on(visit(cast.mia, superuser=True).get(f"/dashboard/acceptance/{placed.order_number}/"))
    assert ("50.37" in panel, "46.00" in panel) == (True, False)


def test_a1_a_rate_kept_stays_when_the_product_is_taxed_otherwise_or_gone(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.02", "8", 10)))
    product = model("catalogue.Product").objects.get()
    product.product_class = model("catalogue.ProductClass").objects.create(name="VAT 5", slug="vat-5")
    product.save()
    assert vat_of(document_of(placed)) == [("0.23", "4.37"), ("0.08", "0.02")]
    model("order.Line").objects.update(product=None)
    product.delete()
    assert vat_of(document_of(placed)) == [("0.23", "4.37"), ("0.08", "0.02")]


def test_a1b_a_changed_order_is_taxed_at_its_own_rates(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.02", "23", 10_000)))
    line = model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 9_000})
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2)
    order = orders.order(placed)
    assert (str(order.total_excl_tax), str(order.total_incl_tax)) == ("199.00", "244.77")
    placement = Placement.objects.get(pk=placed.order_id)
    assert (str(placement.total_net), str(placement.total_gross)) == ("199.00", "244.77")
    assert vat_of(document_of(placed)) == [("0.23", "45.77")]


def test_a1c_two_rates_stay_two_rates_when_an_order_is_changed(cast: Cast) -> None:
    placed = orders.place_cart(
        cast.anna, cart_of(cast.anna, ("0.12", "23", 100), ("6.00", "8", 1)), delivery_code="pickup"
    )
    line = model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 200})
    document = document_of(placed)
    assert vat_of(document) == [("0.23", "5.52"), ("0.08", "0.48")]
    assert (str(document.total_net), str(document.total_gross)) == ("30.00", "36.00")
    assert str(orders.order(placed).total_incl_tax) == "36.00"


@pytest.mark.usefixtures("a_million_pieces")
def test_a1_a_price_with_five_decimals_is_kept_whole(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """0.01235 x 1,000,000 = 12,350.00; from a price rounded to the grosz it would be 10,000.00."""
    from akcept.oscar_edge import figures

    price_of = figures.unit_of

    def by_list(price: Any, rate: Any, *, exact: bool) -> Any:
        price.excl_tax = Decimal("0.01235")
        return price_of(price, rate, exact=exact)

    monkeypatch.setattr(figures, "unit_of", by_list)
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.01", "23", 1_000_000)))
    assert str(document_of(placed).goods_net) == "12350.00"
    line = model("order.Line").objects.get(order_id=placed.order_id)
    for version, (pieces, net) in enumerate([(1, "0.01"), (99_999, "1234.99"), (100_000, "1235.00")], start=1):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=version, quantities={line.pk: pieces})
        assert str(document_of(placed).goods_net) == net
    assert str(document_of(placed).lines[0].unit_net) == "0.01235"
    assert ("0.01235" in seen_on(visit(cast.anna).get(f"/orders/{placed.order_number}/"))) is True


@pytest.mark.parametrize(
    ("price", "shown"), [("0.01235", "0.01235"), ("24.5", "24.50"), ("1234.50000000", "1,234.50"), ("0.125", "0.125")]
)
def test_a1_the_price_of_a_piece_is_shown_with_the_decimals_it_has(price: str, shown: str) -> None:
    with translation.override("en"):
        assert formats.unit_price(Decimal(price)) == shown


def test_a1_a_changed_rate_with_the_same_net_price_is_a_difference(cast: Cast) -> None:
    ShopTerms.objects.create(pk=1, price_days=7)
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("10.00", "8", 10)), delivery_code="pickup")
    product = model("catalogue.Product").objects.get()
    product.product_class = model("catalogue.ProductClass").objects.get_or_create(name="VAT 23", slug="vat-23")[0]
    product.save()
    later = timezone.now() + timedelta(days=8)
    with pytest.raises(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1, now=later)
    document = document_of(placed)
    assert (vat_of(document), str(document.total_gross)) == ([("0.23", "23.00")], "123.00")
    assert str(Placement.objects.get(pk=placed.order_id).total_gross) == "123.00"
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2, now=later)
    assert orders.order(placed).status == "unhandled"


def test_a1_an_order_of_a_line_and_its_delivery_has_its_facts_and_loses_them_with_it(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.02", "23", 3), ("5.00", "5", 1)))
    assert PriceFacts.objects.filter(line__order_id=placed.order_id).count() == 2
    assert PriceFacts.objects.filter(order_id=placed.order_id).count() == 1
    first = model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 0})
    assert PriceFacts.objects.filter(line__order_id=placed.order_id).count() == 1


def test_a1_an_order_made_by_oscar_s_creator_keeps_its_rates_too(cast: Cast) -> None:
    from oscar.core.loading import get_class
    from oscar.core.prices import Price

    from akcept.oscar_edge import quotes
    from shop.shipping.methods import Courier

    cart = cart_of(cast.paul, ("0.02", "23", 100), ("0.02", "8", 100))
    basket = model("basket.Basket").objects.get(pk=cart)
    basket.strategy = quotes.strategy_for(cast.paul.user)
    method, charge = Courier(), Price("PLN", Decimal("19.00"), Decimal("23.37"))
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket, Price("PLN", Decimal("23.00"), Decimal("27.99")), method, charge, user=cast.paul.user
    )
    document = order_reader().document(order.pk)
    assert vat_of(document) == [("0.23", "4.83"), ("0.08", "0.16")]
    assert str(document.total_gross) == "27.99"


@pytest.mark.parametrize("gone", [True, False])
def test_a3_a_line_says_of_what_is_unknown_that_it_is(cast: Cast, gone: bool) -> None:
    """None as in Oscar: of a price that was taken away, and of a tax that is not known yet."""
    from oscar.apps.partner import prices

    from akcept.oscar_edge import quotes

    basket = model("basket.Basket").objects.get(pk=cart_of(cast.anna, ("10.00", "23", 2)))
    basket.strategy = quotes.strategy_for(cast.anna.user)
    line = basket.all_lines()[0]
    assert str(line.line_tax) == "4.60"
    price = prices.Unavailable() if gone else prices.FixedPrice("PLN", Decimal("10.00"), tax=None)
    line._info = line.purchase_info._replace(price=price)  # where Oscar keeps it
    assert line.line_tax is None
    net = None if gone else Decimal("20.00")
    assert (line.line_price_excl_tax, line.line_price_excl_tax_incl_discounts) == (net, net)


# --- A5: what a line cost before discounts ---


def test_a5_a_line_discounted_to_nothing_cost_123_gross_before(cast: Cast) -> None:
    offers.percent("100")
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("100.00", "23", 1)))
    line = model("order.Line").objects.get(order_id=placed.order_id)
    before = (line.line_price_before_discounts_excl_tax, line.line_price_before_discounts_incl_tax)
    assert ([str(value) for value in before], str(line.line_price_incl_tax)) == (["100.00", "123.00"], "0.00")


def test_a5_a_changed_line_says_what_its_pieces_cost_before(cast: Cast) -> None:
    offers.percent("100")
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("100.00", "23", 1)))
    line = model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 3})
    line.refresh_from_db()
    before = (line.line_price_before_discounts_excl_tax, line.line_price_before_discounts_incl_tax)
    assert [str(value) for value in before] == ["300.00", "369.00"]
