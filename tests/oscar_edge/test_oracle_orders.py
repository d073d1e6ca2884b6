"""Orders against bills reckoned independently (A1 to A5): placed, changed, priced anew, read, mailed and booked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone, translation
from hypothesis import example, given
from hypothesis import strategies as st

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PriceInput
from akcept.agreements.models import PriceList
from akcept.budgets.actions import store_rates
from akcept.budgets.conversion import DayRate
from akcept.budgets.models import Budget, LedgerRow
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Changed
from akcept.notices.orders import OrderMail, order_mail
from akcept.ordering import actions
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import order_reader
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from shop.pricing.strategy import VAT_RATES, NetPrices
from tests.conftest import Visit
from tests.support import offers
from tests.support.nasty import (
    A1,
    COURIER,
    RATES,
    compared,
    few,
    grosze,
    same,
    some,
)
from tests.support.oracle import Bill, Carriage, bill, of_shares
from tests.support.reductions import Item, Reduction


def _model(label: str) -> Any:
    return apps.get_model(label)


pytestmark = pytest.mark.usefixtures("a_million_pieces")

PALLET: Final = Carriage("89.00")
#: By currency: the value in grosze from which on a courier is free, courier, pallet.
DELIVERY: Final = {"PLN": (50_000, COURIER, PALLET), "EUR": (12_000, Carriage("4.50"), Carriage("21.00"))}
#: In a shop that sells with VAT: of the courier, of a pallet; each is net what it is in the other one.
WITH_VAT: Final = (Carriage("23.37"), Carriage("109.47"))
#: A euro in zloty.
EURO: Final = 4


def _counting(found: list[Reduction], currency: str) -> list[Reduction]:
    """An offer that names a sum counts in the shop's own currency only; the others share lines with those left."""
    if currency == "PLN":
        return found
    kept = [n for n, r in enumerate(found) if r.kind in ("percent", "cheapest", "delivery percent") and r.by != "value"]
    return [
        replace(found[n], beside=found[n].beside and tuple(kept.index(m) for m in found[n].beside or () if m in kept))
        for n in kept
    ]


@contextmanager
def _selling(gross: bool, exact: Mapping[int, str]) -> Iterator[None]:
    """A shop whose list has prices of five decimals (`exact`, by product), or one that sells with VAT.

    Where it sells with VAT, the prices of its list are with VAT, and offers are taken off those.
    """
    by_list = NetPrices.pricing_policy

    def listed(self: Any, product: Any, stockrecord: Any) -> Any:
        record = copy(stockrecord)
        record.price = Decimal(exact.get(product.pk, record.price))
        return by_list(self, product, record)

    def with_vat(self: Any, product: Any, stockrecord: Any) -> Any:
        from oscar.apps.partner.prices import TaxInclusiveFixedPrice

        net = stockrecord.price / (1 + self.get_rate(product, stockrecord))
        return TaxInclusiveFixedPrice(stockrecord.price_currency, net, tax=stockrecord.price - net)

    with pytest.MonkeyPatch.context() as shop, override_settings(OSCAR_OFFERS_INCL_TAX=gross):
        shop.setattr(NetPrices, "pricing_policy", with_vat if gross else listed)
        yield


def _agree(cast: Cast, records: list[Any], prices: Mapping[int, str], currency: str) -> None:
    """Let these prices, and no others, be agreed with Anna's company; offers count on top."""
    for made in ("PLN", "EUR"):
        found = PriceList.objects.filter(currency=made).first()
        if found is None:
            wanted = ListInput(name=made, currency=made, places=8, offers=True)
            found = agreements.add_list(wanted, actor=cast.mia.actor)
            agreement = AgreementInput(name=made, list_ids=(found.pk,))
            agreements.add_agreement(agreement, actor=cast.mia.actor, unit_id=cast.head_office.pk)
        rows = [
            PriceInput(goods=GoodsInput(product_id=records[place].product_id), net=Decimal(price))
            for place, price in prices.items()
            if made == currency
        ]
        agreements.set_prices(found.pk, rows, actor=cast.mia.actor, version=found.version)


def _fill(cast: Cast, goods: list[Item], currency: str = "PLN") -> tuple[int, list[Any]]:
    records = []
    for number, item in enumerate(goods):
        record = carts.stock(f"O{number}-{item.rate}", rate=item.rate, number=10_000_000)
        record.price, record.price_currency = Decimal(item.price), currency
        record.save()
        records.append(record)
    cart = carts.fill(cast.anna, records=records)
    for record, item in zip(records, goods, strict=True):
        _model("basket.Line").objects.filter(basket_id=cart, stockrecord=record).update(quantity=item.pieces)
    return cart, records


