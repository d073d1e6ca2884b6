"""Rows A1 to A5 of what was found: the right value of each, as a literal, on every surface that shows it.

`tests/support/surfaces.py` reads the surfaces; A6 is in tests/storefront/test_typed.py, A7 in test_refunds.py, A8 in
tests/storefront/budgets/test_budgets.py.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from oscar.apps.partner.prices import TaxInclusiveFixedPrice

from akcept.ordering import actions
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from shop.pricing.strategy import NetPrices
from tests.conftest import Visit
from tests.support import offers, surfaces
from tests.support.surfaces import Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A row: goods as (net price, VAT rate, pieces), what is off them, what is changed then, and what comes of it."""

    goods: tuple[tuple[str, int, int], ...]
    right: Sums
    off: Callable[[bool], Any] | None = None
    by_voucher: bool = False
    #: How many pieces the first line is changed to, and what the order costs then.
    pieces: int | None = None
    changed: Sums | None = None
    currency: str = "PLN"


def _sums(goods: str, delivery: str, vat: dict[str, str], gross: str) -> Sums:
    return Sums(goods=goods, delivery=delivery, vat=vat, gross=gross)


def _percent(value: str) -> Callable[[bool], Any]:
    return lambda voucher: offers.percent(value, voucher=voucher)


def _offer_and_voucher(_voucher: bool) -> Any:
    """10 per cent off everybody's goods, and 5.00 off by a voucher, on the same line."""
    offers.percent("10", exclusive=False)
    return offers.absolute("5.00", voucher=True, exclusive=False, priority=-1)


#: VAT once per rate on the sum with the delivery, reckoned by hand.
ROWS = {
    "a1": Found(goods=(("0.02", 23, 10_000),), right=_sums("200.00", "19.00", {"23": "50.37"}, "269.37")),
    "a1b": Found(
        goods=(("0.02", 23, 10_000),),
        right=_sums("200.00", "19.00", {"23": "50.37"}, "269.37"),
        pieces=9_000,
        changed=_sums("180.00", "19.00", {"23": "45.77"}, "244.77"),
    ),
    "a1c": Found(
        goods=(("0.12", 23, 100), ("6.00", 8, 1)),
        right=_sums("18.00", "19.00", {"23": "7.13", "8": "0.48"}, "44.61"),
        pieces=200,
        changed=_sums("30.00", "19.00", {"23": "9.89", "8": "0.48"}, "59.37"),
    ),
    "a2 10 % of 24.50": Found(
        goods=(("24.50", 23, 1),), off=_percent("10"), right=_sums("22.05", "19.00", {"23": "9.44"}, "50.49")
    ),
    "a2 10 % of 549.00": Found(
        goods=(("549.00", 23, 1),),
        off=_percent("10"),
        by_voucher=True,
        right=_sums("494.10", "19.00", {"23": "118.01"}, "631.11"),
    ),
    "a2 50 % of 2,196.00": Found(
        goods=(("2196.00", 23, 1),), off=_percent("50"), right=_sums("1098.00", "0.00", {"23": "252.54"}, "1350.54")
    ),
    "a2 20 % of 89.00": Found(
        goods=(("89.00", 8, 1),),
        off=_percent("20"),
        by_voucher=True,
        right=_sums("71.20", "19.00", {"23": "4.37", "8": "5.70"}, "100.27"),
    ),
    "a3 50.00 off 49.00": Found(
        goods=(("24.50", 23, 2),),
        off=lambda voucher: offers.absolute("50.00", voucher=voucher),
        by_voucher=True,
        right=_sums("0.00", "19.00", {"23": "4.37"}, "23.37"),
    ),
    "a3 100 % reduced from four pieces to two": Found(
        goods=(("24.50", 23, 4),),
        off=_percent("100"),
        by_voucher=True,
        right=_sums("0.00", "19.00", {"23": "4.37"}, "23.37"),
        pieces=2,
        changed=_sums("0.00", "19.00", {"23": "4.37"}, "23.37"),
    ),
    "a3 the cheapest of two is free": Found(
        goods=(("24.50", 23, 1), ("10.00", 8, 1)),
        off=lambda voucher: offers.cheapest_free(pieces=2, voucher=voucher),
        right=_sums("24.50", "19.00", {"23": "10.01"}, "53.51"),
    ),
    "a4 euro, delivered free": Found(
        goods=(("100.00", 23, 4),), currency="EUR", right=_sums("400.00", "0.00", {"23": "92.00"}, "492.00")
    ),
    "a4 euro, 10 % off": Found(
        goods=(("3.33", 23, 3), ("0.02", 8, 100)),
        currency="EUR",
        off=_percent("10"),
        right=_sums("10.79", "4.50", {"23": "3.10", "8": "0.14"}, "18.53"),
        pieces=13,
        changed=_sums("40.76", "4.50", {"23": "10.00", "8": "0.14"}, "55.40"),
    ),
    "a5": Found(
        goods=(("100.00", 23, 1),), off=_percent("100"), right=_sums("0.00", "19.00", {"23": "4.37"}, "23.37")
    ),
    "three rates of 0.03": Found(
        goods=(("0.01", 23, 3), ("0.01", 8, 3), ("0.01", 5, 3)),
        right=_sums("0.09", "19.00", {"23": "4.38"}, "23.47"),
    ),
    "an offer and a voucher on one line": Found(
        goods=(("25.00", 23, 4),),
        off=_offer_and_voucher,
        by_voucher=True,
        right=_sums("85.00", "19.00", {"23": "23.92"}, "127.92"),
    ),
    "a million pieces": Found(
        goods=(("0.02", 23, 1_000_000),), right=_sums("20000.00", "0.00", {"23": "4600.00"}, "24600.00")
    ),
}  # fmt: skip


