"""The catalogue for other systems: the caller's prices and stock, and nothing they may not buy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.api import System, system_of
from tests.support.statements import statements


def _product(code: str, title: str = "", **columns: Any) -> Any:
    record = carts.stock(code, price="10.00", number=5)
    product = record.product
    for name, value in ({"title": title} if title else {}).items() | columns.items():
        setattr(product, name, value)
    product.save()
    return product


def _codes(system: System, **query: Any) -> list[str]:
    return [row["code"] for row in system.get("/products", **query).json()["items"]]


def test_products_come_with_price_stock_and_tax(cast: Cast) -> None:
    _product("P1", "Papier", upc="5901234123457")
    (row,) = system_of(cast.anna).get("/products").json()["items"]
    assert (row["code"], row["ean"], row["title"]) == ("P1", "5901234123457", "Papier")
    assert (row["unit_net"], row["unit_gross"]["amount"], row["vat_rate"]) == (
        {"amount": "10.00", "currency": "PLN"},
        "12.30",
        "23",
    )
    assert (row["stock"], row["can_be_ordered"], row["pack"], row["steps"]) == (5, True, None, [])


def test_they_are_found_by_code_ean_words_and_change(cast: Cast) -> None:
    anna = system_of(cast.anna)
    _product("P1", "Papier ksero", upc="5901234123457")
    _product("P2", "Segregator")
    hidden = _product("P3", "Papier ukryty")
    hidden.is_public = False
    hidden.save()
    assert _codes(anna) == ["P1", "P2"]
    assert _codes(anna, code="p2") == ["P2"]
    assert _codes(anna, code=["P1", "P2", "P3"]) == ["P1", "P2"]
    assert _codes(anna, code="590-1234123457") == ["P1"], "an EAN as people write it"
    assert _codes(anna, text="papieru") == ["P1"]
    assert _codes(anna, changed_since="2100-01-01T00:00:00Z") == []
    assert _codes(anna, changed_since="2020-01-01T00:00:00Z") == ["P1", "P2"]
    first = anna.get("/products", limit=1).json()
    rest = anna.get("/products", limit=1, cursor=first["next_cursor"]).json()
    assert [row["code"] for row in first["items"] + rest["items"]] == ["P1", "P2"]
    assert rest["next_cursor"] is None
    assert anna.get("/products", code=["x"] * 101).status_code == 422
    assert anna.get("/products", changed_since="2020-01-01T00:00:00").status_code == 422


def test_each_has_their_own_prices_and_sees_what_was_agreed(cast: Cast) -> None:
    _product("P1")
    mia, second = cast.mia.actor, _product("P2")
    listed = agreements.add_list(ListInput(name="Hurt", currency="PLN"), actor=mia)
    prices = [
        PriceInput(goods=GoodsInput(product_id=second.pk), net=Decimal("8.00")),
        PriceInput(goods=GoodsInput(product_id=second.pk), net=Decimal("7.50"), least=20),
    ]
    agreements.set_prices(listed.pk, prices, actor=mia, version=1)
    agreed = AgreementInput(
        name="Acme",
        list_ids=(listed.pk,),
        assorted=Assorted.ONLY,
        goods=(GoodsInput(product_id=second.pk),),
        packs=(PackInput(product_id=second.pk, unit="karton", multiple=10, smallest=10),),
    )
    agreements.add_agreement(agreed, actor=mia, unit_id=cast.krakow.pk)
    (row,) = system_of(cast.anna).get("/products").json()["items"]
    assert (row["code"], row["unit_net"]["amount"]) == ("P2", "8.00")
    assert row["pack"] == {"multiple": 10, "smallest": 10, "unit": "karton"}
    assert [(step["from_quantity"], step["unit_net"]["amount"]) for step in row["steps"]][-1] == (20, "7.50")
    assert _codes(system_of(cast.anna), code="P1") == [], "what is not agreed is not there"
    jan = system_of(cast.jan).get("/products").json()["items"]
    assert [(row["code"], row["unit_net"]["amount"]) for row in jan] == [("P1", "10.00"), ("P2", "10.00")]


@pytest.mark.parametrize("more", [1, 3])
def test_the_catalogue_costs_the_same_however_long(cast: Cast, more: int) -> None:
    for number in range(more):
        _product(f"L{number}", f"Papier {number}")
    anna = system_of(cast.anna)
    anna.get("/products")
    listing = statements(lambda: anna.get("/products"))
    searching = statements(lambda: anna.get("/products", text="papier"))
    assert (len(listing), len(searching)) == (13, 24)
    assert Decimal(anna.get("/products").json()["items"][0]["unit_net"]["amount"]) == 10
