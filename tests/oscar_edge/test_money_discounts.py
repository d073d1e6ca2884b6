"""In a shop that sells net, discounts are taken off net; right values, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.oscar_edge.money import cart_of, document_of, model, two_products, vat_of
from tests.support import offers

# --- A2: in a shop that sells net, discounts are taken off net ---

PERCENT = [
    ("10", "24.50", "23", "22.05"),
    ("10", "549.00", "23", "494.10"),
    ("50", "2196.00", "23", "1098.00"),
    ("20", "89.00", "8", "71.20"),
    ("0.01", "100.00", "23", "99.99"),
    ("99.99", "100.00", "23", "0.01"),
    ("100", "24.50", "23", "0.00"),
    ("10", "0.05", "23", "0.05"),  # 0.045, rounded half up
    ("33.33", "0.01", "23", "0.01"),
]


@pytest.mark.parametrize(("percent", "price", "rate", "net"), PERCENT)
@pytest.mark.parametrize("by_voucher", [False, True])
def test_a2_a_percentage_is_taken_off_the_net_price(
    cast: Cast, percent: str, price: str, rate: str, net: str, by_voucher: bool
) -> None:
    offer = offers.percent(percent, voucher=by_voucher)
    vouchers = (offers.voucher(offer),) if by_voucher else ()
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, (price, rate, 1), vouchers=vouchers))
    line = model("order.Line").objects.get(order_id=placed.order_id)
    assert str(line.line_price_excl_tax) == net
    assert str(document_of(placed).goods_net) == net
    noted = model("order.OrderDiscount").every.get(order_id=placed.order_id).amount
    assert noted == Decimal(price) - Decimal(net)


@pytest.mark.usefixtures("a_million_pieces")
def test_a2_a_percentage_lowers_a_million_pieces_and_not_ten_thousand(cast: Cast) -> None:
    offers.percent("10")
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.02", "23", 1_000_000)))
    assert str(document_of(placed).goods_net) == "18000.00"


ONE = [("24.50", "23", 1)]

KINDS = [
    ("absolute", lambda: offers.absolute("50.00"), [("24.50", "23", 2)], "0.00", "19.00"),
    ("absolute of two", lambda: offers.absolute("10.00"), [("10.00", "23", 1), ("30.00", "8", 1)], "30.00", "19.00"),
    ("fixed unit", lambda: offers.fixed_unit("1.50"), [("24.50", "23", 2)], "46.00", "19.00"),
    ("fixed price", lambda: offers.fixed_price("40.00", pieces=2), [("24.50", "23", 2)], "40.00", "19.00"),
    ("cheapest free", lambda: offers.cheapest_free(pieces=2), list(two_products()), "24.50", "19.00"),
    ("delivery percentage", lambda: offers.delivery("Shipping percentage", "50"), ONE, "24.50", "9.50"),
    ("delivery absolute", lambda: offers.delivery("Shipping absolute", "10.00"), ONE, "24.50", "9.00"),
    ("delivery fixed", lambda: offers.delivery("Shipping fixed price", "5.00"), ONE, "24.50", "5.00"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "goods", "net", "delivery"), [kind[1:] for kind in KINDS], ids=[k[0] for k in KINDS])
def test_a2_every_kind_of_offer_is_taken_off_net(
    cast: Cast, make: Callable[[], Any], goods: list[tuple[str, str, int]], net: str, delivery: str
) -> None:
    make()
    document = document_of(orders.place_cart(cast.anna, cart_of(cast.anna, *goods)))
    assert (str(document.goods_net), str(document.delivery_net)) == (net, delivery)
    assert document.delivery_gross == (document.delivery_net * Decimal("1.23")).quantize(Decimal("0.01"))


def test_a2_of_two_offers_on_a_delivery_the_one_that_lowers_it_is_noted(cast: Cast) -> None:
    offers.delivery("Shipping absolute", "10.00", priority=2)
    offers.delivery("Shipping percentage", "50", priority=1)
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("24.50", "23", 1)))
    assert str(document_of(placed).delivery_net) == "9.00"
    noted = model("order.OrderDiscount").every.filter(order_id=placed.order_id).values_list("amount", flat=True)
    assert [str(amount) for amount in noted] == ["10.00"]


def test_a2_in_a_shop_that_sells_gross_discounts_are_taken_off_gross(cast: Cast, settings: Any) -> None:
    """10 % of 123.00 is 12.30: the customer pays 110.70, of which 20.70 is VAT."""
    settings.OSCAR_OFFERS_INCL_TAX = True
    offers.percent("10")
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("100.00", "23", 1)), delivery_code="pickup")
    document = document_of(placed)
    assert (str(document.total_gross), str(document.total_net), vat_of(document)) == (
        "110.70",
        "90.00",
        [("0.23", "20.70")],
    )
    line = model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 3})
    assert str(document_of(placed).total_gross) == "332.10"
