"""Every figure against one reckoned independently (`tests/support/oracle.py`), over nasty goods (A1 to A5).

Most examples are in memory, over Oscar's own offers; some are placed, changed, priced anew, read and booked.
"""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from akcept.budgets.models import LedgerRow
from akcept.kernel.errors import Changed
from akcept.notices.orders import order_mail
from akcept.ordering import actions
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import OrderDocument, Quote, order_reader
from akcept.oscar_edge import quotes
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from shop.pricing.strategy import NetPrices
from tests.conftest import Visit
from tests.support import offers
from tests.support.oracle import Bill, Carriage, Item, Reduction, bill, half_up, of_shares

RATES: Final = (0, 5, 8, 23)
_OFTEN: Final = ("0.01", "0.02", "0.12", "0.00001", "1.00", "24.50", "549.00", "2196.00", "12.34567")


def _model(label: str) -> Any:
    return apps.get_model(label)


prices = st.one_of(
    st.sampled_from(_OFTEN),
    st.integers(1, 10_000_000).map(lambda n: str(Decimal(n).scaleb(-5))),
    st.integers(1, 1_000_000).map(lambda n: str(Decimal(n).scaleb(-2))),
)
pieces = st.one_of(st.integers(1, 12), st.sampled_from((100, 10_000, 10_001, 1_000_000)))
items = st.lists(st.builds(Item, price=prices, rate=st.sampled_from(RATES), pieces=pieces), min_size=1, max_size=8)
percents = st.integers(1, 10_000).map(lambda n: str(Decimal(n).scaleb(-2)))
sums = st.integers(1, 200_000).map(lambda n: str(Decimal(n).scaleb(-2)))
alone = st.one_of(
    st.builds(Reduction, kind=st.just("percent"), value=percents),
    st.builds(Reduction, kind=st.just("sum"), value=sums),
    st.builds(Reduction, kind=st.just("each"), value=sums),
    st.builds(Reduction, kind=st.just("bundle"), value=sums, needed=st.integers(1, 4)),
    st.builds(Reduction, kind=st.just("cheapest"), needed=st.integers(1, 4)),
)
together = st.lists(
    st.one_of(
        st.builds(Reduction, kind=st.just("percent"), value=percents),
        st.builds(Reduction, kind=st.just("each"), value=sums),
    ),
    min_size=2,
    max_size=3,
)
reductions = st.one_of(st.just([]), alone.map(lambda one: [one]), together)
carriages = st.builds(
    Carriage,
    price=st.sampled_from(("0.00", "0.01", "19.00", "19.01", "89.00")),
    rate=st.sampled_from(RATES),
    kind=st.sampled_from(("", "", "percent", "sum", "to")),
    value=st.one_of(percents, st.just("100")),
)


class _Everything:
    """A range of all products that asks the database nothing."""

    name = "everything"

    def contains_product(self, _product: Any) -> bool:
        return True


class _Method:
    """A delivery method with a charge and its rate."""

    code, name, is_discounted = "carriage", "Carriage", False

    def __init__(self, carriage: Carriage) -> None:
        self.price, self.vat_rate = Decimal(carriage.price), Decimal(carriage.rate) / 100

    def calculate(self, _basket: Any) -> Any:
        from oscar.core.prices import Price

        return Price("PLN", self.price, tax=(self.price * self.vat_rate).quantize(Decimal("0.01")))


class _Rates(NetPrices):
    """The shop's strategy, with VAT at nothing as well."""

    def get_rate(self, product: Any, stockrecord: Any) -> Decimal:
        return Decimal(int(product.product_class.slug)) / 100

    def vat_rate(self, product: Any) -> Decimal:
        return self.get_rate(product, None)


_BENEFITS: Final = {
    "percent": "Percentage",
    "sum": "Absolute",
    "each": "Fixed",
    "bundle": "Fixed price",
    "cheapest": "Multibuy",
}
_ON_DELIVERY: Final = {"percent": "Shipping percentage", "sum": "Shipping absolute", "to": "Shipping fixed price"}


