"""The lists of Oscar's panel: every heading one may press sorts, and none ends the page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps

from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

#: Where, and by how much at least a list can be sorted.
LISTS = {
    "/dashboard/catalogue/": 4,
    "/dashboard/catalogue/categories/": 2,
    "/dashboard/catalogue/product-types/": 0,
    "/dashboard/catalogue/attribute-option-group/": 0,
    "/dashboard/catalogue/option/": 1,
}


def _sorts(client: Any, path: str) -> set[str]:
    page = client.get(path).content.decode()
    return {unescape(found) for found in re.findall(r'href="(\?[^"]*sort=[^"]*)"', page)}


@pytest.mark.django_db
def test_every_list_sorts_by_every_heading_it_offers(cast: Cast, visit: Visit) -> None:
    orders.place(cast.anna)
    carts.stock("S1").product.categories.add(
        apps.get_model("catalogue.Category").objects.add_root({"name": "Papier", "slug": "papier"})
    )
    apps.get_model("catalogue.Option").objects.create(name="Grawer", code="grawer")
    client = visit(cast.mia, superuser=True)
    for path, at_least in LISTS.items():
        offered = _sorts(client, path)
        assert len(offered) >= at_least, (path, offered)
        for query in offered:
            assert client.get(f"{path}{query}").status_code == 200, f"{path}{query}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/dashboard/catalogue/", "/dashboard/catalogue/categories/"])
def test_a_list_is_not_sorted_by_what_is_chosen(cast: Cast, visit: Visit, path: str) -> None:
    assert visit(cast.mia, superuser=True).get(f"{path}?sort=checkbox").status_code == 200