def _everywhere(mia: Any, placed: Any, right: Bill) -> None:
    """The order, what ordering keeps of it, its mail, the panel's file and the budget say the same."""
    document = order_reader().document(placed.order_id)
    same(document, right)
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    totals = (right.net, right.gross)
    assert (grosze(order.total_excl_tax), grosze(order.total_incl_tax)) == totals
    assert (grosze(placement.total_net), grosze(placement.total_gross)) == totals
    mail = order_mail(placement)
    same(mail.view.document, right)
    for language in ("pl", "en"):
        _mailed(mail, right, language)
    file = mia.get("/dashboard/acceptance/export.csv")
    rows = csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig")), delimiter=";")
    (row,) = [row for row in rows if row and row[0] == placed.order_number]
    assert [int(Decimal(row[place].replace(",", ".")) * 100) for place in (7, 8)] == list(totals)
    booked = LedgerRow.objects.filter(order_id=placed.order_id).values_list("amount", flat=True)
    times = EURO if document.currency == "EUR" else 1
    assert -grosze(sum(booked, Decimal(0))) == right.gross * times


_MAIL: Final = {
    "pl": ("Produkty netto", "Dostawa netto", "Razem brutto"),
    "en": ("Products, net", "Delivery, net", "Total, gross"),
}


def _mailed(mail: OrderMail, right: Bill, language: str) -> None:
    """What a customer reads in a mail, written the way of its language."""
    with translation.override(language):
        text = render_to_string("akcept/mail/_order.txt", mail.context)
    goods, delivery, total = _MAIL[language]
    rows = text.splitlines()
    assert [row.rpartition(" = ")[2] for row in rows if row.startswith("- ")] == [
        _written(net, language) for net in right.nets
    ]
    assert f"{goods}: {_written(sum(right.nets), language)}" in rows
    assert f"{delivery}: {_written(right.carriage[0], language)}" in rows
    mark = "%" if language == "en" else "\u00a0%"
    assert {row for row in rows if row.startswith("VAT ") and not row.startswith(f"VAT 0{mark}")} == {
        f"VAT {rate}{mark}: {_written(tax, language)}"
        for rate, tax in right.vat.items()
        if _is_taxed(rate, right, mail)
    }
    (shown,) = [row for row in rows if row.startswith(total)]
    assert _written(right.gross, language) in shown


def _is_taxed(rate: int, right: Bill, mail: OrderMail) -> bool:
    """A rate that nothing is left of is not listed."""
    document = mail.view.document
    values = [(line.vat_rate, net) for line, net in zip(document.lines, right.nets, strict=True)]
    return any(net for own, net in [*values, (Decimal("0.23"), right.carriage[0])] if own == Decimal(rate) / 100)


def _written(grosze: int, language: str) -> str:
    whole = f"{grosze // 100:,}"
    return f"{whole}.{grosze % 100:02}" if language == "en" else f"{whole.replace(',', chr(160))},{grosze % 100:02}"


@compared(2)
@given(
    few,
    some,
    st.booleans(),
    st.sampled_from((1, 2, 9, 9_999)),
    st.sampled_from(("0.02", "30.00")),
    st.sampled_from(("PLN", "PLN", "EUR", "PLN with VAT")),
    st.dictionaries(st.integers(0, 3), st.sampled_from(("0.00001", "0.01235", "0.9999", "12.34567891")), max_size=3),
)
@example(A1, [], False, 9_000, "0.02", "PLN", {})
@example(A1, [], False, 9_000, "0.02", "EUR", {})
@example(A1, [], False, 9_999, "0.02", "PLN", {0: "0.01235"})
@example(A1, [], True, 9_000, "0.02", "PLN", {0: "0.01235", 1: "0.01235"})
@example(A1, [Reduction("percent", "10")], False, 9_999, "0.02", "PLN with VAT", {})
@example([Item("24.50", 23, 7), Item("6.00", 8, 3)], [Reduction("sum", "9.99")], True, 2, "0.02", "PLN", {1: "0.9999"})
@example([Item("0.12", 23, 100), Item("6.00", 8, 1)], [Reduction("percent", "100")], True, 200, "0.02", "PLN", {})
@example([Item("24.50", 23, 2)], [Reduction("sum", "50.00")], False, 1, "30.00", "EUR", {0: "12.34567891"})
@example(
    [Item("549.00", 8, 7), Item("24.50", 23, 3)], [Reduction("percent", "33.33")], True, 9, "30.00", "PLN with VAT", {}
)
def test_a1_to_a5_an_order_costs_what_the_oracle_reckons_wherever_it_is_read(
    cast: Cast,
    visit: Visit,
    goods: list[Item],
    found: list[Reduction],
    by_voucher: bool,
    pieces: int,
    price: str,
    sold: str,
    agreed: dict[int, str],
) -> None:
    """Sold net or with VAT, at prices of the shop's list or at agreed ones, of five decimals and of eight too."""
    currency, gross = sold[:3], sold.endswith("with VAT")
    mia = _prepared(cast, visit)
    cart, records = _fill(cast, goods, currency)
    agreed = {place: price for place, price in agreed.items() if place < len(records) and not gross}  # these are net
    exact = {records[place].product_id: each for place, each in agreed.items() if place % 2}
    _agree(cast, records, {p: each for p, each in agreed.items() if records[p].product_id not in exact}, currency)
    with _selling(gross, exact):
        _costs(cast, mia, goods, found, by_voucher, pieces, price, currency, gross, agreed, cart, records)


