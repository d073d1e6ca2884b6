"""A member's agreed prices and assortment on the way from page to order (issue 16)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted, Choice, Conditions
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.agreements.models import Agreement, OrderedUnder, PriceList
from akcept.approvals.models import Terms
from akcept.fulfilment import booked
from akcept.kernel.errors import Changed, Invalid, InvalidLines, OutOfStock, Refused
from akcept.ordering import actions as ordering
from akcept.ordering.models import ShopTerms
from akcept.ordering.ports import WantedLine
from akcept.ordering.queries import whole
from akcept.organizations.models import Unit
from akcept.oscar_edge import agreed, quotes
from akcept.oscar_edge.basket import lists
from akcept.testing import carts, orders
from akcept.testing import cast as people
from akcept.testing.cast import Cast, Person
from tests.support import attributes, offers
from tests.support.api import system_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return people.make()


def price_list(cast: Cast, name: str = "L", *rows: PriceInput, **columns: Any) -> PriceList:
    made = actions.add_list(ListInput(**{"name": name, "currency": "PLN", **columns}), actor=cast.mia.actor)
    return actions.set_prices(made.pk, rows, actor=cast.mia.actor, version=1) if rows else made


def net(record: Any, price: str, **columns: Any) -> PriceInput:
    return PriceInput(goods=GoodsInput(product_id=record.product_id), net=Decimal(price), **columns)


def agree(cast: Cast, unit: Unit | None, *lists: PriceList, **columns: Any) -> Agreement:
    wanted = AgreementInput(**{"name": f"A{Agreement.objects.count()}", **columns}, list_ids=tuple(x.pk for x in lists))
    return actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk if unit else None)


def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def _lines(number: str) -> list[Any]:
    return list(apps.get_model("order.Line").objects.filter(order__number=number).order_by("pk"))


def test_an_order_costs_what_was_agreed_and_keeps_under_which_version(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "Kraków", net(record, "7.50"), net(record, "6.20", least=10))
    made = agree(cast, cast.krakow, found)
    few = orders.place(cast.anna, records=[record], quantity=9)
    many = orders.place(cast.anna, records=[record], quantity=10)
    (one,), (ten,) = _lines(few.order_number), _lines(many.order_number)
    assert (one.unit_price_excl_tax, one.line_price_excl_tax) == (Decimal("7.50"), Decimal("67.50"))
    assert (ten.unit_price_excl_tax, ten.line_price_excl_tax) == (Decimal("6.20"), Decimal("62.00"))
    assert ten.line_price_incl_tax == Decimal("76.26")  # 62.00 and 23 % of it
    under = OrderedUnder.objects.get(pk=many.order_id)
    assert under.agreements == [{"agreement": made.pk, "name": "A0", "version": 1}]
    assert under.lines == [
        {
            "product": record.product_id,
            "quantity": 10,
            "net": "6.20",
            "agreement": made.pk,
            "list": found.pk,
            "list_name": "Kraków",
            "list_version": 2,
            "least": 10,
            "off": [],
        }
    ]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("anna", "7.00"), ("piotr", "7.00"), ("jan", "8.00"), ("otto", "10.00"), ("paul", "10.00")],
)
def test_a_unit_s_agreement_counts_there_and_below_and_for_nobody_else(cast: Cast, who: str, expected: str) -> None:
    """Piotr sits below Kraków, Jan in Tarnów, Otto in another organisation, Paul in none."""
    record = carts.stock("P1", price="10.00")
    agree(cast, cast.krakow, price_list(cast, "K", net(record, "7.00")))
    agree(cast, cast.head_office, price_list(cast, "H", net(record, "8.00")))
    person = getattr(cast, who)
    page = _client(person).get(f"/catalogue/{record.product.slug}_{record.product_id}/").content.decode()
    assert expected.replace(".", ",") in page
    placed = orders.place(person, records=[record], quantity=1)
    (line,) = _lines(placed.order_number)
    assert line.unit_price_excl_tax == Decimal(expected)
    assert OrderedUnder.objects.filter(pk=placed.order_id).exists() is (expected != "10.00")


def test_an_agreement_with_everybody_reaches_guests_and_strangers(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    agree(cast, None, price_list(cast, "All", PriceInput(goods=GoodsInput(), per_cent=Decimal("12.5"))))
    for client in (Client(), _client(cast.otto), _client(cast.paul)):
        assert "8,75" in client.get("/catalogue/").content.decode()
    (line,) = _lines(orders.place(cast.otto, records=[record], quantity=1).order_number)
    assert line.unit_price_excl_tax == Decimal("8.75")


def test_the_same_price_on_list_product_basket_quick_order_and_checkout(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    agree(cast, cast.head_office, price_list(cast, "L", net(record, "3.33")))
    client = _client(cast.anna)
    for address in ("/catalogue/", "/search/?q=P1", f"/catalogue/{record.product.slug}_{record.product_id}/"):
        assert "3,33" in client.get(address).content.decode(), address
    assert client.post("/basket/quick-order/", {"lines": "P1;3"}).status_code == 302
    line = apps.get_model("basket.Line").objects.get()
    assert line.price_excl_tax == Decimal("3.33")
    for address in ("/basket/", "/checkout/"):
        page = client.get(address).content.decode()
        assert "9,99" in page, address
        assert "30,00" not in page, address


def test_what_the_approver_was_shown_is_what_is_released_whatever_changes(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"))
    made = agree(cast, cast.krakow, found)
    placed = orders.place(cast.anna, records=[record], quantity=2)
    actions.set_prices(found.pk, [net(record, "99.00")], actor=cast.mia.actor, version=found.version)
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.change_agreement(made.pk, AgreementInput(name="A0", ends=yesterday), actor=cast.mia.actor, version=1)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    (line,) = _lines(placed.order_number)
    assert line.line_price_excl_tax == Decimal("14.00")
    assert OrderedUnder.objects.get(pk=placed.order_id).agreements[0]["version"] == 1


def test_prices_past_their_term_become_the_agreed_ones_of_today(cast: Cast) -> None:
    ShopTerms.objects.create(pk=1, price_days=1)
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"), net(record, "6.00", least=2))
    agree(cast, cast.krakow, found)
    placed = orders.place(cast.anna, records=[record], quantity=2)
    later = [net(record, "9.00"), net(record, "6.50", least=2)]
    actions.set_prices(found.pk, later, actor=cast.mia.actor, version=found.version)
    cast.anna.member.unit = cast.tarnow  # type: ignore[union-attr]
    cast.anna.member.save()  # type: ignore[union-attr]
    now = timezone.now() + timedelta(days=2)
    ordering.update_prices(placed.order_number, actor=cast.ben.actor, version=1, now=now)
    (line,) = _lines(placed.order_number)
    assert line.unit_price_excl_tax == Decimal("6.50"), "of the unit it was placed for, at its quantity"


def test_a_list_that_changed_after_the_page_was_shown_is_said(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"))
    agree(cast, cast.krakow, found)
    basket = carts.fill(cast.anna, records=[record])
    page = _client(cast.anna).get("/checkout/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    actions.set_prices(found.pk, [net(record, "7.01")], actor=cast.mia.actor, version=found.version)
    with pytest.raises(Changed):
        orders.place_cart(cast.anna, basket, seen=seen[1])


@pytest.mark.parametrize(("counts", "expected"), [(False, "14.00"), (True, "12.60")])
def test_offers_count_on_top_of_a_list_or_not_as_it_says(cast: Cast, counts: bool, expected: str) -> None:
    """10 per cent off everything: on top of 7.00 where the list says so; what is not in the list has it anyway."""
    record, other = carts.stock("P1", price="10.00"), carts.stock("P2", price="10.00")
    agree(cast, cast.krakow, price_list(cast, "L", net(record, "7.00"), offers=counts))
    offers.make("Percentage", "10")
    (line, more) = _lines(orders.place(cast.anna, records=[record, other], quantity=2).order_number)
    assert line.line_price_excl_tax == Decimal(expected)
    assert more.line_price_excl_tax == Decimal("18.00")


# --- what may be bought ---


def _only(cast: Cast, *records: Any, unit: Unit | None = None) -> None:
    goods = tuple(GoodsInput(product_id=record.product_id) for record in records)
    agree(cast, unit or cast.krakow, assorted=Assorted.ONLY, goods=goods)


def test_what_is_outside_does_not_exist_for_the_buyer(cast: Cast) -> None:
    inside, outside = carts.stock("IN1"), carts.stock("OUT1")
    _only(cast, inside)
    address = f"/catalogue/{outside.product.slug}_{outside.product_id}/"
    for person, sees in ((cast.anna, False), (cast.piotr, False), (cast.jan, True), (cast.otto, True)):
        client = _client(person)
        assert client.get(address).status_code == (200 if sees else 404)
        for page in ("/catalogue/", "/search/?q=OUT1", "/search/?q=Produkt"):
            assert ("Produkt OUT1" in client.get(page).content.decode()) is sees, (person.name, page)
        answer = client.post("/basket/quick-order/", {"lines": "OUT1;1"})
        assert (answer.status_code == 302) is sees
        added = client.post(f"/basket/add/{outside.product_id}/", {"quantity": 1})
        assert added.status_code == (302 if sees else 404), person.name
    assert Client().get(address).status_code == 200


def test_a_category_is_named_with_those_below(cast: Cast) -> None:
    Category = apps.get_model("catalogue.Category")
    above = Category.objects.add_root({"name": "Biuro", "slug": "biuro"})
    below = Category.objects.add_child(above, {"name": "Papier", "slug": "papier"})
    inside, outside = carts.stock("IN1"), carts.stock("OUT1")
    inside.product.categories.add(below)
    agree(cast, cast.krakow, assorted=Assorted.ALL_BUT, goods=(GoodsInput(category_id=above.pk),))
    page = _client(cast.anna).get("/catalogue/").content.decode()
    assert "Produkt IN1" not in page
    assert "Produkt OUT1" in page
    with pytest.raises(OutOfStock, match="Produkt IN1"):
        orders.place(cast.anna, records=[inside])
    assert orders.place(cast.anna, records=[outside]).order_number


@pytest.mark.parametrize(
    ("kind", "value"), [("text", "Leitz"), ("option", "Leitz"), ("multi_option", "Leitz"), ("integer", 5)]
)
@pytest.mark.parametrize("assorted", [Assorted.ONLY, Assorted.ALL_BUT])
@pytest.mark.parametrize("on", ["itself", "parent"])
def test_the_query_and_the_answer_agree_on_products_named_by_an_attribute(
    cast: Cast, kind: str, value: Any, assorted: Assorted, on: str
) -> None:
    named, other = carts.stock("IN1"), carts.stock("OUT1")
    holder = named.product
    if on == "parent":
        holder = carts.stock("IN").product
        holder.stockrecords.all().delete()
        holder.structure = "parent"
        holder.save()
        type(holder).objects.filter(pk=named.product_id).update(structure="child", parent=holder, product_class=None)
    attributes.give(holder, "brand", value, kind=kind)
    attributes.give(other.product, "made_by", value, kind=kind)
    agree(cast, cast.krakow, assorted=assorted, goods=(GoodsInput(attribute=("brand", str(value))),))
    strategy = quotes.strategy_for(cast.anna.user, agreed.Buyer(member_id=cast.anna.member.pk))  # type: ignore[union-attr]
    products = apps.get_model("catalogue.Product").objects.all()
    found = set(agreed.visible(strategy, products).values_list("pk", flat=True))
    for product in products.exclude(structure="parent"):
        may = strategy.agreed.answer(product, None, 1).may_buy
        assert may is (product.pk in found), product.title
        assert may is ((product.pk == named.product_id) == (assorted is Assorted.ONLY)), product.title
    for person in (cast.jan, cast.otto):
        assert orders.place(person, records=[carts.stock("IN1"), carts.stock("OUT1")]).order_number
    outside = "OUT1" if assorted is Assorted.ONLY else "IN1"
    with pytest.raises(OutOfStock, match=f"Produkt {outside}"):
        orders.place(cast.anna, records=[carts.stock(outside)])


def test_an_assortment_by_attribute_takes_as_many_statements_for_three_products_as_for_one(cast: Cast) -> None:
    goods = []
    for number in (1, 2, 3, 4):
        attributes.give(carts.stock(f"S{number}").product, "brand", f"B{number}")
        goods.append(GoodsInput(attribute=("brand", f"B{number}")))
    agree(cast, cast.krakow, assorted=Assorted.ONLY, goods=tuple(goods[:1]))
    client = _client(cast.anna)
    client.get("/catalogue/")
    counts = [len(statements(partial(client.get, "/catalogue/")))]
    made = Agreement.objects.get()
    wanted = AgreementInput(name=made.name, assorted=Assorted.ONLY, goods=tuple(goods[:3]))
    actions.change_agreement(made.pk, wanted, actor=cast.mia.actor, version=1)
    counts.append(len(statements(partial(client.get, "/catalogue/"))))
    page = client.get("/catalogue/").content.decode()
    assert [number for number in (1, 2, 3, 4) if f"Produkt S{number}" in page] == [1, 2, 3]
    assert counts[0] == counts[1]


def test_no_way_of_ordering_leads_around_it(cast: Cast) -> None:
    """A basket filled before the agreement, and an order once placed, do not bring it back."""
    inside, outside = carts.stock("IN1"), carts.stock("OUT1")
    before = orders.place(cast.anna, records=[inside, outside])
    _only(cast, inside)
    with pytest.raises(OutOfStock, match="Produkt OUT1"):
        orders.place(cast.anna, records=[inside, outside])
    apps.get_model("basket.Basket").objects.filter(status="Open").delete()
    client = _client(cast.anna)
    answer = client.post(f"/basket/order-again/{before.order_number}/", follow=True)
    assert "Produkt OUT1" in answer.content.decode(), "named as not added"
    lines = apps.get_model("basket.Line").objects.filter(basket__status="Open")
    assert [line.product_id for line in lines] == [inside.product_id]


def test_an_approver_still_sees_what_was_ordered(cast: Cast) -> None:
    record = carts.stock("OUT1")
    placed = orders.place(cast.anna, records=[record])
    _only(cast, carts.stock("IN1"), unit=cast.head_office)
    page = _client(cast.ben).get(f"/orders/{placed.order_number}/").content.decode()
    assert "Produkt OUT1" in page
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)


# --- packs ---


def _packed(cast: Cast, record: Any, multiple: int = 12, smallest: int = 1, unit: str = "") -> None:
    pack = PackInput(product_id=record.product_id, unit=unit, multiple=multiple, smallest=smallest)
    agree(cast, cast.krakow, packs=(pack,))


def test_what_does_not_fit_a_pack_is_refused_with_what_does(cast: Cast) -> None:
    record = carts.stock("P1")
    _packed(cast, record)
    with pytest.raises(OutOfStock, match=r"P1.*12.*12.*11"):
        orders.place(cast.anna, records=[record], quantity=11)
    assert orders.place(cast.anna, records=[record], quantity=24).order_number
    assert orders.place(cast.jan, records=[record], quantity=11).order_number, "agreed with Kraków only"


def test_product_page_and_basket_say_so_and_lose_nothing(cast: Cast) -> None:
    record = carts.stock("P1")
    _packed(cast, record, unit="karton", smallest=24)
    client = _client(cast.anna)
    client.post("/i18n/setlang/", {"language": "en"})
    page = client.get(f"/catalogue/{record.product.slug}_{record.product_id}/").content.decode()
    assert "sold by 12 (karton), from 24" in page
    assert 'value="24"' in page
    refused = client.post(f"/basket/add/{record.product_id}/", {"quantity": 25})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Sold by 12 (karton), from 24; order 36 instead of 25." in text
    assert 'value="25"' in text
    assert client.post(f"/basket/add/{record.product_id}/", {"quantity": 24}).status_code == 302
    line = apps.get_model("basket.Line").objects.get()
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": line.pk, "form-0-quantity": 25}
    answer = client.post("/basket/", form)
    assert answer.status_code == 422
    assert "order 36 instead of 25" in answer.content.decode()


def test_list_and_basket_say_how_it_is_sold_and_what_more_would_cost(cast: Cast) -> None:
    record, other = carts.stock("P1", price="10.00"), carts.stock("P2", price="10.00")
    steps = [net(record, "7.50"), net(record, "6.20", least=24), net(record, "5.80", least=1200)]
    agree(cast, cast.krakow, price_list(cast, "L", *steps))
    _packed(cast, record, unit="carton")
    carts.fill(cast.anna, records=[record, other], quantity=12)
    for person, said in ((cast.anna, 1), (cast.jan, 0)):
        client = _client(person)
        client.post("/i18n/setlang/", {"language": "en"})
        for address in ("/catalogue/", "/search/?q=P1", "/basket/")[: 3 if said else 2]:
            text = client.get(address).content.decode()
            found = [
                text.count(words) for words in ("sold by 12 (carton)", "from 24: ", "from 1,200: ", "6.20", "5.80")
            ]
            assert found == [said] * 5, (person.name, address)


def test_no_step_is_shown_below_what_is_sold(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    steps = [net(record, "7.50"), net(record, "6.20", least=12), net(record, "5.80", least=1200)]
    agree(cast, cast.krakow, price_list(cast, "L", *steps))
    _packed(cast, record, smallest=24)
    client = _client(cast.anna)
    client.post("/i18n/setlang/", {"language": "en"})
    for address, first in (
        ("/catalogue/", 1),
        (f"/catalogue/{record.product.slug}_{record.product_id}/", 2),
    ):  # the pack, too
        text = client.get(address).content.decode()
        said = [text.count(words) for words in ("from 1<", "from 12<", "from 24<", "7.50", "5.80")]
        assert said == [0, 0, first, 0, 1], address


def test_ordering_again_rounds_up_with_a_word(cast: Cast) -> None:
    """What was ordered by the piece before it was sold by twelve."""
    record = carts.stock("P1")
    before = orders.place(cast.anna, records=[record], quantity=11)
    _packed(cast, record)
    client = _client(cast.anna)
    client.post("/i18n/setlang/", {"language": "en"})
    text = client.post(f"/basket/order-again/{before.order_number}/", follow=True).content.decode()
    assert "Rounded up to whole packs: “Produkt P1” 11 → 12, sold by 12." in text
    assert apps.get_model("basket.Line").objects.get(basket__status="Open").quantity == 12


def test_quick_order_rounds_up_with_a_word(cast: Cast) -> None:
    record = carts.stock("P1")
    _packed(cast, record)
    client = _client(cast.anna)
    client.post("/i18n/setlang/", {"language": "en"})
    text = client.post("/basket/quick-order/", {"lines": "P1;5\nP1;6"}, follow=True).content.decode()
    assert "Rounded up to whole packs: “P1” 11 → 12, sold by 12." in text
    assert apps.get_model("basket.Line").objects.get().quantity == 12
    text = client.post("/basket/quick-order/", {"lines": "P1;12"}, follow=True).content.decode()
    assert "Rounded up" not in text
    assert apps.get_model("basket.Line").objects.get().quantity == 24


def test_another_system_s_list_costs_what_was_agreed_and_is_never_rounded(cast: Cast) -> None:
    record, outside = carts.stock("P1", price="10.00"), carts.stock("OUT1")
    agree(cast, cast.krakow, price_list(cast, "L", net(record, "7.00")))
    _packed(cast, record)
    _only(cast, record)
    fill = partial(lists.fill_new, buyer=cast.anna.user, member_id=cast.anna.member.pk)  # type: ignore[union-attr]
    with pytest.raises(InvalidLines) as refused:
        fill([WantedLine(code="P1", quantity=11), WantedLine(code=outside.partner_sku, quantity=1)])
    (first, pack), (second, unknown) = refused.value.problems
    assert (first, second, "11 → 12" in pack) == (0, 1, True)
    with pytest.raises(InvalidLines) as nowhere:
        fill([WantedLine(code="NO-SUCH", quantity=1)])
    assert [(0, unknown)] == list(nowhere.value.problems), "what is outside is not told from what is not there"
    placed = orders.place_cart(cast.anna, fill([WantedLine(code="P1", quantity=12)]))
    (line,) = _lines(placed.order_number)
    assert line.line_price_excl_tax == Decimal("84.00")


def test_an_approver_cannot_cut_a_pack_open(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    record = carts.stock("P1")
    _packed(cast, record)
    placed = orders.place(cast.anna, records=[record], quantity=24)
    (line,) = _lines(placed.order_number)
    with pytest.raises(Invalid, match=r"P1.*12.*12.*11"):
        ordering.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 11}, reason="less")
    ordering.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 12}, reason="less")


def test_a1_an_agreed_price_of_five_decimals_is_right_to_the_cent_from_the_basket_to_the_files(cast: Cast) -> None:
    """9,000 x 0.01235 = 111.15; with the courier's 19.00 it is 130.15, and 29.93 of VAT at 23 %: 160.08."""
    record = carts.stock("P1", price="0.02", number=9_000)
    agree(cast, cast.head_office, price_list(cast, "L", net(record, "0.01235")))
    cart, client = carts.fill(cast.anna, records=[record], quantity=9_000), _client(cast.anna)
    client.post("/i18n/setlang/", {"language": "en"})
    for page, sums in (("/basket/", ("0.01235", "111.15")), ("/checkout/", ("0.01235", "111.15", "29.93", "160.08"))):
        shown = client.get(page).content.decode()
        assert [each for each in sums if each not in shown] == [], page
    placed = orders.place_cart(cast.anna, cart)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    shown = client.get(f"/orders/{placed.order_number}/").content.decode()
    assert [each for each in ("0.01235", "111.15", "29.93", "160.08") if each not in shown] == []
    order = whole.whole_order_for_staff(cast.mia.actor, placed.order_number)
    goods, courier = booked.rows_of(order)
    assert (goods.unit_net, goods.unit_gross) == (Decimal("0.01235"), Decimal("0.0151905"))
    assert (goods.net, courier.net, goods.gross + courier.gross) == (
        Decimal("111.15"),
        Decimal("19.00"),
        Decimal("160.08"),
    )
    assert (
        system_of(cast.anna).get(f"/orders/{placed.order_number}").json()["lines"][0]["unit_net"]["amount"] == "0.01235"
    )


