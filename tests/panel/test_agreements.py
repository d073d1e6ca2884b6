"""The merchant's pages about agreements and price lists (issue 16): who may, what is refused, what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.agreements.models import AgreedPack, Agreement, ListedPrice, PriceList
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.support import attributes
from tests.support.statements import statements

AGREEMENTS, LISTS = "/dashboard/agreements/", "/dashboard/price-lists/"
TYPED = {"choice": "best", "assorted": "as_above", "position": "0"}


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    carts.stock("P1")
    carts.stock("P2")
    return visit(cast.mia, superuser=True)


def _list(cast: Cast, name: str = "Zima") -> PriceList:
    return actions.add_list(ListInput(name=name, currency="PLN"), actor=cast.mia.actor)


def _agreement(cast: Cast, name: str, **said: Any) -> Agreement:
    return actions.add_agreement(AgreementInput(name=name, **said), actor=cast.mia.actor, unit_id=cast.krakow.pk)


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def _paths(cast: Cast) -> list[str]:
    row, found = _list(cast), _agreement(cast, "Umowa")
    one, listed = f"{AGREEMENTS}{found.pk}/", f"{LISTS}{row.pk}/"
    adding = f"/dashboard/organizations/{cast.acme.pk}/agreements/add/"
    looks = [AGREEMENTS, one, LISTS, listed, f"{listed}prices.csv"]
    return [
        *looks,
        f"{AGREEMENTS}add/",
        f"{one}change/",
        adding,
        f"{LISTS}add/",
        f"{listed}change/",
        f"{listed}prices/",
    ]


@pytest.mark.parametrize("who", ["dora", "jan", "otto", "paul"])
def test_no_customer_sees_or_changes_what_was_agreed_not_even_their_own(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    for path in _paths(cast):
        assert client.get(path).status_code == 403
        assert client.post(path, {**TYPED, "name": "X"}).status_code == 403
    assert (Agreement.objects.count(), PriceList.objects.count()) == (1, 1)


def test_staff_without_the_right_look_and_change_nothing(cast: Cast, visit: Visit) -> None:
    client, paths = visit(person("Karl", "Kasa", staff=True)), _paths(cast)
    assert [client.get(path).status_code for path in paths] == [200] * 5 + [403] * 6


def test_an_agreement_is_made_with_a_unit_changed_and_ended(cast: Cast, mia: Client) -> None:
    zima, wiosna = _list(cast, "Zima"), _list(cast, "Wiosna")
    said = {**TYPED, "name": "Umowa", "unit": cast.krakow.pk, "lists": "Wiosna\nZima", "packs": "P1;12;24;karton"}
    answer = mia.post(f"/dashboard/organizations/{cast.acme.pk}/agreements/add/", said)
    made = Agreement.objects.get()
    assert answer["Location"] == f"{AGREEMENTS}{made.pk}/"
    assert (made.organization, made.unit, made.choice) == (cast.acme, cast.krakow, "best")
    assert [each.price_list_id for each in made.agreed_lists.order_by("position")] == [wiosna.pk, zima.pk]
    assert AgreedPack.objects.values_list("multiple", "smallest", "unit").get() == (12, 24, "karton")

    change = f"{AGREEMENTS}{made.pk}/change/"
    initial = mia.get(change).context["form"].initial
    assert (initial["lists"], initial["packs"]) == ("Wiosna\nZima", "P1;12;24;karton")
    ended = {**TYPED, "name": "Umowa", "lists": initial["lists"], "packs": initial["packs"], "ends": "2027-01-31"}
    assert mia.post(change, {**ended, "version": "1"}).status_code == 302
    made.refresh_from_db()
    assert (made.version, made.ends) == (2, date(2027, 1, 31))
    stale = mia.post(change, {**ended, "name": "Inna", "version": "1"})
    assert stale.status_code == 409
    page = _text(stale)
    assert ('value="Inna"' in page, "Stored now: Umowa" in page) == (True, True), "what was typed, and what is stored"
    assert 'name="version" value="2"' in page, "who has read it can save"
    assert mia.post(change, {**ended, "name": "Inna", "version": "2"}).status_code == 302
    assert _text(mia.get(f"{AGREEMENTS}{made.pk}/")).count("Mia Sikora") >= 2


def test_products_are_named_by_attributes_as_people_write_them(cast: Cast, mia: Client) -> None:
    for sku, brand in (("P1", "Leitz"), ("P2", "LEITZ")):
        attributes.give(carts.stock(sku).product, "brand", brand, name="Marka")
    said = {**TYPED, "name": "Marki", "assorted": "only", "attributes": "marka;leitz\nbrand\tLeitz"}
    assert mia.post(f"{AGREEMENTS}add/", said).status_code == 302
    made = Agreement.objects.get()
    assert set(made.goods.values_list("attribute", "value")) == {("brand", "Leitz"), ("brand", "LEITZ")}
    assert "brand: LEITZ" in _text(mia.get(f"{AGREEMENTS}{made.pk}/"))
    change = f"{AGREEMENTS}{made.pk}/change/"
    initial = mia.get(change).context["form"].initial["attributes"]
    assert sorted(initial.splitlines()) == ["brand;LEITZ", "brand;Leitz"]
    again = {**said, "attributes": initial, "version": "1"}
    assert mia.post(change, again).status_code == 302
    assert made.goods.count() == 2


@pytest.mark.parametrize("typed", ["brand;Esselte", "colour;Leitz", "brand", "brand;", ";Leitz", "brand;" + "x" * 400])
def test_an_attribute_that_no_product_has_is_named_and_kept(cast: Cast, mia: Client, typed: str) -> None:
    attributes.give(carts.stock("P1").product, "brand", "Leitz")
    said = {**TYPED, "name": "Marki", "assorted": "only", "goods": "P1", "attributes": typed}
    answer = mia.post(f"{AGREEMENTS}add/", said)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["attributes"])
    assert typed in _text(answer)
    assert not Agreement.objects.exists()


def test_so_many_attributes_are_named_at_once(cast: Cast, mia: Client) -> None:
    said = {**TYPED, "name": "Marki", "attributes": "\n".join(f"brand;{number}" for number in range(101))}
    answer = mia.post(f"{AGREEMENTS}add/", said)
    assert answer.context["form"].errors["attributes"] == ["Name up to 100 attributes."]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("lists", "Lato"), ("goods", "NIE-MA"), ("packs", "P1;dużo"), ("packs", "P1;2\nP1;3"), ("ends", "0001-01-01")],
)
def test_what_is_not_there_is_named_at_its_field(cast: Cast, mia: Client, field: str, typed: str) -> None:
    answer = mia.post(f"{AGREEMENTS}add/", {**TYPED, "name": "Publiczna", field: typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Agreement.objects.exists()


def test_the_list_is_narrowed_by_customer_and_day(cast: Cast, mia: Client) -> None:
    today = timezone.localdate()
    _agreement(cast, "teraz")
    _agreement(cast, "wkrótce", starts=today + timedelta(days=1))
    _agreement(cast, "koniec", ends=today + timedelta(days=30))
    _agreement(cast, "dawna", ends=today - timedelta(days=1))

    def names(query: str) -> list[str]:
        return [row.name for row in mia.get(f"{AGREEMENTS}?{query}").context["page"].rows]

    assert names("when=now") == ["koniec", "teraz"]
    assert names("when=coming") == ["wkrótce"]
    assert names("when=ending") == ["koniec"]
    assert names("when=ended") == ["dawna"]
    assert names(f"organization={cast.acme.pk}&q=krak") == ["dawna", "koniec", "wkrótce", "teraz"]
    assert names("q=nikt") == []


@pytest.mark.parametrize("number", [1, 3])
def test_lists_and_pages_take_as_many_statements_for_three_as_for_one(cast: Cast, mia: Client, number: int) -> None:
    ids = [carts.stock(f"S{each}").product_id for each in range(number)]
    said = {
        "assorted": Assorted.ONLY,
        "goods": tuple(GoodsInput(product_id=each) for each in ids),
        "packs": tuple(PackInput(product_id=each, multiple=12) for each in ids),
        "list_ids": tuple(_list(cast, f"L{each}").pk for each in range(number)),
    }
    found = [_agreement(cast, f"U{each}", **said) for each in range(number)]
    row = _list(cast)
    mia.post(
        f"{LISTS}{row.pk}/prices/",
        {
            "version": "1",
            "text": "sku;net_price;from\n" + "".join(f"P1;{each};{each}\n" for each in range(1, number + 1)),
        },
    )
    counts = []
    for path in (AGREEMENTS, f"{AGREEMENTS}{found[0].pk}/", LISTS, f"{LISTS}{row.pk}/"):
        mia.get(path)
        counts.append(len(statements(lambda path=path: mia.get(path))))  # type: ignore[misc]
    assert counts == [4, 12, 4, 7]


def test_prices_come_from_a_file_or_pasted_all_or_nothing(cast: Cast, mia: Client) -> None:
    row = _list(cast)
    path = f"{LISTS}{row.pk}/prices/"
    bad = mia.post(path, {"version": "1", "text": "sku;net_price\nP1;7,50\nNIE-MA;1"})
    assert bad.status_code == 422
    assert "NIE-MA" in _text(bad)
    assert not ListedPrice.objects.exists()
    file = SimpleUploadedFile("ceny.csv", b"sku;net_price;from\nP1;7,50;\nP1;0,01;1000000\n")
    assert mia.post(path, {"version": "1", "file": file}).status_code == 302
    assert mia.post(path, {"version": "2", "text": "sku;ends\nP1;2027-01-31"}).status_code == 302
    kept = ListedPrice.objects.order_by("least").values_list("least", "net", "ends")
    assert list(kept) == [(1, Decimal("7.5000"), date(2027, 1, 31)), (1_000_000, Decimal("0.0100"), None)]
    assert mia.post(path, {"version": "1", "text": "sku;net_price\nP1;1"}).status_code == 409
    assert len(mia.get(f"{LISTS}{row.pk}/?code=P1").context["page"].rows) == 2
    assert len(mia.get(f"{LISTS}{row.pk}/?code=P2").context["page"].rows) == 0


def test_a_file_of_prices_comes_back_as_it_went(cast: Cast, mia: Client) -> None:
    row = _list(cast)
    mia.post(
        f"{LISTS}{row.pk}/prices/",
        {"version": "1", "text": "sku;net_price;per_cent;from\nP1;7,50555;;1\nP1;1,2340;;9\nP2;;-12,5;1\nP2;;1,2340;9"},
    )
    shown = _text(mia.get(f"{LISTS}{row.pk}/"))
    assert ("+12.5%" in shown, "−-" in shown) == (True, False), "P2 costs an eighth more than the shop's price"
    before = list(ListedPrice.objects.order_by("product").values_list("product", "net", "per_cent", "least"))
    file = SimpleUploadedFile("ceny.csv", mia.get(f"{LISTS}{row.pk}/prices.csv").content)
    assert mia.post(f"{LISTS}{row.pk}/prices/", {"version": "2", "file": file}).status_code == 302
    assert list(ListedPrice.objects.order_by("product").values_list("product", "net", "per_cent", "least")) == before
    assert [row[1] for row in before] == [Decimal("7.50555"), Decimal("1.234"), None, None]
    looked = mia.post(f"{LISTS}{row.pk}/prices/", {"version": "3", "look": "1", "file": _again(file)})
    kept = looked.context["form"].data["text"]
    assert mia.post(f"{LISTS}{row.pk}/prices/", {"version": "3", "text": kept}).status_code == 302
    assert list(ListedPrice.objects.order_by("product").values_list("product", "net", "per_cent", "least")) == before


def _again(file: SimpleUploadedFile) -> SimpleUploadedFile:
    file.seek(0)
    return file


def test_a_list_is_made_and_based_on_another_by_its_name(cast: Cast, mia: Client) -> None:
    zima = _list(cast)
    said = {"name": "Wiosna", "currency": "PLN", "base": "Zima", "places": "2", "offers": "on"}
    assert mia.post(f"{LISTS}add/", said).status_code == 302
    made = PriceList.objects.get(name="Wiosna")
    assert (made.base, made.offers) == (zima, True)
    circle = mia.post(f"{LISTS}{zima.pk}/change/", {"name": "Zima", "base": "Wiosna", "places": "2", "version": "1"})
    assert circle.status_code == 422
    assert "base" in circle.context["form"].errors


def test_staff_see_of_each_line_which_list_and_step_it_was_priced_by_as_it_was_placed(cast: Cast, mia: Client) -> None:
    """Point 1 of issue 16: why, kept as a fact, whatever the list is called or says by now."""
    one, other = carts.stock("P1"), carts.stock("P2")
    row = PriceInput(goods=GoodsInput(product_id=one.product_id), least=2, net=Decimal("7.50"))
    listed = actions.add_list(ListInput(name="Zima", currency="PLN"), actor=cast.mia.actor, prices=(row,))
    _agreement(cast, "Umowa", list_ids=(listed.pk,))
    number = orders.place(cast.anna, records=[one, other], quantity=2).order_number
    at_work = orders.place(cast.ben, records=[one, other], quantity=2).order_number
    bare = orders.place(cast.otto).order_number
    actions.change_list(listed.pk, ListInput(name="Wiosna", currency="PLN"), actor=cast.mia.actor, version=1)
    for path in (f"/dashboard/acceptance/{number}/", f"/dashboard/orders/{at_work}/"):
        page = _text(mia.get(path))
        assert "list “Zima”, version 1, from 2 pieces" in page, path
        assert page.count("the shop&#x27;s own price") == 1, path
        assert "Placed under “Umowa”, version 1" in page, path
    assert "Placed under" not in _text(mia.get(f"/dashboard/acceptance/{bare}/"))
