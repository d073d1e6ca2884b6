"""Lists of Oscar's that are paged by key: no row twice, none left out, nothing counted that is not shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.ui import keyset
from shop.theme.views import ProductListView
from tests.conftest import Visit
from tests.support.statements import statements


def _text(answer: Any) -> str:
    return str(answer.content.decode().replace("\u00a0", " "))


def _walk(client: Any, path: str, shown: str) -> list[list[str]]:
    """Return what each page shows, by its own links to the next one."""
    pages = []
    while True:
        page = _text(client.get(path))
        pages.append(list(dict.fromkeys(re.findall(shown, page))))
        link = re.search(r'rel="next" href="([^"]+)"', page)
        if link is None:
            return pages
        path = path.partition("?")[0] + link.group(1).replace("&amp;", "&")


@pytest.fixture
def goods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven products, three of the same name, three on a page."""
    monkeypatch.setattr(ProductListView, "paginate_by", 3)
    for number in range(7):
        carts.stock(f"K{number}")
    apps.get_model("catalogue.Product").objects.filter(upc__in=["590K1", "590K3", "590K5"]).update(title="Same")


@pytest.mark.usefixtures("goods")
def test_catalogue_is_paged_by_key_without_gap_or_repeat(cast: Cast, visit: Visit) -> None:
    """Issue 11: catalogue, count and sort of everything."""
    pages = _walk(visit(cast.anna), "/catalogue/", r'/catalogue/(?:k)(\d)_\d+/"')
    assert pages == [["0", "2", "4"], ["6", "1", "3"], ["5"]]
    by_name = _text(visit(cast.anna).get("/catalogue/"))
    assert "7 products" in by_name


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("after", ["x", "W10", "bnVsbA", "%00", "9" * 400, "WyJ4IiwieCJd"])
def test_a_mangled_key_is_the_first_page(cast: Cast, visit: Visit, after: str) -> None:
    page = _text(visit(cast.anna).get(f"/catalogue/?after={after}"))
    assert re.findall(r'/catalogue/(k\d)_\d+/"', page)[0] == "k0"
    assert "First page" not in page


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(("language", "said"), [("en", "more than 5 products"), ("pl", "ponad 5 produktów")])
def test_more_products_than_are_counted_are_said_so(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(ProductListView, "counted", 5)
    assert said in _text(visit(cast.anna, language=language).get("/catalogue/"))


@pytest.mark.usefixtures("goods")
def test_no_page_of_the_catalogue_walks_over_those_before_it_or_counts_everything(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    first = _text(client.get("/catalogue/"))
    second = re.search(r'rel="next" href="([^"]+)"', first)
    assert second is not None
    for path in ("/catalogue/", f"/catalogue/{second.group(1)}"):
        sent = [sql for sql in statements(lambda path=path: client.get(path)) if 'catalogue_product"' in sql]  # type: ignore[misc]
        assert not [sql for sql in sent if "OFFSET" in sql or " DISTINCT " in sql]
        assert all("LIMIT" in sql for sql in sent if "COUNT(*)" in sql)


def test_merchants_orders_are_paged_by_key_and_keep_their_filter(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 11: merchant's orders, an exact count for the pager."""
    from akcept.oscar_edge.dashboard.orders.views import OrderListView

    monkeypatch.setattr(OrderListView, "paginate_by", 2)
    work = [orders.place(cast.ben, lines=1).order_number for _ in range(5)]
    held = orders.place(cast.anna, lines=1).order_number
    mia = visit(cast.mia, superuser=True)
    for path in ("/dashboard/orders/", "/dashboard/orders/?status=unhandled&name=ben"):
        pages = _walk(mia, path, r"/dashboard/orders/(\d+)/")
        assert pages == [work[:2:-1], work[2:0:-1], work[:1]]
        assert held not in str(pages)
    sent = [sql for sql in statements(lambda: mia.get("/dashboard/orders/")) if 'FROM "order_order"' in sql]
    assert not [sql for sql in sent if "OFFSET" in sql or ("COUNT(*)" in sql and "LIMIT" not in sql)]
    actions.accept(held, actor=cast.ben.actor, version=1)
    assert _walk(mia, "/dashboard/orders/", r"/dashboard/orders/(\d+)/")[0] == [held, work[-1]]


@pytest.mark.parametrize("count", [1, 3])
def test_merchants_lists_take_the_same_statements_for_one_and_three(cast: Cast, visit: Visit, count: int) -> None:
    for _ in range(count):
        orders.place(cast.ben, lines=count)
    mia = visit(cast.mia, superuser=True)
    mia.get("/dashboard/")
    assert len(statements(lambda: mia.get("/dashboard/orders/"))) == 8
    assert len(statements(lambda: mia.get("/dashboard/catalogue/"))) == 14


def test_panels_products_are_read_a_page_at_a_time(cast: Cast, visit: Visit) -> None:
    """Issue 11: panel's product list, distinct over joined rows."""
    for number in range(3):
        carts.stock(f"K{number}")
    mia = visit(cast.mia, superuser=True)
    sent = [sql for sql in statements(lambda: mia.get("/dashboard/catalogue/")) if 'FROM "catalogue_product"' in sql]
    assert not [sql for sql in sent if "DISTINCT" in sql]
    listed = [sql for sql in sent if '"parent_id" IS NULL' in sql]
    assert len(listed) >= 3
    assert all("LIMIT" in sql for sql in listed)
    found = _text(mia.get("/dashboard/catalogue/?title=k1"))
    assert ("Produkt K1" in found, "Produkt K2" in found) == (True, False)


def test_what_is_sorted_by_anything_but_columns_keeps_page_numbers() -> None:
    products = apps.get_model("catalogue.Product").objects
    assert keyset._order_of(products.order_by("title", "pk")) == ("title", "pk")
    assert keyset._order_of(products.order_by("-title")) == ("-title", "-pk")
    assert keyset._order_of(products.order_by("product_class__name")) == ()
    assert keyset._order_of(products.order_by()) == ()