# --- how many statements ---


def _five_lists(cast: Cast, records: list[Any], **said: Any) -> None:
    lists = [
        price_list(cast, f"L{n}", *(net(record, "5.00") for record in records[n::5]), currency="PLN") for n in range(4)
    ]
    based = price_list(cast, "L5", PriceInput(goods=GoodsInput(), per_cent=Decimal(5)), base_id=lists[0].pk)
    agree(cast, cast.head_office, *lists, based, choice=Choice.BEST, **said)


@pytest.mark.parametrize("said", [{}, {"conditions": Conditions(order_from=Decimal("0.01"), pays=("transfer",))}])
@pytest.mark.parametrize("many", [1, 300])
def test_placing_takes_three_statements_more_however_many_lines(cast: Cast, many: int, said: dict[str, Any]) -> None:
    records = [carts.stock(f"S{n}") for n in range(many)]
    orders.place(cast.anna, records=records)  # what is read once a process is read
    without = statements(lambda: orders.place(cast.anna, records=records))
    _five_lists(cast, records, **said)
    with_five = statements(lambda: orders.place(cast.anna, records=records))
    beside = ("basket_line", "akcept_approvals_policyversion")  # statements that ask it, too
    more = [sql for sql in with_five if "akcept_agreements" in sql and not any(each in sql for each in beside)]
    assert len(more) == 3
    assert len(with_five) - len(without) == 3


@pytest.mark.parametrize("address", ["/basket/", "/catalogue/"])
def test_pages_take_as_many_statements_for_one_as_for_twenty(cast: Cast, address: str) -> None:
    client = _client(cast.anna)
    records = [carts.stock(f"S{n}") for n in range(20)]
    carts.fill(cast.anna, records=records[:1])
    client.get(address)
    before = len(statements(lambda: client.get(address)))
    _five_lists(cast, records)
    one = len(statements(lambda: client.get(address)))
    apps.get_model("basket.Basket").objects.all().delete()
    carts.fill(cast.anna, records=records)
    assert len(statements(lambda: client.get(address))) == one
    assert one - before <= 3


def test_only_the_merchant_agrees(cast: Cast) -> None:
    for person in (cast.anna, cast.dora, cast.otto):
        with pytest.raises(Refused):
            actions.add_list(ListInput(name="X", currency="PLN"), actor=person.actor)