def _cart(cast: Cast, row: Found) -> int:
    records = []
    for number, (price, rate, _pieces) in enumerate(row.goods):
        record = carts.stock(f"F{number}-{rate}", price=price, rate=rate, number=2_000_000)
        record.price_currency = row.currency
        record.save()
        records.append(record)
    cart = carts.fill(cast.anna, records=records)
    lines = apps.get_model("basket.Line").objects.filter(basket_id=cart)
    for record, (_price, _rate, pieces) in zip(records, row.goods, strict=True):
        lines.filter(stockrecord=record).update(quantity=pieces)
    if row.off is not None:
        made = row.off(row.by_voucher)
        if row.by_voucher:
            apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(offers.voucher(made))
    return cart


@pytest.mark.usefixtures("a_million_pieces")
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a1_to_a5_every_surface_says_the_right_value(cast: Cast, visit: Visit, row: Found) -> None:
    budgets.make(cast.krakow, "100000.00", basis="total_gross", currency=row.currency)
    cart = _cart(cast, row)
    said = surfaces.before(cast, visit)
    placed = orders.place_cart(cast.anna, cart)
    number, right, version = placed.order_number, row.right, 1
    said |= surfaces.held(cast, visit, number) | surfaces.in_mails(cast)
    assert said == dict.fromkeys(said, right)
    if row.pieces is not None:
        assert row.changed is not None
        first = apps.get_model("order.Line").objects.filter(order__number=number).earliest("pk")
        actions.resubmit(number, actor=cast.anna.actor, version=1, quantities={first.pk: row.pieces})
        right, version = row.changed, 2
        said = surfaces.held(cast, visit, number)
        assert said == dict.fromkeys(said, right)
    totals = surfaces.held_totals(cast, visit, number)
    assert totals == dict.fromkeys(totals, (right.net, right.gross))
    assert surfaces.booked(number) == right.gross
    actions.accept(number, actor=cast.ben.actor, version=version)
    said = surfaces.released(cast, visit, number)
    assert said == dict.fromkeys(said, right)
    assert surfaces.booked(number) == right.gross


def test_a5_what_was_taken_off_is_told_wherever_the_line_is(cast: Cast, visit: Visit) -> None:
    """100.00 net is 123.00 gross before 100 % off; the discount is named with each row, and pieces in full price."""
    row = ROWS["a5"]
    pages = {"basket": "/basket/", "checkout": "/checkout/"}
    cart = _cart(cast, row)
    told = {name: surfaces.seen(visit(cast.anna).get(path).content.decode()) for name, path in pages.items()}
    placed = orders.place_cart(cast.anna, cart)
    number = placed.order_number
    told |= surfaces.mailed(cast)
    told["order"] = surfaces.seen(visit(cast.anna).get(f"/orders/{number}/").content.decode())
    mia = visit(cast.mia, superuser=True)
    told["panel, held"] = surfaces.seen(mia.get(f"/dashboard/acceptance/{number}/").content.decode())
    line = apps.get_model("order.Line").objects.get(order__number=number)
    assert (str(line.line_price_before_discounts_excl_tax), str(line.line_price_before_discounts_incl_tax)) == (
        "100.00",
        "123.00",
    )
    actions.accept(number, actor=cast.ben.actor, version=1)
    told["panel"] = surfaces.seen(mia.get(f"/dashboard/orders/{number}/").content.decode())
    assert {name: "discount −100.00" in text for name, text in told.items()} == dict.fromkeys(told, True)


