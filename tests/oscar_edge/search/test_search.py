"""What is found, on both databases, by what people type; and that the index follows whatever changes a product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from oscar.apps.catalogue.categories import create_from_breadcrumbs

from akcept.oscar_edge.search import engines, index, queries
from akcept.oscar_edge.search.models import OtherWord, ProductDue, ProductWords, Word
from akcept.testing import carts
from akcept.testing.cast import Cast
from shop.demo import catalogue
from tests.conftest import Visit
from tests.oscar_edge.search.asked import ASKED
from tests.support.statements import statements


def _products() -> Any:
    return apps.get_model("catalogue.Product").objects.browsable()


def _skus(typed: str, *, most: int = 3, **more: Any) -> list[str]:
    found = queries.find(_products(), typed, **more).product_ids[:most]
    records = apps.get_model("partner.StockRecord").objects.filter(product_id__in=found)
    sku_of = dict(records.values_list("product_id", "partner_sku"))
    return [sku_of[pk] for pk in found]


def _titles(typed: str) -> list[str]:
    found = queries.find(_products(), typed).product_ids
    title_of = dict(_products().filter(pk__in=found).values_list("pk", "title"))
    return [title_of[pk] for pk in found]


@pytest.fixture
def shop(each_database: Any, tmp_path: Path) -> None:
    rows = [{name: cell for name, cell in row.items() if name != "picture"} for row in catalogue.rows()]
    catalogue.write_rows(tmp_path / "products.csv", rows)
    for category in {row["category"] for row in rows}:
        create_from_breadcrumbs(category)
    call_command("import_catalogue", "--language=en", str(tmp_path / "products.csv"), verbosity=0)
    index.keep_up()


def test_what_people_type_finds_what_they_mean_among_the_first_three(shop: None) -> None:
    assert not ProductDue.objects.exists()
    found = {typed: _skus(typed) for typed, _begins in ASKED}
    missed = {typed: found[typed] for typed, begins in ASKED if not any(sku.startswith(begins) for sku in found[typed])}
    assert missed == {}
    assert len(ASKED) >= 80


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Any]:
    names = {"PAP-1": "Papier ksero", "BIU-1": "Biurko Biebrza", "KUB-1": "Kubki papierowe", "PAP-10": "Żółta teczka"}
    records = {sku: carts.stock(sku) for sku in names}
    for sku, name in names.items():
        records[sku].product.title = name
        records[sku].product.save()
    return records


def test_a_product_is_found_before_and_after_it_is_indexed(shelf: dict[str, Any]) -> None:
    before = [_titles(typed) for typed in ("biurek", "pap", "teczki", "590PAP-10")]
    assert before == [["Biurko Biebrza"], ["Papier ksero", "Żółta teczka", "Kubki papierowe"], *[["Żółta teczka"]] * 2]
    assert index.keep_up() > 0
    assert not ProductDue.objects.exists()
    assert [_titles(typed) for typed in ("biurek", "pap", "teczki", "590PAP-10")] == before


@pytest.mark.postgres
def test_the_same_on_postgresql(pg: Any, shelf: dict[str, Any]) -> None:
    before = [_titles(typed) for typed in ("biurek", "pap", "teczki", "590PAP-10")]
    assert before[1] == ["Papier ksero", "Żółta teczka", "Kubki papierowe"]
    index.keep_up()
    assert [_titles(typed) for typed in ("biurek", "pap", "teczki", "590PAP-10")] == before


def _renamed(records: dict[str, Any]) -> str:
    apps.get_model("catalogue.Product").objects.filter(pk=records["BIU-1"].product_id).update(title="Lampa")
    return "lampy"


def _coded(records: dict[str, Any]) -> str:
    apps.get_model("partner.StockRecord").objects.filter(pk=records["BIU-1"].pk).update(partner_sku="ZX-77")
    return "zx77"


def _filed(records: dict[str, Any]) -> str:
    category = create_from_breadcrumbs("Oświetlenie")
    apps.get_model("catalogue.ProductCategory").objects.create(product=records["BIU-1"].product, category=category)
    return "oswietlenia"


def _filed_under_another_name(records: dict[str, Any]) -> str:
    _filed(records)
    index.keep_up()
    apps.get_model("catalogue.Category").objects.filter(name="Oświetlenie").update(name="Żarówki")
    return "zarowek"


@pytest.mark.parametrize("change", [_renamed, _coded, _filed, _filed_under_another_name])
def test_whatever_changes_a_product_is_found_at_once_and_stays_so(
    each_database: Any, shelf: dict[str, Any], change: Any
) -> None:
    """None of them sends a signal: the database marks the product."""
    index.keep_up()
    typed, product_id = change(shelf), shelf["BIU-1"].product_id
    assert product_id in queries.find(_products(), typed).product_ids
    index.keep_up()
    assert not ProductDue.objects.exists()
    assert product_id in queries.find(_products(), typed).product_ids


def test_what_is_hidden_or_deleted_is_found_no_more(each_database: Any, shelf: dict[str, Any]) -> None:
    index.keep_up()
    apps.get_model("catalogue.Product").objects.filter(pk=shelf["PAP-1"].product_id).update(is_public=False)
    shelf["KUB-1"].product.delete()
    assert _titles("papier") == []
    index.keep_up()
    assert _titles("papier") == []
    assert set(ProductWords.objects.values_list("product_id", flat=True)) == {
        shelf["BIU-1"].product_id,
        shelf["PAP-10"].product_id,
    }


def test_a_variant_is_found_as_the_product_that_has_the_page(cast: Cast) -> None:
    Product = apps.get_model("catalogue.Product")
    record = carts.stock("BUT-43")
    parent = Product.objects.create(
        structure="parent", title="Buty robocze", product_class=record.product.product_class, slug="buty"
    )
    record.product.structure, record.product.parent, record.product.product_class = "child", parent, None
    record.product.save()
    for _time in range(2):
        assert queries.find(_products(), "but43").product_ids == (parent.pk,)
        assert queries.find(_products(), "butów").product_ids == (parent.pk,)
        index.keep_up()


def test_what_customers_call_it_finds_it(shelf: dict[str, Any]) -> None:
    OtherWord.objects.create(said="desks", means="biurko")
    OtherWord.objects.create(said="ryza", means="papier ksero")
    index.keep_up()
    assert [_titles(typed) for typed in ("desks", "ryzy", "ryza ksero")] == [
        ["Biurko Biebrza"],
        ["Papier ksero"],
        ["Papier ksero"],
    ]


def test_a_mistyped_word_is_guessed_and_said(shelf: dict[str, Any]) -> None:
    index.keep_up()
    found = queries.find(_products(), "biruko")
    assert (found.product_ids, found.guessed) == ((shelf["BIU-1"].product_id,), (("biruko", ("biurko",)),))
    assert queries.find(_products(), "biruko szafa") == queries.Result(())
    assert queries.find(_products(), "zz").product_ids == ()


def test_what_was_bought_comes_first_among_equals_only(shelf: dict[str, Any]) -> None:
    for sku in ("KUB-1", "PAP-1"):
        shelf[sku].product.title = f"Teczka {sku}"
        shelf[sku].product.save()
    index.keep_up()
    kub, pap, yellow = (shelf[sku].product_id for sku in ("KUB-1", "PAP-1", "PAP-10"))
    assert queries.find(_products(), "teczka").product_ids == (kub, pap, yellow)
    assert queries.find(_products(), "teczka", bought={pap, yellow}).product_ids == (pap, kub, yellow)


_HOSTILE = ("", " ", "%", "'", '"* OR x', "a' | 'b", "(", "NEAR(a b)", "\\", "x" * 5000, "- - -", "ą" * 300, "🦉", ":*")


@pytest.mark.parametrize("typed", _HOSTILE)
def test_nothing_typed_is_read_as_a_command_of_the_database(
    each_database: Any, shelf: dict[str, Any], typed: str
) -> None:
    index.keep_up()
    assert queries.find(_products(), typed) == queries.Result(())


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_three_statements_however_much_is_found(shelf: dict[str, Any], count: int) -> None:
    index.keep_up()
    words = ("kubki", "pap", "pap")[:count]
    assert len(statements(lambda: queries.find(_products(), " ".join(words)))) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_indexing_takes_as_many_statements_for_one_as_for_three(cast: Cast, count: int) -> None:
    for number in range(count):
        carts.stock(f"N-{number}")
    assert len(statements(index.keep_up)) == 15
    assert len(statements(index.keep_up)) == 1


def test_only_what_the_visitor_may_see_is_found(shelf: dict[str, Any]) -> None:
    index.keep_up()
    but_one = _products().exclude(pk=shelf["PAP-1"].product_id)
    assert shelf["PAP-1"].product_id not in queries.find(but_one, "papier").product_ids
    assert queries.find(but_one, "papeir").product_ids == (shelf["KUB-1"].product_id,)


def test_the_command_brings_up_to_date_makes_anew_and_compares(shelf: dict[str, Any], capsys: Any) -> None:
    call_command("index_products", "--language=en")
    call_command("index_products", "--language=en", check=True)
    ProductWords.objects.filter(product_id=shelf["PAP-1"].product_id).update(words="something else")
    ProductWords.objects.filter(product_id=shelf["KUB-1"].product_id).delete()
    Word.objects.create(word="nobodyhasit")
    with pytest.raises(CommandError, match="does not match 2 products"):
        call_command("index_products", "--language=en", check=True)
    call_command("index_products", "--language=en", whole=True)
    call_command("index_products", "--language=en", check=True)
    assert not Word.objects.filter(word="nobodyhasit").exists()
    assert "4 products indexed." in capsys.readouterr().out


def test_the_page_says_what_it_looked_for_instead(shelf: dict[str, Any], visit: Visit) -> None:
    index.keep_up()
    page = visit(language="en").get("/search/?q=biruko").content.decode()
    assert "Biurko Biebrza" in page
    assert "biurko" in page.split("Biurko Biebrza")[0]


@pytest.mark.postgres
def test_a_shop_that_gets_the_search_later_finds_what_was_there_before(shelf: dict[str, Any]) -> None:
    index.keep_up()
    ProductWords.objects.all().delete()  # as in a shop whose products are older than the search
    assert not ProductDue.objects.exists()
    engines.install()
    engines.install()  # each `migrate` looks again, and marks nothing twice
    assert ProductDue.objects.count() == len(shelf)
    index.keep_up()
    assert _titles("biurko") == ["Biurko Biebrza"]
    engines.install()
    assert not ProductDue.objects.exists()