class _Offers:
    """Offers in memory: what Oscar asks of combinations is answered without the database."""

    def __init__(self, found: list[Reduction], carriage: Carriage) -> None:
        self.found: list[Any] = []
        for number, reduction in enumerate(found, start=1):
            benefit = _model("offer.Benefit")(pk=number, type=_BENEFITS[reduction.kind], value=Decimal(reduction.value))
            self.found.append(self._offer(number, benefit, needed=reduction.needed))
        if carriage.kind:
            benefit = _model("offer.Benefit")(pk=99, type=_ON_DELIVERY[carriage.kind], value=Decimal(carriage.value))
            self.found.append(self._offer(99, benefit, needed=1))

    def _offer(self, number: int, benefit: Any, *, needed: int) -> Any:
        condition = _model("offer.Condition")(pk=number, type="Count", value=Decimal(needed))
        offer = _model("offer.ConditionalOffer")(
            pk=number, name=str(number), exclusive=False, priority=-number, condition=condition, benefit=benefit
        )
        offer.__dict__["combined_offers"] = list[Any]()
        return offer


class _NoCombinations:
    def count(self) -> int:
        return 0


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers that were never saved have no rows of ranges and combinations."""
    every = _model("offer.Range")(pk=1, name="all", proxy_class="tests.oscar_edge.test_oracle._Everything")
    monkeypatch.setattr(_model("offer.ConditionalOffer"), "combinations", _NoCombinations())
    for model in ("offer.Benefit", "offer.Condition"):
        monkeypatch.setattr(_model(model), "range", every)


def _basket(goods: list[Item]) -> Any:
    basket = _model("basket.Basket")(pk=1)
    basket.strategy = _Rates()
    basket._lines = []
    for number, item in enumerate(goods, start=1):
        kind = _model("catalogue.ProductClass")(pk=item.rate + 1, slug=str(item.rate), track_stock=False)
        product = _model("catalogue.Product")(pk=number, title=str(number), product_class=kind, structure="standalone")
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


def _priced(goods: list[Item], found: list[Reduction], carriage: Carriage) -> tuple[Any, Any, Quote]:
    from oscar.apps.shipping.repository import Repository
    from oscar.core.loading import get_class

    basket = _basket(goods)
    get_class("offer.applicator", "Applicator")().apply_offers(basket, _Offers(found, carriage).found)
    method: Any = _Method(carriage)
    if basket.has_shipping_discounts:
        method = Repository().apply_shipping_offers(basket, [method])[0]
    return basket, method, quotes.quote_for(basket, method)


def _grosze(value: Decimal) -> int:
    assert value == value.quantize(Decimal("0.01")), f"{value} is not in whole grosze"
    return int(value * 100)


def _same(found: Quote | OrderDocument, right: Bill) -> None:
    assert [_grosze(line.net) for line in found.lines] == right.nets
    assert (_grosze(found.goods_net), _grosze(found.delivery_net)) == (sum(right.nets), right.carriage[0])
    assert {int((row.rate or 0) * 100): _grosze(row.vat) for row in found.vat if row.vat} == {
        rate: tax for rate, tax in right.vat.items() if tax
    }
    assert ([_grosze(line.gross) for line in found.lines], _grosze(found.delivery_gross)) == (
        right.grosses,
        right.carriage[1],
    )
    assert (_grosze(found.total_net), _grosze(found.total_gross)) == (right.net, right.gross)


A1 = [Item("0.02", 23, 10_000)]
COURIER = Carriage("19.00")


@pytest.mark.usefixtures("in_memory")
@settings(max_examples=1960, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    _same(quote, right)
    _adds_up(goods, found, quote)
    assert (_grosze(basket.total_excl_tax), len(quote.lines)) == (sum(right.nets), len(goods))


def _adds_up(goods: list[Item], found: list[Reduction], quote: Quote) -> None:
    """A sum off everything takes that sum off what the lines cost, to the grosz, or all of it."""
    if [each.kind for each in found] == ["sum"]:
        shown = sum(half_up(Fraction(item.price) * item.pieces) for item in goods)
        assert _grosze(quote.goods_net) == max(0, shown - int(Decimal(found[0].value) * 100))


# --- placed, changed, priced anew, read and booked ---

FREE_FROM: Final = 50_000
PALLET: Final = Carriage("89.00")
few = st.lists(
    st.builds(
        Item,
        price=st.sampled_from(("0.01", "0.02", "0.12", "6.00", "24.50", "549.00")),
        rate=st.sampled_from((5, 8, 23)),
        pieces=st.sampled_from((1, 3, 7, 100, 10_000)),
    ),
    min_size=1,
    max_size=4,
)
some = st.one_of(st.just([]), alone.filter(lambda one: one.kind not in ("bundle",)).map(lambda one: [one]), together)
_MAKE: Final = {
    "percent": lambda r, **more: offers.percent(r.value, **more),
    "sum": lambda r, **more: offers.absolute(r.value, **more),
    "each": lambda r, **more: offers.fixed_unit(r.value, **more),
    "cheapest": lambda r, **more: offers.cheapest_free(pieces=r.needed, **more),
}


def _fill(cast: Cast, goods: list[Item]) -> tuple[int, list[Any]]:
    records = []
    for number, item in enumerate(goods):
        record = carts.stock(f"O{number}-{item.rate}", rate=item.rate, number=10_000_000)
        record.price = Decimal(item.price)
        record.save()
        records.append(record)
    cart = carts.fill(cast.anna, records=records)
    for record, item in zip(records, goods, strict=True):
        _model("basket.Line").objects.filter(basket_id=cart, stockrecord=record).update(quantity=item.pieces)
    return cart, records


def _everywhere(mia: Any, placed: Any, right: Bill) -> None:
    """The order, what ordering keeps of it, its mail, the panel's file and the budget say the same."""
    document = order_reader().document(placed.order_id)
    _same(document, right)
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    totals = (right.net, right.gross)
    assert (_grosze(order.total_excl_tax), _grosze(order.total_incl_tax)) == totals
    assert (_grosze(placement.total_net), _grosze(placement.total_gross)) == totals
    mailed = order_mail(placement).context["document"]
    _same(mailed, right)
    file = mia.get("/dashboard/acceptance/export.csv")
    rows = csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig")), delimiter=";")
    (row,) = [row for row in rows if row and row[0] == placed.order_number]
    assert [int(Decimal(row[place].replace(",", ".")) * 100) for place in (7, 8)] == list(totals)
    booked = LedgerRow.objects.filter(order_id=placed.order_id).values_list("amount", flat=True)
    assert -_grosze(sum(booked, Decimal(0))) == right.gross


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(few, some, st.booleans(), st.sampled_from((1, 2, 9, 9_999)), st.sampled_from(("0.02", "30.00")))
@example(A1, [], False, 9_000, "0.02")
@example([Item("0.12", 23, 100), Item("6.00", 8, 1)], [Reduction("percent", "100")], True, 200, "0.02")
def test_a1_to_a5_an_order_costs_what_the_oracle_reckons_wherever_it_is_read(
    cast: Cast, visit: Visit, goods: list[Item], found: list[Reduction], by_voucher: bool, pieces: int, price: str
) -> None:
    mia = _prepared(cast, visit)
    made = [_MAKE[r.kind](r, voucher=by_voucher, exclusive=len(found) == 1, priority=-n) for n, r in enumerate(found)]
    cart, records = _fill(cast, goods)
    for offer in made if by_voucher else ():
        _model("basket.Basket").objects.get(pk=cart).vouchers.add(offers.voucher(offer))
    free = sum(bill(goods, found, Carriage("0.00")).nets) >= FREE_FROM
    right = bill(goods, found, Carriage("0.00") if free else COURIER)
    placed = orders.place_cart(cast.anna, cart)
    _everywhere(mia, placed, right)

    line = _model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: pieces}, delivery_code="pallet"
    )
    changed = [Item(goods[0].price, goods[0].rate, pieces), *goods[1:]]
    _everywhere(mia, placed, of_shares(changed, right.offs, PALLET))

    records[0].price = Decimal(price)
    records[0].save()
    with suppress(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=2, now=timezone.now() + timedelta(days=8))
    today = [Item(price, goods[0].rate, pieces), *goods[1:]]
    _same(order_reader().document(placed.order_id), of_shares(today, right.offs, PALLET))


def _prepared(cast: Cast, visit: Visit) -> Any:
    """One example after the other in one database: no offer of another one, one budget, the merchant logged in."""
    _model("offer.ConditionalOffer").objects.update(status="Suspended")
    ShopTerms.objects.update_or_create(pk=1, defaults={"price_days": 7})
    if not LedgerRow.objects.exists():
        budgets.make(cast.krakow, "900000000.00", basis="total_gross")
    return visit(cast.mia, superuser=True)
