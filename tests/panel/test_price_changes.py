"""Prices of a list changed many at once, looked at before (issue 16, point 2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from akcept.agreements import actions
from akcept.agreements.inputs import GoodsInput, ListInput, PriceInput
from akcept.agreements.models import ListedPrice, PriceList
from akcept.testing import carts
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.support.statements import statements

LISTS = "/dashboard/price-lists/"


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


@pytest.fixture
def row(cast: Cast) -> PriceList:
    """A list of three net prices, one of them a step, and one of per cent."""
    first, second = (carts.stock(code).product_id for code in ("P1", "P2"))
    made = actions.add_list(ListInput(name="Zima", currency="PLN"), actor=cast.mia.actor)
    rows = [
        PriceInput(goods=GoodsInput(product_id=first), net=Decimal("10.00")),
        PriceInput(goods=GoodsInput(product_id=first), least=12, net=Decimal("9.99")),
        PriceInput(goods=GoodsInput(product_id=second), net=Decimal("0.01")),
        PriceInput(goods=GoodsInput(), per_cent=Decimal(5)),
    ]
    return actions.set_prices(made.pk, rows, actor=cast.mia.actor, version=1)


def _kept() -> list[str]:
    rows = ListedPrice.objects.order_by("pk").values_list("net", "per_cent")
    return [f"{(net if net is not None else per_cent).normalize():f}" for net, per_cent in rows]


def _shown(answer: Any) -> list[tuple[str | None, str]]:
    pairs = [each.pair for each in answer.context["changes"]]
    return [(before and str(before.net), str(after.net)) for before, after in pairs]


def test_per_cent_are_looked_at_then_done(mia: Client, row: PriceList) -> None:
    path = f"{LISTS}{row.pk}/by-per-cent/"
    sent = {"version": "2", "per_cent": "3,5"}
    looked = mia.post(path, {**sent, "look": "1"})
    assert looked.status_code == 200
    assert _shown(looked) == [("10.00", "10.35"), ("9.99", "10.34")], "a grosz stays a grosz"
    assert looked.context["number"] == 2
    assert _kept() == ["10", "9.99", "0.01", "5"]
    assert mia.post(path, sent)["Location"] == f"{LISTS}{row.pk}/"
    assert _kept() == ["10.35", "10.34", "0.01", "5"]
    assert mia.post(path, sent).status_code == 409


def test_per_cent_of_some_products(mia: Client, row: PriceList) -> None:
    path = f"{LISTS}{row.pk}/by-per-cent/"
    assert mia.post(path, {"version": "2", "per_cent": "-50", "codes": "P2"}).status_code == 302
    assert _kept() == ["10", "9.99", "0.01", "5"], "half a grosz is rounded up"
    assert mia.post(path, {"version": "3", "per_cent": "900", "codes": "P2"}).status_code == 302
    assert _kept() == ["10", "9.99", "0.1", "5"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"per_cent": "-100"}, "per_cent"),
        ({"per_cent": "901"}, "per_cent"),
        ({"per_cent": "dużo"}, "per_cent"),
        ({"codes": "NIE-MA"}, "codes"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(mia: Client, row: PriceList, sent: dict[str, str], field: str) -> None:
    for more in ({}, {"look": "1"}):
        answer = mia.post(f"{LISTS}{row.pk}/by-per-cent/", {"version": "2", "per_cent": "1", **sent, **more})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
    assert _kept() == ["10", "9.99", "0.01", "5"]


def test_a_file_is_looked_at_and_its_rows_stay_to_be_saved(mia: Client, row: PriceList) -> None:
    path = f"{LISTS}{row.pk}/prices/"
    file = SimpleUploadedFile("ceny.csv", b"sku;net_price;from\nP1;11;\nP2;0,02;100\n")
    looked = mia.post(path, {"version": "2", "file": file, "look": "1"})
    assert looked.status_code == 200
    assert _shown(looked) == [("10.00", "11"), (None, "0.02")]
    assert (looked.context["number"], looked.context["added"]) == (2, 1)
    assert _kept() == ["10", "9.99", "0.01", "5"]
    text = looked.context["form"]["text"].value()
    assert mia.post(path, {"version": "2", "text": text}).status_code == 302
    assert sorted(_kept()) == ["0.01", "0.02", "11", "5", "9.99"]


@pytest.mark.parametrize("more", [{}, {"look": "1"}])
def test_a_price_of_nine_decimals_is_refused_with_its_line_before_anything_is_shown(
    mia: Client, row: PriceList, more: dict[str, str]
) -> None:
    file = SimpleUploadedFile("ceny.csv", b"sku;net_price\nP1;0,01234567\nP2;0,012345678\n")
    answer = mia.post(f"{LISTS}{row.pk}/prices/", {"version": "2", "file": file, **more})
    assert answer.status_code == 422
    why = "A price is 0 or more and less than 10 million, with eight decimal places at most."
    assert f"line 3: Net price 0,012345678: {why}" in answer.content.decode()
    assert _kept() == ["10", "9.99", "0.01", "5"]


def test_prices_are_exported_as_a_workbook_that_is_read_back(mia: Client, row: PriceList) -> None:
    answer = mia.get(f"{LISTS}{row.pk}/prices.xlsx")
    file = SimpleUploadedFile("ceny.xlsx", answer.content)
    looked = mia.post(f"{LISTS}{row.pk}/prices/", {"version": "2", "file": file, "look": "1"})
    assert (looked.status_code, looked.context["number"]) == (200, 0)


@pytest.mark.parametrize("who", ["dora", "otto", "jan", "clerk"])
def test_no_customer_nor_staff_without_the_right_changes_prices(
    cast: Cast, visit: Visit, row: PriceList, who: str
) -> None:
    client = visit(person("Karl", "Kasa", staff=True) if who == "clerk" else getattr(cast, who))
    for path in (f"{LISTS}{row.pk}/by-per-cent/", f"{LISTS}{row.pk}/prices/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"version": "2", "per_cent": "1", "look": "1"}).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_looking_takes_as_many_statements_for_three_as_for_one(cast: Cast, mia: Client, number: int) -> None:
    made = actions.add_list(ListInput(name="Lato", currency="PLN"), actor=cast.mia.actor)
    ids = [carts.stock(f"S{each}").product_id for each in range(number)]
    rows = [PriceInput(goods=GoodsInput(product_id=each), net=Decimal(10)) for each in ids]
    actions.set_prices(made.pk, rows, actor=cast.mia.actor, version=1)
    sent = {"version": "2", "per_cent": "1", "look": "1"}
    path = f"{LISTS}{made.pk}/by-per-cent/"
    mia.post(path, sent)
    assert len(statements(lambda: mia.post(path, sent))) == 7