@pytest.mark.usefixtures("a_million_pieces")
def test_a1_the_panel_shows_the_whole_price_of_a_piece(cast: Cast, visit: Visit) -> None:
    """The panel of an accepted order showed Oscar's column, where 0.01235 is 0.01."""
    from akcept.oscar_edge.models import PriceFacts

    placed = orders.place_cart(cast.anna, _cart(cast, Found(goods=(("0.01", 23, 100),), right=ROWS["a1"].right)))
    PriceFacts.objects.filter(line__order_id=placed.order_id).update(unit_net=Decimal("0.01235"))
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    page = visit(cast.mia, superuser=True).get(f"/dashboard/orders/{placed.order_number}/")
    assert "\n0.01235\n" in surfaces.seen(page.content.decode())


def _with_vat(_strategy: Any, _product: Any, stockrecord: Any) -> Any:
    """Price a product by what the stock record says, VAT of 23 per cent included."""
    net = stockrecord.price / Decimal("1.23")
    return TaxInclusiveFixedPrice(stockrecord.price_currency, net, tax=stockrecord.price - net)


def test_a1_sold_with_vat_a_row_of_a_file_says_its_own_sums(
    cast: Cast, visit: Visit, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rows of one piece at 9.99 with VAT: 29.97 have 5.60 VAT, 1.87 of it twice and 1.86 once.

    Net they are 24.37, though a piece at 8.12195122 is 8.12: the sums of a row count, not pieces times price.
    """
    settings.OSCAR_OFFERS_INCL_TAX = True
    monkeypatch.setattr(NetPrices, "pricing_policy", _with_vat)
    records = [carts.stock(f"G{number}", price="9.99", rate=23) for number in range(3)]
    cart = carts.fill(cast.ben, records=records, quantity=1)
    placed = orders.place_cart(cast.ben, cart, delivery_code="pickup")
    mia = visit(cast.mia, superuser=True)
    file = b"".join(mia.get("/dashboard/order-files/download/csv/")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file), delimiter=";"))
    names = ("Quantity", "Unit price, net", "Discount of the row, net", "Net", "VAT", "Gross")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("1", "8.12195122", "0", "8.12", "1.87", "9.99"),
        ("1", "8.12195122", "0", "8.12", "1.87", "9.99"),
        ("1", "8.12195122", "0", "8.13", "1.86", "9.99"),
    ]
    totals = {(row["Order total, net"], row["Order total, gross"]) for row in rows}
    assert totals == {("24.37", "29.97")}
    order = orders.order(placed)
    assert (str(order.total_excl_tax), str(order.total_incl_tax)) == ("24.37", "29.97")


def test_a8_stock_below_nothing_is_no_number_in_stock(cast: Cast, visit: Visit) -> None:
    record = carts.stock("A8", price="5.00")
    carts.fill(cast.anna, records=[record])
    type(record).objects.filter(pk=record.pk).update(num_in_stock=0, num_allocated=7)
    for page in ("/basket/", "/checkout/", record.product.get_absolute_url(), "/catalogue/"):
        answer = visit(cast.anna).get(page)
        assert (answer.status_code, "7 in stock" in surfaces.seen(answer.content.decode())) == (200, False), page


def test_a8_a_budget_a_little_exceeded_says_so_on_every_page(cast: Cast, visit: Visit) -> None:
    """501.00 of 500.00 are 100.2 per cent: "100%" in black said nothing."""
    budgets.make(cast.krakow, "500.00", name="Kraków", effect="warn")
    cart = carts.fill(cast.anna, records=[carts.stock("A8", price="501.00")], quantity=1)
    anna = visit(cast.anna)
    told = {path: anna.get(path) for path in ("/basket/", "/checkout/")}
    number = orders.place_cart(cast.anna, cart).order_number
    told |= {who.user.email: visit(who).get(f"/orders/{number}/") for who in (cast.anna, cast.ben)}
    told |= {path: visit(cast.dora).get(path) for path in ("/organization/budgets/",)}
    said = {name: "over 100%" in surfaces.seen(page.content.decode()) for name, page in told.items()}
    assert said == dict.fromkeys(told, True)
    for name, page in told.items():
        assert re.search(r'class="[^"]*text-danger[^"]*">(<[^>]+>|[^<])*?over 100', page.content.decode()), name
    assert "over 100%" in surfaces.mailed(cast)["mail, html"]
