"""What the merchant says of products beyond their stock: on pages, in lists, in the quick order and by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone, translation

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput
from akcept.oscar_edge import outlook
from akcept.oscar_edge.models import ProductOutlook
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.ui import formats
from tests.conftest import Visit
from tests.oscar_edge.test_dashboard_forms import FORMSETS, _typed
from tests.support.api import system_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

QUICK = "/basket/quick-order/"


def _gone(sku: str, **said: Any) -> Any:
    """Return the stock record of a product of which nothing is left, and of which this is said."""
    record = carts.stock(sku, number=0)
    ProductOutlook.objects.create(product=record.product, **said)
    return record


def _replaced(sku: str = "OLD") -> tuple[Any, Any]:
    """Return the stock records of a product that was replaced, and of the one in its place."""
    new = carts.stock("NEW")
    return _gone(sku, successor=new.product), new


def _text(answer: Any) -> str:
    return str(answer.content.decode().replace("\u00a0", " "))


def _basket(person: Any) -> dict[str, int]:
    lines = apps.get_model("basket.Line").objects.filter(basket__owner=person.user, basket__status="Open")
    return dict(lines.values_list("stockrecord__partner_sku", "quantity"))


# --- on pages ---


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("not sold any more", "out of stock, more is expected on {}", "not sold any more; in its place")),
        ("pl", ("wycofany ze sprzedaży", "brak na stanie, dostawa {}", "wycofany ze sprzedaży; zastępuje go")),
    ],
)
def test_a_product_s_page_and_the_list_say_what_can_be_had(
    cast: Cast, visit: Visit, language: str, words: tuple[str, str, str]
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    old, new = _replaced()
    said = zip(
        (_gone("ENDED", ended=True), _gone("LATER", expected_on=day), old),
        words,
        strict=True,
    )
    client = visit(cast.anna, language=language)
    listed = _text(client.get("/catalogue/"))
    with translation.override(language):
        written = formats.written_day(day)
    for record, text in said:
        for page in (_text(client.get(record.product.get_absolute_url())), listed):
            assert text.format(written) in page, record.partner_sku
    page = _text(client.get(old.product.get_absolute_url()))
    assert f'href="{new.product.get_absolute_url()}">Produkt NEW</a>' in page
    assert 'id="add"' not in page


def test_what_is_left_is_sold_whatever_is_said_of_later(cast: Cast, visit: Visit) -> None:
    old, _new = _replaced()
    type(old).objects.filter(pk=old.pk).update(num_in_stock=3)
    page = _text(visit(cast.anna).get(old.product.get_absolute_url()))
    assert "3 in stock" in page
    assert "in its place" not in page
    assert visit(cast.anna).post(QUICK, {"lines": "OLD 3"}).status_code == 302


def test_a_successor_that_may_not_be_bought_is_named_nowhere(cast: Cast, visit: Visit) -> None:
    old, new = _replaced()
    wanted = AgreementInput(name="A", assorted=Assorted.ALL_BUT, goods=(GoodsInput(product_id=new.product_id),))
    agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
    for person, sees in ((cast.anna, False), (cast.otto, True)):
        client = visit(person)
        pages = _text(client.get(old.product.get_absolute_url())) + _text(client.post(QUICK, {"lines": "OLD 1"}))
        assert ("Produkt NEW" in pages, "not sold any more" in pages) == (sees, True)
        [row] = system_of(person).get("/products", code="OLD").json()["items"]
        assert (row["availability"], row["successor_code"]) == (("replaced", "NEW") if sees else ("ended", None))


def test_one_statement_says_it_of_a_whole_list_and_none_where_something_is_left(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    carts.stock("S1")
    client.get("/catalogue/")
    asked = [sql for sql in statements(lambda: client.get("/catalogue/")) if "productoutlook" in sql]
    assert asked == []
    counts = []
    anna = system_of(cast.anna)
    anna.get("/products")
    for more, lines in ((["A"], "A 1"), (["B", "C"], "A 1\nB 1\nC 1")):
        for sku in more:
            _replaced(sku)
        listed = statements(lambda: client.get("/catalogue/"))
        typed = statements(lambda lines=lines: client.post(QUICK, {"lines": lines}))
        told = statements(lambda: anna.get("/products"))
        assert len([sql for sql in listed if "productoutlook" in sql]) == 1
        counts.append((len(listed), len(typed), len(told)))
    assert counts[0] == counts[1]


# --- a list of codes, an order again, the basket ---


def test_the_quick_order_offers_what_replaced_a_product_and_takes_it(cast: Cast, visit: Visit) -> None:
    _old, new = _replaced()
    carts.stock("S1")
    client = visit(cast.anna)
    page = _text(client.post(QUICK, {"lines": "OLD 2\nS1 1"}))
    assert "Line 1, “OLD”: it was replaced by “Produkt NEW” (NEW)" in page
    assert f'href="{new.product.get_absolute_url()}"' in page
    assert 'name="replace"' in page
    answer = client.post(QUICK, {"lines": "OLD 2\nS1 1", "replace": "1"}, follow=True)
    assert _basket(cast.anna) == {"NEW": 2, "S1": 1}
    assert "“Produkt NEW” (NEW)" in _text(answer), "it is said what was taken"


def test_what_replaces_is_kept_while_other_lines_are_wrong(cast: Cast, visit: Visit) -> None:
    _replaced()
    client = visit(cast.anna)
    page = _text(client.post(QUICK, {"lines": "OLD 2\nNONE 1", "replace": "1"}))
    assert "Line 1" not in page
    assert '<input type="hidden" name="replace" value="1">' in page
    client.post(QUICK, {"lines": "OLD 2\nNONE 1", "replace": "1", "skip": "1"})
    assert _basket(cast.anna) == {"NEW": 2}


@pytest.mark.parametrize("is_public", [True, False])
def test_an_order_again_names_what_replaced_its_products(cast: Cast, visit: Visit, is_public: bool) -> None:
    old, new = carts.stock("OLD"), carts.stock("NEW")
    placed = orders.place(cast.anna, records=[old])
    ProductOutlook.objects.create(product=old.product, successor=new.product)
    type(old).objects.filter(pk=old.pk).update(num_in_stock=0, num_allocated=0)
    type(old.product).objects.filter(pk=old.product_id).update(is_public=is_public)
    again = reverse("basket:order-again", kwargs={"number": placed.order_number})
    page = _text(visit(cast.anna).post(again, follow=True))
    assert "it was replaced by “Produkt NEW” (NEW)" in page
    assert f'<a href="{new.product.get_absolute_url()}">Produkt NEW</a>' in page


@pytest.mark.parametrize(
    ("said", "told"),
    [({"ended": True}, "it is not sold any more"), ({}, "“Produkt OLD” cannot be ordered at the moment.")],
)
def test_the_basket_says_at_its_line_what_can_be_had(cast: Cast, visit: Visit, said: dict[str, Any], told: str) -> None:
    record = carts.stock("OLD")
    carts.fill(cast.anna, records=[record, carts.stock("S1")])
    type(record).objects.filter(pk=record.pk).update(num_in_stock=0)
    if said:
        ProductOutlook.objects.create(product=record.product, **said)
    page = _text(visit(cast.anna).get("/basket/"))
    assert told in page
    assert ("not sold any more</div>" if said else "out of stock</div>") in page


def test_systems_are_told_in_the_catalogue_and_when_a_line_cannot_be_ordered(cast: Cast) -> None:
    _replaced()
    day = timezone.localdate() + timedelta(days=3)
    _gone("LATER", expected_on=day)
    _gone("ENDED", ended=True)
    carts.stock("NONE", number=0)
    rows = system_of(cast.anna).get("/products").json()["items"]
    said = {row["code"]: (row["availability"], row["expected_on"], row["successor_code"]) for row in rows}
    assert said == {
        "NEW": ("in_stock", None, None),
        "OLD": ("replaced", None, "NEW"),
        "LATER": ("expected", day.isoformat(), None),
        "ENDED": ("ended", None, None),
        "NONE": ("out_of_stock", None, None),
    }


# --- in the panel ---


def _panel(product: Any) -> str:
    return reverse("dashboard:catalogue-product", kwargs={"pk": product.pk})


def test_the_merchant_says_it_on_the_product_s_page_and_takes_it_back(cast: Cast, visit: Visit) -> None:
    product, new = carts.stock("OLD").product, carts.stock("NEW").product
    client = visit(cast.mia, superuser=True)
    answer = _typed(client, _panel(product), expected_on="2027-01-05", ended="on", successor="new")
    assert answer.status_code == 302, answer.context["form"].errors
    said = ProductOutlook.objects.get(product=product)
    assert (str(said.expected_on), said.ended, said.successor) == ("2027-01-05", True, new)
    form = client.get(_panel(product)).context["form"]
    assert [form[name].value() for name in ("ended", "successor")] == [True, "NEW"]
    product.categories.clear()
    answer = _typed(client, _panel(product), title="Inny")
    assert answer.status_code == 302, [answer.context[each].errors for each in ("form", *FORMSETS)]
    assert ProductOutlook.objects.get(product=product).successor == new, "what is not typed anew stays"
    product.categories.clear()
    assert _typed(client, _panel(product), expected_on="", ended=False, successor="").status_code == 302
    assert not ProductOutlook.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"successor": "NOBODY"}, "successor", "There is no product with the code “NOBODY”."),
        ({"successor": "OLD"}, "successor", "“OLD” would be replaced by itself."),
        ({"successor": "BEFORE"}, "successor", "“BEFORE” would be replaced by itself."),
        ({"expected_on": "9999-12-31"}, "expected_on", "Enter a day between 2000 and 2200."),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(
    cast: Cast, visit: Visit, typed: dict[str, str], field: str, told: str
) -> None:
    product = carts.stock("OLD").product
    _gone("BEFORE", successor=product)
    answer = _typed(visit(cast.mia, superuser=True), _panel(product), **typed)
    assert (answer.status_code, answer.context["form"].errors[field]) == (422, [told])
    assert typed[field] in _text(answer)
    assert not ProductOutlook.objects.filter(product=product).exists()


def test_nothing_is_said_of_products_nobody_counts(cast: Cast, visit: Visit) -> None:
    product = carts.stock("OLD").product
    type(product.product_class).objects.update(track_stock=False)
    answer = _typed(visit(cast.mia, superuser=True), _panel(product), ended="on")
    assert answer.status_code == 422
    assert "stock of this type is not counted" in str(answer.context["form"].errors)


def test_successors_that_lead_on_are_no_circle(cast: Cast) -> None:
    first, second, third = (carts.stock(sku).product for sku in ("A", "B", "C"))
    ProductOutlook.objects.create(product=second, successor=third)
    assert not outlook.leads_back(second.pk, first.pk)
    ProductOutlook.objects.create(product=third, successor=first)
    assert outlook.leads_back(second.pk, first.pk)
