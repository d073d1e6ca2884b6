"""Issue 12, point 2: stock and prices are written many at once, all or none, each by its scope."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.handover import actions
from akcept.handover.actions import PriceRow, StockRow, Supplied
from akcept.kernel.errors import Invalid, InvalidLines, NotAllowed
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.history import history
from tests.support.statements import statements


def _record(sku: str) -> Any:
    return apps.get_model("partner.StockRecord").objects.get(partner_sku=sku)


def _prices(*rows: tuple[str, str]) -> list[PriceRow]:
    return [PriceRow(code=code, price=Decimal(price), currency="PLN") for code, price in rows]


def test_stock_is_written_by_sku_or_ean_and_what_is_reserved_stays_so(cast: Cast) -> None:
    orders.place(cast.ben, lines=2, quantity=5)
    rows = [StockRow(code="590S1", in_stock=7), StockRow(code=" S2 ", in_stock=1000)]
    assert actions.set_stock(rows, actor=cast.mia.actor) == Supplied(changed=1, unchanged=1, unknown=())
    assert (_record("S1").num_in_stock, _record("S1").num_allocated) == (7, 5)
    assert actions.set_stock(rows, actor=cast.mia.actor) == Supplied(changed=0, unchanged=2, unknown=())
    assert [entry.payload for entry in history("shop", "stock")] == [{"changed": 1}]


def test_prices_are_written_to_the_grosz_and_the_journal_keeps_what_they_were(cast: Cast) -> None:
    placed = orders.order(orders.place(cast.ben, lines=2))
    before = placed.total_excl_tax
    told = actions.set_prices(_prices(("S1", "0.01"), ("S2", "12.00")), actor=cast.mia.actor)
    assert (told.changed, told.unchanged) == (1, 1)
    assert _record("S1").price == Decimal("0.01")
    (entry,) = history("shop", "prices")
    assert entry.payload["changes"] == [{"sku": "S1", "from": "11.00", "to": "0.01", "currency": "PLN"}]
    placed.refresh_from_db()
    assert placed.total_excl_tax == before


def test_a_row_that_cannot_be_written_is_named_and_nothing_is(cast: Cast) -> None:
    for sku in ("S1", "S2"):
        carts.stock(sku)
    other = apps.get_model("partner.Partner").objects.create(name="Other")
    twice = _record("S2")
    apps.get_model("partner.StockRecord").objects.create(
        product=twice.product, partner=other, partner_sku="S2", price=Decimal(1), num_in_stock=3
    )
    rows = [
        StockRow(code="S1", in_stock=5),
        StockRow(code="NONE", in_stock=5),
        StockRow(code="S2", in_stock=5),
        StockRow(code="590S1", in_stock=6),
        StockRow(code="S1", in_stock=-1),
        StockRow(code="", in_stock=1),
    ]
    with pytest.raises(InvalidLines) as refused:
        actions.set_stock(rows, actor=cast.mia.actor)
    assert [place for place, _why in refused.value.problems] == [1, 2, 3, 4, 5]
    assert _record("S1").num_in_stock == 1000
    told = actions.set_stock([rows[0], rows[1]], actor=cast.mia.actor, skip_unknown=True)
    assert told == Supplied(changed=1, unchanged=0, unknown=("NONE",))
    prices = [
        *_prices(("S1", "1.005"), ("S1", "-1"), ("S1", "1e12")),
        PriceRow(code="S1", price=Decimal(1), currency="EUR"),
    ]
    with pytest.raises(InvalidLines) as wrong:
        actions.set_prices(prices, actor=cast.mia.actor)
    assert [place for place, _why in wrong.value.problems] == [0, 1, 2, 3]
    for none in ([], [rows[0]] * 1001):
        with pytest.raises(Invalid):
            actions.set_stock(none, actor=cast.mia.actor)


def test_nobody_but_the_shop_s_people(cast: Cast) -> None:
    carts.stock("S1")
    for who in (cast.ben, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.set_stock([StockRow(code="S1", in_stock=1)], actor=who.actor)
        with pytest.raises(NotAllowed):
            actions.set_prices(_prices(("S1", "1.00")), actor=who.actor)


def test_a_thousand_rows_cost_what_one_costs(cast: Cast) -> None:
    for number in range(3):
        carts.stock(f"S{number}")
    unknown = [StockRow(code=f"none-{number}", in_stock=1) for number in range(997)]
    actions.set_stock([StockRow(code="S0", in_stock=3)], actor=cast.mia.actor)  # begins the shop's chain
    counted = []
    for rows in (
        [StockRow(code="S0", in_stock=5), StockRow(code="none", in_stock=1)],
        [*(StockRow(code=f"S{n}", in_stock=6) for n in range(3)), *unknown],
    ):
        act = lambda rows=rows: actions.set_stock(rows, actor=cast.mia.actor, skip_unknown=True)  # noqa: E731
        counted.append(len(statements(act)))
    assert counted == [9, 9]


def test_each_by_its_scope_over_the_api(cast: Cast) -> None:
    carts.stock("S1")
    body = {"lines": [{"code": "S1", "in_stock": 5}, {"code": "NONE", "in_stock": 1}]}
    stock = system_of(cast.mia, scopes=["stock:write"])
    refused = stock.post("/work/stock", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_lines")
    assert refused.json()["errors"] == [{"field": "lines[1]", "detail": "No product has the code “NONE”."}]
    told = stock.post("/work/stock", {**body, "skip_unknown": True})
    assert told.json() == {"changed": 1, "unchanged": 0, "unknown": ["NONE"]}
    price = {"lines": [{"code": "S1", "price": "12.3", "currency": "PLN"}]}
    assert stock.post("/work/prices", price).json()["code"] == "scope_missing"
    prices = system_of(cast.mia, scopes=["prices:write"])
    assert prices.post("/work/prices", price).json()["changed"] == 1
    assert _record("S1").price == Decimal("12.30")
    assert prices.post("/work/prices", {"lines": [{**price["lines"][0], "price": "1.005"}]}).status_code == 422
    assert prices.post("/work/stock", body).json()["code"] == "scope_missing"
