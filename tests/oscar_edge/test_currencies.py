"""A4: a basket is of one currency, whatever way something comes into it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from akcept.kernel.errors import TwoCurrencies
from akcept.ordering import actions
from akcept.ordering.ports import order_book
from akcept.oscar_edge import quotes
from akcept.oscar_edge.basket import filling
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support import offers
from tests.support.api import order_of, system_of

pytestmark = pytest.mark.django_db
QUICK = "/basket/quick-order/"


@pytest.fixture
def euro() -> Any:
    return _in_euro(carts.stock("TEUR", price="100.00"))


def _in_euro(record: Any) -> Any:
    record.price_currency = "EUR"
    record.save()
    return record


def _in_basket(person: Person) -> dict[str, int]:
    lines = apps.get_model("basket.Line").objects.filter(basket__owner=person.user, basket__status="Open")
    return dict(lines.values_list("stockrecord__partner_sku", "quantity"))


def _text(answer: Any) -> str:
    return str(answer.content.decode().replace("\xa0", " "))


def test_a4_list_with_another_currency_is_refused_line_by_line(cast: Cast, visit: Visit, euro: Any) -> None:
    carts.stock("T100", price="100.00")
    client = visit(cast.anna)
    answer = client.post(QUICK, {"lines": "T100 1\nTEUR 4"})
    assert answer.status_code == 422
    assert "Line 2, “TEUR”: its price is in EUR and your basket is in PLN; order it separately" in _text(answer)
    assert _in_basket(cast.anna) == {}
    client.post(QUICK, {"lines": "T100 1\nTEUR 4", "skip": "1"})
    assert _in_basket(cast.anna) == {"T100": 1}
    assert client.post(QUICK, {"lines": "TEUR 4"}).status_code == 422
    assert _in_basket(cast.anna) == {"T100": 1}


def test_a4_the_first_line_says_the_currency_of_an_empty_basket(cast: Cast, visit: Visit, euro: Any) -> None:
    carts.stock("T100", price="100.00")
    answer = visit(cast.anna).post(QUICK, {"lines": "TEUR 4\nT100 1"})
    assert "Line 2, “T100”: its price is in PLN and your basket is in EUR" in _text(answer)
    visit(cast.anna).post(QUICK, {"lines": "TEUR 4"})
    assert _in_basket(cast.anna) == {"TEUR": 4}


def test_a4_ordering_again_leaves_the_other_currency_out_and_says_so(cast: Cast, visit: Visit, euro: Any) -> None:
    placed = orders.place(cast.anna, records=[euro])
    carts.fill(cast.anna, records=[carts.stock("T100")], quantity=1)
    answer = visit(cast.anna).post(f"/basket/order-again/{placed.order_number}/", follow=True)
    assert "its price is in EUR and your basket is in PLN" in _text(answer)
    assert _in_basket(cast.anna) == {"T100": 1}


def test_a4_product_page_refuses_it_too(cast: Cast, visit: Visit, euro: Any) -> None:
    carts.fill(cast.anna, records=[carts.stock("T100")], quantity=1)
    answer = visit(cast.anna).post(reverse("basket:add", kwargs={"pk": euro.product_id}), {"quantity": "1"})
    assert answer.status_code == 422
    assert _in_basket(cast.anna) == {"T100": 1}


def test_a4_two_tabs_do_not_mix_what_each_saw_as_empty(cast: Cast, euro: Any) -> None:
    basket = apps.get_model("basket.Basket").objects.create(owner=cast.anna.user)
    basket.strategy = quotes.strategy_for(cast.anna.user)
    checked = filling.check_products(basket, {euro.product_id: 2})
    assert checked.problems == ()
    carts_line = carts.stock("T100")
    other = apps.get_model("basket.Basket").objects.get(pk=basket.pk)
    other.strategy = basket.strategy
    other.add_product(carts_line.product, 1)
    with pytest.raises(TwoCurrencies):
        filling.put(basket, checked)
    assert _in_basket(cast.anna) == {"T100": 1}


@pytest.fixture
def mixed(cast: Cast, euro: Any) -> int:
    """A basket whose second product was put into EUR after it was chosen."""
    return carts.fill(cast.anna, records=[carts.stock("T100", price="100.00"), euro], quantity=1)


def test_a4_basket_of_two_currencies_names_its_lines_and_is_not_ordered(cast: Cast, visit: Visit, mixed: int) -> None:
    client: Client = visit(cast.anna)
    answer = client.get("/basket/")
    assert answer.status_code == 200
    assert "your basket has several: PLN: Produkt T100; EUR: Produkt TEUR." in _text(answer)
    assert reverse("checkout:index") not in _text(answer).partition("<main")[2]
    assert client.get("/checkout/")["Location"] == "/basket/"
    posted = {"cart": mixed, "delivery": "courier", "payment": "transfer", "seen": "x"}
    assert client.post("/checkout/", posted).status_code in (302, 422)
    with pytest.raises(TwoCurrencies, match="PLN: Produkt T100; EUR: Produkt TEUR"):
        order_book().open_cart(
            mixed,
            buyer_id=cast.anna.user.pk,
            member_id=cast.anna.member.pk,
            delivery_code=quotes.known_methods()[0].code,
        )
    assert not apps.get_model("order.Order").objects.exists()
    line = apps.get_model("basket.Line").objects.get(stockrecord__partner_sku="TEUR")
    line.delete()
    assert client.get("/checkout/").status_code == 200


def test_a4_line_put_aside_in_another_currency_does_not_come_back(cast: Cast, euro: Any) -> None:
    from akcept.oscar_edge.basket.forms import SavedLineForm

    strategy = quotes.strategy_for(cast.anna.user)
    saved = apps.get_model("basket.Basket").objects.create(owner=cast.anna.user, status="Saved")
    saved.strategy = strategy
    line, _made = saved.add_product(euro.product, 1)
    basket = apps.get_model("basket.Basket").objects.get(pk=carts.fill(cast.anna, records=[carts.stock("T100")]))
    basket.strategy = strategy
    form = SavedLineForm(strategy, basket, {"id": line.pk, "move_to_basket": "on"}, instance=line)
    assert not form.is_valid()
    assert "its price is in EUR and your basket is in PLN" in str(form.errors).replace("Its", "its")


# --- sums of money in offers are in the shop's currency ---

SUMS = [
    ("Absolute", "50.00", {}),
    ("Fixed", "5.00", {}),
    ("Fixed price", "10.00", {"on_goods": False, "needed": "2"}),
    ("Shipping absolute", "5.00", {"on_goods": False}),
    ("Shipping fixed price", "1.00", {"on_goods": False}),
    ("Percentage", "10", {"condition": "Value", "needed": "100.00"}),
]


@pytest.mark.parametrize(("kind", "value", "more"), SUMS)
def test_a4_an_offer_that_names_a_sum_counts_in_the_shop_s_currency_only(
    cast: Cast, visit: Visit, euro: Any, kind: str, value: str, more: dict[str, Any]
) -> None:
    offers.make(kind, value, **more)
    in_zloty = carts.stock("T100", price="100.00")
    taken = orders.place(cast.anna, records=[in_zloty])
    assert apps.get_model("order.OrderDiscount").every.filter(order_id=taken.order_id).exists()
    carts.fill(cast.anna, records=[euro], quantity=4)
    assert "€400.00" in _text(visit(cast.anna).get("/basket/"))
    placed = orders.place(cast.ewa, records=[euro])
    assert not apps.get_model("order.OrderDiscount").every.filter(order_id=placed.order_id).exists()


@pytest.mark.parametrize("kind", ["Percentage", "Multibuy"])
def test_a4_an_offer_by_per_cent_or_pieces_counts_in_any_currency(cast: Cast, euro: Any, kind: str) -> None:
    offers.make(kind, "10" if kind == "Percentage" else None)
    placed = orders.place(cast.anna, records=[euro])
    assert apps.get_model("order.OrderDiscount").every.filter(order_id=placed.order_id).exists()


def test_a4_a_voucher_of_a_sum_says_why_it_does_not_count_in_euro(cast: Cast, visit: Visit, euro: Any) -> None:
    voucher = offers.voucher(offers.absolute("50.00", voucher=True), code="MINUS50")
    cart = carts.fill(cast.anna, records=[euro], quantity=4)
    client = visit(cast.anna)
    reason = "The voucher “MINUS50” is valid in PLN only, and your basket is in EUR."
    refused = client.post(reverse("basket:vouchers-add"), {"code": "MINUS50"}, follow=True)
    assert reason in _text(refused)
    assert not apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.exists()
    apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    page = _text(client.get("/basket/"))
    assert (reason in page, "€400.00" in page) == (True, True)


def test_a4_a_single_use_voucher_that_took_nothing_off_is_not_used_up(cast: Cast, euro: Any) -> None:
    voucher = offers.voucher(offers.absolute("50.00", voucher=True), usage="Single use")
    cart = carts.fill(cast.anna, records=[euro], quantity=1)
    apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    orders.place_cart(cast.anna, cart)
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.applications.count()) == (0, 0)


def test_a4_a_basket_of_two_currencies_adds_nothing_up(cast: Cast, visit: Visit, mixed: int) -> None:
    page = _text(visit(cast.anna).get("/basket/"))
    button = page.partition('id="basket-button"')[2].partition("</a>")[0]
    assert ("PLN + EUR" in button, "00" in button) == (True, False)
    assert "decide-within" not in page


def test_a4_each_line_of_a_basket_names_its_currency_where_there_are_two(cast: Cast, visit: Visit, mixed: int) -> None:
    page = _text(visit(cast.anna).get("/basket/"))
    assert "PLN 100.00" in page
    assert "€100.00" in page


def test_a4_a_sum_is_spread_over_no_basket_of_two_currencies(cast: Cast, visit: Visit, mixed: int) -> None:
    voucher = offers.voucher(offers.absolute("50.00", voucher=True), code="MINUS50")
    apps.get_model("basket.Basket").objects.get(pk=mixed).vouchers.add(voucher)
    page = _text(visit(cast.anna).get("/basket/"))
    assert ("PLN 100.00" in page, "€100.00" in page) == (True, True)
    assert "The voucher “MINUS50” is valid in PLN only, and your basket is in PLN, EUR." in page


def test_a8_a_budget_no_rate_leads_to_is_named_without_an_empty_per_cent(cast: Cast, visit: Visit, euro: Any) -> None:
    budgets.make(cast.krakow)
    carts.fill(cast.anna, records=[euro], quantity=4)
    page = _text(visit(cast.anna).get("/basket/"))
    summary = page.partition("Budgets after this order")[2].partition("</summary>")[0]
    assert summary
    assert "<b>" not in summary


# --- what an offer gives at most, and has given, is in the shop's currency ---


def _given(offer: Any) -> tuple[str, int]:
    offer.refresh_from_db()
    return str(offer.total_discount), offer.num_orders


def test_a4_an_offer_with_a_most_it_may_give_counts_in_the_shop_s_currency_only(cast: Cast, euro: Any) -> None:
    """10 % off until 15.00 were given: 10.00 off in zloty, nothing in euro, then 10.00 more, then nothing."""
    offer = offers.percent("10", max_discount=Decimal("15.00"))
    zloty = carts.stock("T100", price="100.00")
    nets = []
    for record in (zloty, euro, zloty, zloty):
        placed = orders.place_cart(cast.anna, carts.fill(cast.anna, records=[record], quantity=1))
        nets.append(str(orders.order(placed).lines.get().line_price_excl_tax))
    assert nets == ["90.00", "100.00", "90.00", "100.00"]
    assert _given(offer) == ("20.00", 2)


def test_a4_a_voucher_with_a_most_says_so_in_euro(cast: Cast, visit: Visit, euro: Any) -> None:
    voucher = offers.voucher(offers.percent("10", voucher=True, max_discount=Decimal("15.00")), code="MOST")
    carts.fill(cast.anna, records=[euro], quantity=1)
    answer = visit(cast.anna).post(reverse("basket:vouchers-add"), {"code": "MOST"}, follow=True)
    assert f"The voucher “{voucher.code}” is valid in PLN only, and your basket is in EUR." in _text(answer)


def test_a4_what_an_offer_gave_in_euro_is_noted_with_the_order_and_not_added_to_zloty(cast: Cast, euro: Any) -> None:
    offer = offers.percent("10", voucher=True)
    voucher = offers.voucher(offer)
    cart = carts.fill(cast.anna, records=[euro], quantity=2)
    apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    placed = orders.place_cart(cast.anna, cart)
    noted = apps.get_model("order.OrderDiscount").every.filter(order_id=placed.order_id)
    assert [str(discount.amount) for discount in noted] == ["20.00"]
    assert _given(offer) == ("0.00", 1)
    line = orders.order(placed).lines.get()
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 1})
    assert [str(discount.amount) for discount in noted.all()] == ["10.00"]
    assert _given(offer) == ("0.00", 1)
    actions.reject(placed.order_number, actor=cast.ben.actor, version=2, reason="no")
    assert _given(offer) == ("0.00", 0)
    voucher.refresh_from_db()
    assert (str(voucher.total_discount), voucher.num_orders) == ("0.00", 0)


@pytest.mark.parametrize("tried", [True, False])
def test_a4_a_list_that_a_system_sends_is_of_one_currency(cast: Cast, euro: Any, tried: bool) -> None:
    carts.stock("T100", price="100.00")
    anna = system_of(cast.anna)
    answer = anna.post("/orders", order_of("T100", "TEUR", dry_run=tried), key="" if tried else "a4")
    assert answer.status_code == 422
    assert "its price is in EUR and your basket is in PLN" in answer.content.decode()
    assert not apps.get_model("order.Order").objects.exists()
    address = anna.get("/addresses").json()["items"][0]["id"]
    told = anna.post("/orders", order_of("TEUR", quantity=4, dry_run=True, address_id=address)).json()
    assert told["total_gross"] == {"amount": "492.00", "currency": "EUR"}
