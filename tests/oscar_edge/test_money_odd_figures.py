"""Whatever the shop prices and discounts, no figure ends a page or is ordered by mistake."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from akcept.kernel.errors import Invalid, OutOfStock
from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.oscar_edge.money import BASKET, CHECKOUT, cart_of, document_of, html_of, model, seen_on, two_products, vat_of
from tests.support import offers

# --- A3: no figure of Oscar's can end a page ---


A3 = [
    ("absolute above the value", lambda: offers.absolute("50.00", voucher=True), (("24.50", "23", 2),), "0.00"),
    ("100 %", lambda: offers.percent("100", voucher=True), (("24.50", "23", 2),), "0.00"),
    ("cheapest free", lambda: offers.cheapest_free(pieces=2, voucher=True), two_products(), "24.50"),
]


@pytest.mark.parametrize(("make", "goods", "net"), [case[1:] for case in A3], ids=[case[0] for case in A3])
def test_a3_what_a_discount_leaves_nothing_of_can_be_looked_at_and_ordered(
    cast: Cast, visit: Visit, make: Callable[[], Any], goods: Any, net: str
) -> None:
    voucher = offers.voucher(make())
    cart = cart_of(cast.anna, *goods, vouchers=(voucher,))
    anna = visit(cast.anna)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    assert "0.00" in seen_on(anna.get(BASKET))
    placed = orders.place_cart(cast.anna, cart)
    assert str(document_of(placed).goods_net) == net
    assert anna.get(f"/orders/{placed.order_number}/").status_code == 200


def test_a3_a_row_names_its_discount_wherever_it_is_shown(cast: Cast, visit: Visit) -> None:
    voucher = offers.voucher(offers.percent("100", voucher=True))
    cart = cart_of(cast.anna, ("24.50", "23", 2), ("10.01", "8", 3), vouchers=(voucher,))
    row, off = "2 × 24.50", "discount −49.00"
    assert all(off in seen_on(visit(cast.anna).get(page)) for page in (BASKET, CHECKOUT))
    placed = orders.place_cart(cast.anna, cart)
    assert [(line.discount, line.net) for line in document_of(placed).lines] == [
        (Decimal("49.00"), Decimal(0)),
        (Decimal("30.03"), Decimal(0)),
    ]
    assert off in seen_on(visit(cast.anna).get(f"/orders/{placed.order_number}/"))
    deliver()
    mails = {sent.to[0].partition("@")[0]: sent for sent in mail.outbox}
    assert f"{row} ({off}) = 0.00" in mails["cora"].body
    assert off in html_of(mails["cora"])
    assert "2 × 24,50 (rabat −49,00) = 0,00" in mails["ben"].body
    assert "rabat −49,00" in html_of(mails["ben"])


def test_a3_what_nothing_is_taken_off_names_no_discount(cast: Cast, visit: Visit) -> None:
    # 0.333 net: three pieces are 1.00, not 0.999.
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.333", "23", 3)))
    assert [line.discount for line in document_of(placed).lines] == [Decimal(0)]
    assert "discount −" not in seen_on(visit(cast.anna).get(f"/orders/{placed.order_number}/"))


def test_a3_a_basket_names_no_discount_that_there_is_not(cast: Cast, visit: Visit) -> None:
    cart_of(cast.anna, ("0.333", "23", 3))
    assert "discount −" not in seen_on(visit(cast.anna).get(BASKET))


def test_a3_four_pieces_with_a_voucher_reduced_to_two(cast: Cast, visit: Visit) -> None:
    voucher = offers.voucher(offers.absolute("50.00", voucher=True))
    cart = cart_of(cast.anna, ("24.50", "23", 4))
    anna = visit(cast.anna)
    anna.post(reverse("basket:vouchers-add"), {"code": voucher.code})
    assert "PLN 48.00" in seen_on(anna.get(BASKET))
    model("basket.Line").objects.filter(basket_id=cart).update(quantity=2)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    anna.post(reverse("basket:vouchers-remove", kwargs={"pk": voucher.pk}))
    assert "PLN 49.00" in seen_on(anna.get(BASKET))


def test_a3_a_price_that_was_taken_away_ends_no_page_and_is_not_ordered(cast: Cast, visit: Visit) -> None:
    offers.percent("10", from_value="5.00")
    cart = cart_of(cast.anna, ("24.50", "23", 2), ("10.00", "8", 1))
    model("partner.StockRecord").objects.filter(price=Decimal("10.00")).update(price=None)
    anna = visit(cast.anna)
    pages = [anna.get(page) for page in ("/catalogue/", BASKET, CHECKOUT)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "PLN 44.10" in seen_on(pages[1])
    told = "“Produkt M10_00-8” has no price at the moment. Remove it from your basket, or ask the shop."
    assert [(told in seen_on(page), ">no price<" in seen_on(page)) for page in pages[1:]] == [
        (True, True),
        (True, True),
    ]
    assert (">0.00<" in seen_on(pages[1]), "Continue to review" in seen_on(pages[1])) == (False, False)
    with pytest.raises(OutOfStock, match="“Produkt M10_00-8” has no price at the moment"):
        orders.place_cart(cast.anna, cart)


@pytest.mark.parametrize("bad", [Decimal("-1.00"), Decimal("NaN"), Decimal("Infinity"), float("nan"), "free", None])
def test_a3_what_is_no_price_is_shown_at_nothing_and_not_ordered(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch, bad: Any
) -> None:
    from shop.pricing.strategy import NetPrices

    fetch = NetPrices.pricing_policy

    def broken(self: Any, product: Any, stockrecord: Any) -> Any:
        price = fetch(self, product, stockrecord)
        price.excl_tax = bad
        return price

    monkeypatch.setattr(NetPrices, "pricing_policy", broken)
    offers.percent("10")
    cart = cart_of(cast.anna, ("24.50", "23", 2))
    anna = visit(cast.anna)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    with pytest.raises(OutOfStock):
        orders.place_cart(cast.anna, cart)


def test_a3_an_offer_that_cannot_be_computed_is_left_out(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from oscar.apps.offer.benefits import FixedUnitDiscountBenefit

    offers.percent("10", priority=1)
    broken = offers.fixed_unit("5.00", priority=2)

    def fails(self: Any, _offer: Any, basket: Any, **_more: Any) -> Any:
        basket.all_lines()[0].discount(Decimal(3), 1, incl_tax=False, offer=broken)
        raise ZeroDivisionError

    monkeypatch.setattr(FixedUnitDiscountBenefit, "get_applicable_lines", fails)
    cart = cart_of(cast.anna, ("24.50", "23", 1))
    assert "PLN 22.05" in seen_on(visit(cast.anna).get(BASKET))
    assert str(broken.pk) in caplog.text
    assert str(document_of(orders.place_cart(cast.anna, cart)).goods_net) == "22.05"


def _in_euro(cast: Cast, price: str) -> int:
    record = carts.stock("EURO", price=price)
    record.price_currency = "EUR"
    record.save()
    return carts.fill(cast.anna, records=[record], quantity=10)


def test_a3_a_delivery_is_charged_in_the_basket_s_currency(cast: Cast, visit: Visit) -> None:
    cart = _in_euro(cast, "0.02")
    assert "4.50" in seen_on(visit(cast.anna).get(CHECKOUT))
    document = document_of(orders.place_cart(cast.anna, cart))
    assert (document.currency, str(document.delivery_net), str(document.total_net)) == ("EUR", "4.50", "4.70")
    assert (vat_of(document), str(document.total_gross)) == ([("0.23", "1.08")], "5.78")


def test_a3_a_delivery_whose_charge_is_in_another_currency_is_not_offered(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.shipping.methods import Courier, Pallet

    for method in (Courier, Pallet):
        monkeypatch.setattr(method, "charges", {"PLN": Decimal("19.00")})
    cart = _in_euro(cast, "5.00")
    page = visit(cast.anna).get(CHECKOUT).content.decode()
    assert ('value="pickup"' in page, 'value="courier"' in page, 'value="pallet"' in page) == (True, False, False)
    with pytest.raises(Invalid):
        orders.place_cart(cast.anna, cart)


def test_a3_more_money_than_an_order_has_room_for_is_refused_before_and_after(cast: Cast, visit: Visit) -> None:
    told = "An order may come to up to 999,999,999.99 with VAT. Order less, or in several orders."
    cart = cart_of(cast.anna, ("9999999.99", "23", 10_000))
    anna = visit(cast.anna)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    assert told in seen_on(anna.get(CHECKOUT))
    with pytest.raises(Invalid, match=r"999,999,999\.99"):
        orders.place_cart(cast.anna, cart)
    model("basket.Line").objects.filter(basket_id=cart).update(quantity=81)
    placed = orders.place_cart(cast.anna, cart, delivery_code="pickup")
    assert str(document_of(placed).total_gross) == "996299999.00"
    line = model("order.Line").objects.get(order_id=placed.order_id)
    with pytest.raises(Invalid, match=r"999,999,999\.99"):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 10_000})
    assert str(document_of(placed).total_gross) == "996299999.00"
