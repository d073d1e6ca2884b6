"""Files of goods that are read while others read theirs and orders are placed. Real threads on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import call_command

from akcept.kernel.errors import Refused
from akcept.ordering.actions import Placed
from akcept.oscar_edge.catalogue_import import writing
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.races.test_locks import not_repeated
from tests.support.threads import together

pytestmark = pytest.mark.postgres


def test_b1_two_imports_of_goods_while_they_are_ordered(
    cast: Cast, slow_locks: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same file in two orders, in blocks of two, and orders of its products in each: nothing waits for ever."""
    records = [carts.stock(sku, price="1.00", number=1_000) for sku in "ABCDEF"]
    partner = records[0].partner.name

    def bring(price: str, skus: str) -> None:
        file = tmp_path / f"{price}.csv"
        file.write_text("\n".join(["sku,net_price", *(f"{sku},{price}" for sku in skus)]))
        call_command("import_catalogue", str(file), partner=partner, stdout=StringIO())

    def order(who: str, of: list[Any]) -> Any:
        return partial(orders.place, getattr(cast, who), records=of)

    with mock.patch.object(writing, "BLOCK", 2):
        results = together(
            partial(bring, "2.00", "FEDCBA"),
            partial(bring, "3.00", "BADCFE"),
            order("anna", records),
            order("ben", records[::-1]),
            order("cora", records[2:4]),
        )
    fair = [result is None or isinstance(result, Placed | Refused) for result in results]
    assert all(fair), results
    assert results[:2] == [None, None]
    assert {carts.stock(sku).price for sku in "ABCDEF"} in ({Decimal(2)}, {Decimal(3)})
    not_repeated(caplog)


def test_two_imports_of_two_partners_make_the_same_categories_once(
    slow_locks: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The tree is everybody's: whoever adds to it waits for the other, through the one door, and looks again."""
    apps.get_model("catalogue.Category").objects.add_root({"name": "Biuro", "slug": "biuro"})
    ways = ("Biuro > Papier > Ksero", "Biuro > Papier > Ozdobny", "Dom > Kuchnia")

    def bring(partner: str, order: int) -> None:
        file = tmp_path / f"{partner}.csv"
        rows = [f"{partner}-{n},N,1.00,23,5,{way}" for n, way in enumerate(ways)][::order]
        file.write_text("\n".join(["sku,name,net_price,vat,stock,category", *rows]))
        call_command("import_catalogue", str(file), partner=partner, stdout=StringIO())

    results = together(partial(bring, "North", 1), partial(bring, "South", -1))
    assert results == [None, None]
    tree = apps.get_model("catalogue.Category").objects.order_by("path").values_list("depth", "name", "numchild")
    assert sorted(tree) == [
        (1, "Biuro", 1),
        (1, "Dom", 1),
        (2, "Kuchnia", 0),
        (2, "Papier", 2),
        (3, "Ksero", 0),
        (3, "Ozdobny", 0),
    ]
    assert apps.get_model("catalogue.ProductCategory").objects.count() == 6
    not_repeated(caplog)
