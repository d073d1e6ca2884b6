"""The shop's catalogue: what a buyer finds, and that a list costs the same however long it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from akcept.kernel.folding import fold
from akcept.organizations.models import Module
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.statements import statements

NAMES = {"PAP-1": "Papier ksero", "ZRO-1": "Woda Źródlana", "KUB-1": "Kubki papierowe", "PAP-10": "Żółta teczka"}


@pytest.fixture
def shelf(cast: Cast) -> None:
    for sku, name in NAMES.items():
        product = carts.stock(sku).product
        product.title = name
        product.save()


def _found(client: Client, typed: str) -> list[str]:
    page = client.get("/search/", {"q": typed}).content.decode()
    return re.findall(r'<a class="name"[^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("źródlana", ["Woda Źródlana"]),
        ("ŹRÓDLANA woda", ["Woda Źródlana"]),
        ("zrodlana", ["Woda Źródlana"]),
        ("ZOLTA", ["Żółta teczka"]),
        ("pap-1", ["Papier ksero", "Żółta teczka"]),
        ("pap", ["Papier ksero", "Żółta teczka", "Kubki papierowe"]),
        ("590PAP-10", ["Żółta teczka"]),
        ("papier nothing", []),
        ("%", []),
        ("\x00zolta", ["Żółta teczka"]),
        ("x" * 5000, []),
    ],
)
def test_search_finds_as_people_type_and_puts_the_code_that_was_meant_first(
    shelf: None, visit: Visit, typed: str, titles: list[str]
) -> None:
    assert _found(visit(), typed) == titles


@pytest.mark.postgres
def test_search_is_the_same_on_postgresql(shelf: None, visit: Visit) -> None:
    assert _found(visit(), "zrodlana") == ["Woda Źródlana"]
    assert _found(visit(), "PAP-1") == ["Papier ksero", "Żółta teczka"]
    assert _found(visit(), "\x00zolta") == ["Żółta teczka"]


def test_fold_is_what_the_database_does() -> None:
    assert fold("Zażółć GĘŚLĄ jaźń") == "zazolc gesla jazn"


@pytest.mark.parametrize("path", ["/catalogue/", "/search/?q=Produkt"])
def test_list_costs_the_same_for_one_product_and_three(cast: Cast, visit: Visit, path: str) -> None:
    client = visit(cast.anna)
    counts = []
    for number in (1, 3):
        for i in range(number):
            _with_unit(carts.stock(f"S{i}").product)
        counts.append(len(statements(lambda: client.get(path))))
    assert counts[0] == counts[1]


def _with_unit(product: Any) -> None:
    attribute = apps.get_model("catalogue.ProductAttribute").objects.get_or_create(
        product_class=product.product_class, code="unit", defaults={"name": "Unit", "type": "text"}
    )[0]
    product.attribute_values.get_or_create(attribute=attribute, defaults={"value_text": "opak."})


def test_category_menu_opens_the_way_to_where_one_is(cast: Cast, visit: Visit) -> None:
    Category = apps.get_model("catalogue.Category")
    office = Category.objects.add_root({"name": "Biuro"})
    workshop = Category.objects.add_root({"name": "Warsztat"})
    paper = Category.objects.add_child(office, {"name": "Papier"})
    Category.objects.add_child(workshop, {"name": "Klucze"})
    copy = Category.objects.add_child(paper, {"name": "Ksero"})

    def shown(path: str) -> set[str]:
        return set(re.findall(r'class="tree-\d"><a [^>]*>([^<]+)<', visit().get(path).content.decode()))

    assert shown("/catalogue/") == {"Biuro", "Warsztat", "Papier", "Klucze"}
    office, paper, copy = (Category.objects.get(pk=row.pk) for row in (office, paper, copy))
    assert shown(office.get_absolute_url()) == {"Biuro", "Warsztat", "Papier"}
    assert shown(paper.get_absolute_url()) == {"Biuro", "Warsztat", "Papier", "Ksero"}
    assert shown(copy.get_absolute_url()) == {"Biuro", "Warsztat", "Papier", "Ksero"}


def test_adding_from_a_list_says_so_once_and_marks_the_product(cast: Cast, visit: Visit) -> None:
    product = carts.stock("S1").product
    client = visit(cast.anna, language="pl")
    page = client.post(f"/basket/add/{product.pk}/", {"quantity": 3, "next": "/catalogue/"}, follow=True)
    text = page.content.decode()
    assert text.count("Dodano do koszyka: 3 × <b>Produkt S1</b>.") == 1
    assert "w koszyku: 3" in text
    assert "Your basket" not in text


def test_nothing_leads_to_what_the_merchant_switched_off(cast: Cast, visit: Visit, settings: Any) -> None:
    paths = ("/catalogue/", "/accounts/login/", "/accounts/signup/")
    sign_up = 'href="/organization/sign-up/"'
    assert all(sign_up in visit().get(path).content.decode() for path in paths)
    assert "/acceptance/" in visit(cast.ben).get("/orders/").content.decode()
    Module.objects.create(pk=1, enabled=False)
    assert not any(sign_up in visit().get(path).content.decode() for path in paths)
    assert "/acceptance/" in visit(cast.ben).get("/orders/").content.decode(), "what waits stays decidable"
    settings.AKCEPT_B2B_AVAILABLE = False
    assert not any(sign_up in visit().get(path).content.decode() for path in paths)
    assert "/acceptance/" not in visit(cast.ben).get("/orders/").content.decode()


@pytest.mark.parametrize("page", ["basket", "product", "quick"])
def test_english_pages_say_basket_whatever_oscars_american_catalogue_says(
    cast: Cast, shelf: None, visit: Visit, page: str
) -> None:
    product = carts.stock("PAP-1").product
    client = visit(cast.anna)
    client.cookies["django_language"] = "en"
    path = {
        "basket": "/basket/",
        "product": product.get_absolute_url(),
        "quick": "/quick-order/",
    }[page]
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    assert "asket" in words
    assert not re.search(r"\bcarts?\b", words, re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "says", "way"),
    [
        ("pl", "Nie znaleźliśmy nic dla „segregatr”", "Zobacz wszystkie produkty"),
        ("en", "Nothing found for “segregatr”", "See all products"),
    ],
)
def test_f7_a_search_that_finds_nothing_says_so_and_leads_on(visit: Visit, language: str, says: str, way: str) -> None:
    told = visit(language=language).get("/search/?q=segregatr").content.decode()
    assert says in told
    assert way in told
    hostile = visit(language=language).get("/search/", {"q": "<b>x</b>"}).content.decode()
    assert "<b>x</b>" not in hostile


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "says", "refused"),
    [
        ({"price": None}, "nie ma teraz ceny", "nie ma teraz ceny. Usuń tę pozycję"),
        ({"num_in_stock": 0}, "brak na stanie", "nie można teraz zamówić"),
    ],
)
def test_goods_that_cannot_be_had_offer_no_button_and_the_basket_says_so(
    cast: Cast, visit: Visit, changed: dict[str, Any], says: str, refused: str
) -> None:
    client = visit(cast.anna, language="pl")
    record = carts.stock("S1")
    product = record.product
    client.post(f"/basket/add/{product.pk}/", {"quantity": "2"})
    assert f'action="/basket/add/{product.pk}/"' in client.get(product.get_absolute_url()).content.decode()
    type(record).objects.filter(pk=record.pk).update(**changed)
    for path in (product.get_absolute_url(), "/catalogue/"):
        page = client.get(path).content.decode()
        assert f'action="/basket/add/{product.pk}/"' not in page
        assert says in page
    basket = client.get("/basket/").content.decode()
    assert refused in basket
    assert 'href="/checkout/"' not in basket


def _in_sizes(*skus: str) -> Any:
    """Return a product that comes in variants, each with a name, code and price of its own."""
    Product = apps.get_model("catalogue.Product")
    records = [carts.stock(sku) for sku in skus]
    parent = Product.objects.create(
        structure="parent", title="Buty robocze", product_class=records[0].product.product_class, slug="buty"
    )
    for record in records:
        kind = record.product
        kind.structure, kind.parent, kind.product_class, kind.title = "child", parent, None, f"Rozmiar {kind.title}"
        kind.save()
    return parent


def test_each_variant_is_ordered_from_its_products_page(cast: Cast, visit: Visit) -> None:
    """A variant is a row with its own code, price and quantity; a list leads to the page instead of adding."""
    parent = _in_sizes("B41", "B42")
    client, address = visit(cast.anna), parent.get_absolute_url()
    page = client.get(address).content.decode()
    lists = client.get("/catalogue/").content.decode()
    assert "Choose a variant" in lists
    assert f"/basket/add/{parent.pk}/" not in page + lists
    for kind in parent.children.all():
        assert kind.title in page
        assert f'action="/basket/add/{kind.pk}/"' in page
    chosen = parent.children.get(title__contains="B42")
    refused = client.post(f"/basket/add/{chosen.pk}/", {"quantity": "999999", "next": address})
    assert refused.status_code == 422
    assert f'id="refused-{chosen.pk}"' in refused.content.decode()
    assert 'value="999999"' in refused.content.decode()
    done = client.post(f"/basket/add/{chosen.pk}/", {"quantity": "3", "next": address})
    assert (done.status_code, done["Location"]) == (302, address)
    lines = apps.get_model("basket.Line").objects.filter(basket__owner=cast.anna.user)
    assert list(lines.values_list("product_id", "quantity")) == [(chosen.pk, 3)]
    assert "3 in the basket" in client.get(address).content.decode()


def test_variants_cost_the_same_however_many(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    counts = []
    for skus in (("B1",), ("C1", "C2", "C3")):
        address = _in_sizes(*skus).get_absolute_url()
        client.get(address)
        counts.append(len(statements(lambda address=address: client.get(address))))  # type: ignore[misc]
    assert counts[0] == counts[1]


def test_a_variant_nobody_may_see_is_no_row(cast: Cast, visit: Visit) -> None:
    parent = _in_sizes("B41", "B42")
    hidden = parent.children.get(title__contains="B41")
    hidden.is_public = False
    hidden.save()
    page = visit(cast.anna).get(parent.get_absolute_url()).content.decode()
    assert hidden.title not in page
    assert page.count("qty-input") == 1
