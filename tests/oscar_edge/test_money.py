"""Money has one source: rates, prices and discounts are kept with the line; right values, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from akcept.kernel.errors import Changed, Invalid, NotFound, OutOfStock
from akcept.ordering import actions, queries
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import OrderDocument, order_reader
from akcept.oscar_edge.models import PriceFacts
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from akcept.ui import formats
from tests.conftest import Visit
from tests.support import offers

BASKET = "/basket/"
CHECKOUT = "/checkout/"


def _model(label: str) -> Any:
    return apps.get_model(label)


def _document(placed: Any) -> OrderDocument:
    return order_reader().document(placed.order_id)


def _vat(document: Any) -> list[tuple[str, str]]:
    return [(str(row.rate.normalize()), str(row.vat)) for row in document.vat]


def _cart(person: Person, *goods: tuple[str, str, int], vouchers: tuple[Any, ...] = ()) -> int:
    """Fill a basket with (price, VAT rate in per cent, pieces)."""
    records = [
        carts.stock(f"M{price.replace('.', '_')}-{rate}", price=price, rate=int(rate), number=2_000_000)
        for price, rate, _pieces in goods
    ]
    cart = carts.fill(person, records=records)
    for record, (_price, _rate, pieces) in zip(records, goods, strict=True):
        _model("basket.Line").objects.filter(basket_id=cart, stockrecord=record).update(quantity=pieces)
    for voucher in vouchers:
        _model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    return cart


def _html(message: Any) -> str:
    return str(message.alternatives[0][0])


def _seen(page: Any) -> str:
    return str(page.content.decode().replace("\u00a0", " "))


# --- A1: the rate is a fact kept with the line ---


def test_a1_the_rate_is_kept_with_the_line(cast: Cast, visit: Visit) -> None:
    cart = _cart(cast.anna, ("0.02", "23", 10_000))
    anna = visit(cast.anna)
    assert "PLN 50.37" in _seen(anna.get(CHECKOUT))
    placed = orders.place_cart(cast.anna, cart)
    document = _document(placed)
    assert (_vat(document), str(document.total_gross)) == ([("0.23", "50.37")], "269.37")
    assert [line.vat_rate for line in document.lines] == [Decimal("0.23")]
    page = _seen(anna.get(f"/orders/{placed.order_number}/"))
    assert ("PLN 50.37" in page, "PLN 46.00" in page) == (True, False)
    panel = _seen(visit(cast.mia, superuser=True).get(f"/dashboard/acceptance/{placed.order_number}/"))
    assert ("50.37" in panel, "46.00" in panel) == (True, False)


def test_a1_a_rate_kept_stays_when_the_product_is_taxed_otherwise_or_gone(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.02", "8", 10)))
    product = _model("catalogue.Product").objects.get()
    product.product_class = _model("catalogue.ProductClass").objects.create(name="VAT 5", slug="vat-5")
    product.save()
    assert _vat(_document(placed)) == [("0.23", "4.37"), ("0.08", "0.02")]
    _model("order.Line").objects.update(product=None)
    product.delete()
    assert _vat(_document(placed)) == [("0.23", "4.37"), ("0.08", "0.02")]


def test_a1b_a_changed_order_is_taxed_at_its_own_rates(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.02", "23", 10_000)))
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 9_000})
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2)
    order = orders.order(placed)
    assert (str(order.total_excl_tax), str(order.total_incl_tax)) == ("199.00", "244.77")
    placement = Placement.objects.get(pk=placed.order_id)
    assert (str(placement.total_net), str(placement.total_gross)) == ("199.00", "244.77")
    assert _vat(_document(placed)) == [("0.23", "45.77")]


def test_a1c_two_rates_stay_two_rates_when_an_order_is_changed(cast: Cast) -> None:
    placed = orders.place_cart(
        cast.anna, _cart(cast.anna, ("0.12", "23", 100), ("6.00", "8", 1)), delivery_code="pickup"
    )
    line = _model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 200})
    document = _document(placed)
    assert _vat(document) == [("0.23", "5.52"), ("0.08", "0.48")]
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
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.01", "23", 1_000_000)))
    assert str(_document(placed).goods_net) == "12350.00"
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    for version, (pieces, net) in enumerate([(1, "0.01"), (99_999, "1234.99"), (100_000, "1235.00")], start=1):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=version, quantities={line.pk: pieces})
        assert str(_document(placed).goods_net) == net
    assert str(_document(placed).lines[0].unit_net) == "0.01235"
    assert ("0.01235" in _seen(visit(cast.anna).get(f"/orders/{placed.order_number}/"))) is True


@pytest.mark.parametrize(
    ("price", "shown"), [("0.01235", "0.01235"), ("24.5", "24.50"), ("1234.50000000", "1,234.50"), ("0.125", "0.125")]
)
def test_a1_the_price_of_a_piece_is_shown_with_the_decimals_it_has(price: str, shown: str) -> None:
    with translation.override("en"):
        assert formats.unit_price(Decimal(price)) == shown


def test_a1_a_changed_rate_with_the_same_net_price_is_a_difference(cast: Cast) -> None:
    ShopTerms.objects.create(pk=1, price_days=7)
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("10.00", "8", 10)), delivery_code="pickup")
    product = _model("catalogue.Product").objects.get()
    product.product_class = _model("catalogue.ProductClass").objects.get_or_create(name="VAT 23", slug="vat-23")[0]
    product.save()
    later = timezone.now() + timedelta(days=8)
    with pytest.raises(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1, now=later)
    document = _document(placed)
    assert (_vat(document), str(document.total_gross)) == ([("0.23", "23.00")], "123.00")
    assert str(Placement.objects.get(pk=placed.order_id).total_gross) == "123.00"
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2, now=later)
    assert orders.order(placed).status == "unhandled"


def test_a1_an_order_of_a_line_and_its_delivery_has_its_facts_and_loses_them_with_it(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.02", "23", 3), ("5.00", "5", 1)))
    assert PriceFacts.objects.filter(line__order_id=placed.order_id).count() == 2
    assert PriceFacts.objects.filter(order_id=placed.order_id).count() == 1
    first = _model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 0})
    assert PriceFacts.objects.filter(line__order_id=placed.order_id).count() == 1


def test_a1_an_order_made_by_oscar_s_creator_keeps_its_rates_too(cast: Cast) -> None:
    from oscar.core.loading import get_class
    from oscar.core.prices import Price

    from akcept.oscar_edge import quotes
    from shop.shipping.methods import Courier

    cart = _cart(cast.paul, ("0.02", "23", 100), ("0.02", "8", 100))
    basket = _model("basket.Basket").objects.get(pk=cart)
    basket.strategy = quotes.strategy_for(cast.paul.user)
    method, charge = Courier(), Price("PLN", Decimal("19.00"), Decimal("23.37"))
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket, Price("PLN", Decimal("23.00"), Decimal("27.99")), method, charge, user=cast.paul.user
    )
    document = order_reader().document(order.pk)
    assert _vat(document) == [("0.23", "4.83"), ("0.08", "0.16")]
    assert str(document.total_gross) == "27.99"


@pytest.mark.parametrize("gone", [True, False])
def test_a3_a_line_says_of_what_is_unknown_that_it_is(cast: Cast, gone: bool) -> None:
    """None as in Oscar: of a price that was taken away, and of a tax that is not known yet."""
    from oscar.apps.partner import prices

    from akcept.oscar_edge import quotes

    basket = _model("basket.Basket").objects.get(pk=_cart(cast.anna, ("10.00", "23", 2)))
    basket.strategy = quotes.strategy_for(cast.anna.user)
    line = basket.all_lines()[0]
    assert str(line.line_tax) == "4.60"
    price = prices.Unavailable() if gone else prices.FixedPrice("PLN", Decimal("10.00"), tax=None)
    line._info = line.purchase_info._replace(price=price)  # where Oscar keeps it
    assert line.line_tax is None
    net = None if gone else Decimal("20.00")
    assert (line.line_price_excl_tax, line.line_price_excl_tax_incl_discounts) == (net, net)


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
    placed = orders.place_cart(cast.anna, _cart(cast.anna, (price, rate, 1), vouchers=vouchers))
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    assert str(line.line_price_excl_tax) == net
    assert str(_document(placed).goods_net) == net
    noted = _model("order.OrderDiscount").every.get(order_id=placed.order_id).amount
    assert noted == Decimal(price) - Decimal(net)


@pytest.mark.usefixtures("a_million_pieces")
def test_a2_a_percentage_lowers_a_million_pieces_and_not_ten_thousand(cast: Cast) -> None:
    offers.percent("10")
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.02", "23", 1_000_000)))
    assert str(_document(placed).goods_net) == "18000.00"


def _two_products() -> tuple[tuple[str, str, int], ...]:
    return ("24.50", "23", 1), ("10.00", "8", 1)


ONE = [("24.50", "23", 1)]
KINDS = [
    ("absolute", lambda: offers.absolute("50.00"), [("24.50", "23", 2)], "0.00", "19.00"),
    ("absolute of two", lambda: offers.absolute("10.00"), [("10.00", "23", 1), ("30.00", "8", 1)], "30.00", "19.00"),
    ("fixed unit", lambda: offers.fixed_unit("1.50"), [("24.50", "23", 2)], "46.00", "19.00"),
    ("fixed price", lambda: offers.fixed_price("40.00", pieces=2), [("24.50", "23", 2)], "40.00", "19.00"),
    ("cheapest free", lambda: offers.cheapest_free(pieces=2), list(_two_products()), "24.50", "19.00"),
    ("delivery percentage", lambda: offers.delivery("Shipping percentage", "50"), ONE, "24.50", "9.50"),
    ("delivery absolute", lambda: offers.delivery("Shipping absolute", "10.00"), ONE, "24.50", "9.00"),
    ("delivery fixed", lambda: offers.delivery("Shipping fixed price", "5.00"), ONE, "24.50", "5.00"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "goods", "net", "delivery"), [kind[1:] for kind in KINDS], ids=[k[0] for k in KINDS])
def test_a2_every_kind_of_offer_is_taken_off_net(
    cast: Cast, make: Callable[[], Any], goods: list[tuple[str, str, int]], net: str, delivery: str
) -> None:
    make()
    document = _document(orders.place_cart(cast.anna, _cart(cast.anna, *goods)))
    assert (str(document.goods_net), str(document.delivery_net)) == (net, delivery)
    assert document.delivery_gross == (document.delivery_net * Decimal("1.23")).quantize(Decimal("0.01"))


def test_a2_of_two_offers_on_a_delivery_the_one_that_lowers_it_is_noted(cast: Cast) -> None:
    offers.delivery("Shipping absolute", "10.00", priority=2)
    offers.delivery("Shipping percentage", "50", priority=1)
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("24.50", "23", 1)))
    assert str(_document(placed).delivery_net) == "9.00"
    noted = _model("order.OrderDiscount").every.filter(order_id=placed.order_id).values_list("amount", flat=True)
    assert [str(amount) for amount in noted] == ["10.00"]


def test_a2_in_a_shop_that_sells_gross_discounts_are_taken_off_gross(cast: Cast, settings: Any) -> None:
    """10 % of 123.00 is 12.30: the customer pays 110.70, of which 20.70 is VAT."""
    settings.OSCAR_OFFERS_INCL_TAX = True
    offers.percent("10")
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("100.00", "23", 1)), delivery_code="pickup")
    document = _document(placed)
    assert (str(document.total_gross), str(document.total_net), _vat(document)) == (
        "110.70",
        "90.00",
        [("0.23", "20.70")],
    )
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 3})
    assert str(_document(placed).total_gross) == "332.10"


# --- A3: no figure of Oscar's can end a page ---


A3 = [
    ("absolute above the value", lambda: offers.absolute("50.00", voucher=True), (("24.50", "23", 2),), "0.00"),
    ("100 %", lambda: offers.percent("100", voucher=True), (("24.50", "23", 2),), "0.00"),
    ("cheapest free", lambda: offers.cheapest_free(pieces=2, voucher=True), _two_products(), "24.50"),
]


@pytest.mark.parametrize(("make", "goods", "net"), [case[1:] for case in A3], ids=[case[0] for case in A3])
def test_a3_what_a_discount_leaves_nothing_of_can_be_looked_at_and_ordered(
    cast: Cast, visit: Visit, make: Callable[[], Any], goods: Any, net: str
) -> None:
    voucher = offers.voucher(make())
    cart = _cart(cast.anna, *goods, vouchers=(voucher,))
    anna = visit(cast.anna)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    assert "0.00" in _seen(anna.get(BASKET))
    placed = orders.place_cart(cast.anna, cart)
    assert str(_document(placed).goods_net) == net
    assert anna.get(f"/orders/{placed.order_number}/").status_code == 200


def test_a3_a_row_names_its_discount_wherever_it_is_shown(cast: Cast, visit: Visit) -> None:
    voucher = offers.voucher(offers.percent("100", voucher=True))
    cart = _cart(cast.anna, ("24.50", "23", 2), ("10.01", "8", 3), vouchers=(voucher,))
    row, off = "2 × 24.50", "discount −49.00"
    assert all(off in _seen(visit(cast.anna).get(page)) for page in (BASKET, CHECKOUT))
    placed = orders.place_cart(cast.anna, cart)
    assert [(line.discount, line.net) for line in _document(placed).lines] == [
        (Decimal("49.00"), Decimal(0)),
        (Decimal("30.03"), Decimal(0)),
    ]
    assert off in _seen(visit(cast.anna).get(f"/orders/{placed.order_number}/"))
    deliver()
    mails = {sent.to[0].partition("@")[0]: sent for sent in mail.outbox}
    assert f"{row} ({off}) = 0.00" in mails["cora"].body
    assert off in _html(mails["cora"])
    assert "2 × 24,50 (rabat −49,00) = 0,00" in mails["ben"].body
    assert "rabat −49,00" in _html(mails["ben"])


def test_a3_what_nothing_is_taken_off_names_no_discount(cast: Cast, visit: Visit) -> None:
    # 0.333 net: three pieces are 1.00, not 0.999.
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.333", "23", 3)))
    assert [line.discount for line in _document(placed).lines] == [Decimal(0)]
    assert "discount −" not in _seen(visit(cast.anna).get(f"/orders/{placed.order_number}/"))


def test_a3_a_basket_names_no_discount_that_there_is_not(cast: Cast, visit: Visit) -> None:
    _cart(cast.anna, ("0.333", "23", 3))
    assert "discount −" not in _seen(visit(cast.anna).get(BASKET))


def test_a3_four_pieces_with_a_voucher_reduced_to_two(cast: Cast, visit: Visit) -> None:
    voucher = offers.voucher(offers.absolute("50.00", voucher=True))
    cart = _cart(cast.anna, ("24.50", "23", 4))
    anna = visit(cast.anna)
    anna.post(reverse("basket:vouchers-add"), {"code": voucher.code})
    assert "PLN 48.00" in _seen(anna.get(BASKET))
    _model("basket.Line").objects.filter(basket_id=cart).update(quantity=2)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    anna.post(reverse("basket:vouchers-remove", kwargs={"pk": voucher.pk}))
    assert "PLN 49.00" in _seen(anna.get(BASKET))


def test_a3_a_price_that_was_taken_away_ends_no_page_and_is_not_ordered(cast: Cast, visit: Visit) -> None:
    offers.percent("10", from_value="5.00")
    cart = _cart(cast.anna, ("24.50", "23", 2), ("10.00", "8", 1))
    _model("partner.StockRecord").objects.filter(price=Decimal("10.00")).update(price=None)
    anna = visit(cast.anna)
    pages = [anna.get(page) for page in ("/catalogue/", BASKET, CHECKOUT)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "PLN 44.10" in _seen(pages[1])
    told = "“Produkt M10_00-8” has no price at the moment. Remove it from your basket, or ask the shop."
    assert [(told in _seen(page), ">no price<" in _seen(page)) for page in pages[1:]] == [(True, True), (True, True)]
    assert (">0.00<" in _seen(pages[1]), "Continue to review" in _seen(pages[1])) == (False, False)
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
    cart = _cart(cast.anna, ("24.50", "23", 2))
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
    cart = _cart(cast.anna, ("24.50", "23", 1))
    assert "PLN 22.05" in _seen(visit(cast.anna).get(BASKET))
    assert str(broken.pk) in caplog.text
    assert str(_document(orders.place_cart(cast.anna, cart)).goods_net) == "22.05"


def _in_euro(cast: Cast, price: str) -> int:
    record = carts.stock("EURO", price=price)
    record.price_currency = "EUR"
    record.save()
    return carts.fill(cast.anna, records=[record], quantity=10)


def test_a3_a_delivery_is_charged_in_the_basket_s_currency(cast: Cast, visit: Visit) -> None:
    cart = _in_euro(cast, "0.02")
    assert "4.50" in _seen(visit(cast.anna).get(CHECKOUT))
    document = _document(orders.place_cart(cast.anna, cart))
    assert (document.currency, str(document.delivery_net), str(document.total_net)) == ("EUR", "4.50", "4.70")
    assert (_vat(document), str(document.total_gross)) == ([("0.23", "1.08")], "5.78")


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
    cart = _cart(cast.anna, ("9999999.99", "23", 10_000))
    anna = visit(cast.anna)
    assert [anna.get(page).status_code for page in (BASKET, CHECKOUT)] == [200, 200]
    assert told in _seen(anna.get(CHECKOUT))
    with pytest.raises(Invalid, match=r"999,999,999\.99"):
        orders.place_cart(cast.anna, cart)
    _model("basket.Line").objects.filter(basket_id=cart).update(quantity=81)
    placed = orders.place_cart(cast.anna, cart, delivery_code="pickup")
    assert str(_document(placed).total_gross) == "996299999.00"
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    with pytest.raises(Invalid, match=r"999,999,999\.99"):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 10_000})
    assert str(_document(placed).total_gross) == "996299999.00"


# --- how many pieces an order holds: one limit for baskets, the checkout, and changes ---

TOO_MANY = "an order holds up to 10,000 pieces, and this one would hold 10,001."


def test_a3_an_order_is_changed_to_no_more_pieces_than_a_basket_holds(cast: Cast, visit: Visit) -> None:
    """It was 100,000 of each line, where a basket holds 10,000 in all."""
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("1.00", "23", 5_000), ("2.00", "23", 1)))
    first, second = _model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")
    with pytest.raises(Invalid, match=TOO_MANY) as refused:
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={second.pk: 5_001})
    assert (refused.value.field, second.title in str(refused.value)) == (f"quantity-{second.pk}", True)
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_999, second.pk: 5_001}
    )
    assert str(_document(placed).goods_net) == "15001.00"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", TOO_MANY),
        ("pl", "zamówienie mieści do 10\xa0000 sztuk, a to miałoby ich 10\xa0001."),
    ],
)
def test_a3_the_page_that_changes_an_order_says_so_beside_the_line_and_keeps_what_was_typed(
    cast: Cast, visit: Visit, language: str, told: str
) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("1.00", "23", 5_000)))
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    anna = visit(cast.anna)
    anna.cookies["django_language"] = language
    page = f"/orders/{placed.order_number}/change/"
    form = {"version": "1", f"quantity-{line.pk}": "10001"}
    for sent in (form | {"preview": "1"}, form):
        answer = anna.post(page, sent)
        text = answer.content.decode()
        assert (answer.status_code, told in text, 'value="10001"' in text) == (422, True, True)


def test_a3_an_order_that_has_more_than_it_may_is_made_smaller_only(cast: Cast, settings: Any) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("1.00", "23", 5_000), ("2.00", "23", 10)))
    first, second = _model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")
    settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 100
    with pytest.raises(Invalid, match="up to 100 pieces"):
        actions.resubmit(
            placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_000, second.pk: 11}
        )
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_000})
    assert str(_document(placed).goods_net) == "4020.00"


def test_a3_a_basket_that_came_to_hold_too_much_is_told_at_the_checkout_and_not_ordered(
    cast: Cast, visit: Visit
) -> None:
    """Two baskets become one at the login, and a limit may be lowered."""
    told = "An order holds up to 10,000 pieces, and your basket has 10,001. Order less."
    cart = _cart(cast.anna, ("1.00", "23", 10_001))
    assert told in _seen(visit(cast.anna).get(CHECKOUT))
    with pytest.raises(Invalid, match="up to 10,000 pieces"):
        orders.place_cart(cast.anna, cart)


# --- A5: what a line cost before discounts ---


def test_a5_a_line_discounted_to_nothing_cost_123_gross_before(cast: Cast) -> None:
    offers.percent("100")
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("100.00", "23", 1)))
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    before = (line.line_price_before_discounts_excl_tax, line.line_price_before_discounts_incl_tax)
    assert ([str(value) for value in before], str(line.line_price_incl_tax)) == (["100.00", "123.00"], "0.00")


def test_a5_a_changed_line_says_what_its_pieces_cost_before(cast: Cast) -> None:
    offers.percent("100")
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("100.00", "23", 1)))
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 3})
    line.refresh_from_db()
    before = (line.line_price_before_discounts_excl_tax, line.line_price_before_discounts_incl_tax)
    assert [str(value) for value in before] == ["300.00", "369.00"]


def test_the_menu_the_basket_and_the_checkout_name_one_sum(cast: Cast, visit: Visit) -> None:
    """Each line is rounded once: 0.045 and 0.045 are 0.05 and 0.05, not 0.09."""
    offers.percent("10")
    _cart(cast.anna, ("0.05", "23", 1), ("0.050", "8", 1))
    anna = visit(cast.anna)
    assert ["PLN 0.10" in _seen(anna.get(page)) for page in (BASKET, CHECKOUT)] == [True, True]


def test_otto_and_the_wrong_branch_see_nothing_of_its_figures(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, ("0.02", "23", 10_000)))
    for stranger in (cast.otto, cast.jan):
        with pytest.raises(NotFound):
            queries.order(stranger.actor, placed.order_number)