def _costs(
    cast: Cast,
    mia: Any,
    goods: list[Item],
    found: list[Reduction],
    by_voucher: bool,
    pieces: int,
    price: str,
    currency: str,
    gross: bool,
    agreed: dict[int, str],
    cart: int,
    records: list[Any],
) -> None:
    goods = [replace(item, price=agreed.get(place, item.price)) for place, item in enumerate(goods)]
    made = offers.reduced(found, records, voucher=by_voucher)
    for offer in made if by_voucher else ():
        _model("basket.Basket").objects.get(pk=cart).vouchers.add(offers.voucher(offer))
    counting = _counting(found, currency)
    free_from, courier, pallet = DELIVERY[currency]
    if gross:
        courier, pallet = WITH_VAT
    free = sum(bill(goods, counting, Carriage("0.00"), gross=gross).nets) >= free_from
    right = bill(goods, counting, Carriage("0.00") if free else courier, gross=gross)
    placed = orders.place_cart(cast.anna, cart)
    _everywhere(mia, placed, right)

    line = _model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: pieces}, delivery_code="pallet"
    )
    changed = [Item(goods[0].price, goods[0].rate, pieces), *goods[1:]]
    _everywhere(mia, placed, of_shares(changed, right.offs, pallet, gross=gross, delivery=right.lowered))

    records[0].price = Decimal(price)
    records[0].save()
    with suppress(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=2, now=timezone.now() + timedelta(days=8))
    today = [Item(agreed.get(0, price), goods[0].rate, pieces), *goods[1:]]
    right_today = of_shares(today, right.offs, pallet, gross=gross, delivery=right.lowered)
    same(order_reader().document(placed.order_id), right_today)


#: Worked out apart: rate, net, VAT.
VAT_OF_300: Final = [
    ("0.23", "186437.34", "42880.59"),
    ("0.08", "185210.76", "14816.86"),
    ("0.05", "183984.18", "9199.21"),
    ("0.00", "182757.63", "0.00"),
]


def test_a1_to_a5_three_hundred_lines_of_mixed_rates_one_of_them_nothing(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """75 lines of each rate, 24.53 net and one piece more from line to line, 33.33 % off."""
    monkeypatch.setitem(VAT_RATES, "vat-0", Decimal(0))
    goods = [Item("24.53", RATES[n % 4], n + 1) for n in range(300)]
    found = [Reduction("percent", "33.33")]
    mia = _prepared(cast, visit)
    offers.percent("33.33")
    cart, _records = _fill(cast, goods)
    placed = orders.place_cart(cast.anna, cart)
    right = bill(goods, found, Carriage("0.00"))
    document = order_reader().document(placed.order_id)
    same(document, right)
    assert (str(document.goods_net), str(document.total_gross)) == ("738389.91", "805286.57")
    vat = [(f"{row.rate:.2f}", str(row.net), str(row.vat)) for row in document.vat]
    assert vat == VAT_OF_300
    order = orders.order(placed)
    assert (grosze(order.total_excl_tax), grosze(order.total_incl_tax)) == (right.net, right.gross)
    assert "805,286.57" in mia.get(f"/dashboard/acceptance/{placed.order_number}/").content.decode()
    first = _model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 1_000})
    changed = [Item("24.53", 0, 1_000), *goods[1:]]
    same(order_reader().document(placed.order_id), of_shares(changed, right.offs, Carriage("0.00")))


def _prepared(cast: Cast, visit: Visit) -> Any:
    """One example after the other in one database: no offer of another one, one budget, the merchant logged in."""
    _model("offer.ConditionalOffer").objects.update(status="Suspended")
    ShopTerms.objects.update_or_create(pk=1, defaults={"price_days": 7})
    if not Budget.objects.exists():
        budgets.make(cast.krakow, "900000000.00", basis="total_gross")
        day = DayRate(currency="EUR", day=timezone.localdate() - timedelta(days=1), rate=Decimal(EURO), source="test")
        store_rates([day], actor=Actor.system("import_rates"))
    return visit(cast.mia, superuser=True)
