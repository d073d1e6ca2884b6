"""Reports of spending: what counts, for whom, and that every breakdown adds up to the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import actions
from akcept.ordering.queries import spending
from akcept.ordering.queries.spending import Dimension, Question
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.conftest import Visit
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def fay(cast: Cast) -> Person:
    return person("Fay", "Finance", seat=cast.head_office, rights="see_budgets")


def buy(who: Person, price: str, *, accepted_by: Person | None = None) -> Any:
    record = carts.stock(f"R{price}".replace(".", "-"), price=price)
    placed = orders.place(who, records=[record], quantity=1)
    if accepted_by is not None:
        actions.accept(placed.order_number, actor=accepted_by.actor, version=1)
    return orders.order(placed)


def rows(who: Person, by: Dimension = Dimension.UNIT, **asked: Any) -> list[tuple[str, int, str]]:
    found = spending.report(who.actor, Question(by=by, **asked))
    return [(row.label, row.orders, str(row.net)) for row in found.rows]


def test_only_what_the_shop_works_on_counts(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    buy(cast.anna, "50.00", accepted_by=cast.ben)
    buy(cast.anna, "7.00")  # waits
    rejected = buy(cast.anna, "8.00")
    actions.reject(rejected.number, actor=cast.ben.actor, version=1, reason="no")
    buy(cast.ben, "9.00").set_status("cancelled")
    buy(cast.otto, "1000.00")
    buy(cast.paul, "1000.00")
    assert rows(fay) == [("Oddział Kraków", 2, "150.00")]
    assert rows(fay, Dimension.MEMBER) == [(cast.ben.name, 1, "100.00"), (cast.anna.name, 1, "50.00")]


def test_cancelled_lines_are_left_out(cast: Cast, fay: Person) -> None:
    records = [carts.stock("X1", price="30.00"), carts.stock("X2", price="12.00")]
    order = orders.order(orders.place(cast.ben, records=records, quantity=1))
    order.lines.get(partner_sku="X1").set_status("cancelled")
    assert rows(fay) == [("Oddział Kraków", 1, "12.00")]


def test_every_breakdown_adds_up_to_the_same(cast: Cast, fay: Person) -> None:
    category = apps.get_model("catalogue.Category").objects.add_root({"name": "Paper"})
    paper = carts.stock("PAPER", price="20.00")
    paper.product.categories.add(category)
    buy(cast.ben, "100.00")
    orders.place(cast.ben, records=[paper], quantity=2)
    with time_machine.travel(utc_now() - timedelta(days=40), tick=False):
        buy(cast.ben, "33.33")
    for by in Dimension:
        found = spending.report(fay.actor, Question(by=by))
        assert found.total == sum(row.net for row in found.rows) == Decimal("173.33")
        assert found.orders == 3
    assert rows(fay, Dimension.CATEGORY) == [("no category", 2, "133.33"), ("Paper", 1, "40.00")]
    months = rows(fay, Dimension.MONTH)
    assert [row[2] for row in months if row[1]] == ["33.33", "140.00"]


def test_months_without_spending_are_shown_as_such(cast: Cast, fay: Person) -> None:
    for day in ("2026-11-10", "2027-02-20"):
        with time_machine.travel(f"{day}T09:00:00+00:00", tick=False):
            buy(cast.ben, "100.00")
    with time_machine.travel("2027-03-05T09:00:00+00:00", tick=False):
        assert rows(fay, Dimension.MONTH) == [
            ("November 2026", 1, "100.00"),
            ("December 2026", 0, "0.00"),
            ("January 2027", 0, "0.00"),
            ("February 2027", 1, "100.00"),
        ]
        assert spending.report(fay.actor, Question(by=Dimension.MONTH)).average == 100


@time_machine.travel("2026-11-30T23:30:00+00:00", tick=False)
def test_days_are_those_of_the_organisation(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "10.00")  # already December in Warsaw
    assert rows(fay, since=date(2026, 12, 1), until=date(2026, 12, 1)) == [("Oddział Kraków", 1, "10.00")]
    assert rows(fay, since=date(2026, 11, 1), until=date(2026, 11, 30)) == []
    assert rows(fay, Dimension.MONTH)[0][0] == "December 2026"


def test_who_sees_what(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    branch = person("Gil", "Branch", seat=cast.tarnow, rights="see_budgets")
    reader = person("Rita", "Read", seat=cast.krakow, rights="see_unit_orders")
    stranger = person("Olaf", "Other", seat=cast.terminal, rights="see_budgets")
    assert rows(fay) == rows(reader) == [("Oddział Kraków", 1, "100.00")]
    assert rows(branch) == rows(stranger) == []
    for nobody in (cast.anna, cast.jan, cast.otto, cast.paul, cast.mia):
        with pytest.raises(NotAllowed):
            spending.report(nobody.actor, Question())


@pytest.mark.parametrize("by", list(Dimension))
def test_as_many_statements_for_one_order_as_for_three(cast: Cast, fay: Person, by: Dimension) -> None:
    counts = []
    for who, price in ((cast.ben, "1.00"), (cast.cora, "2.00")):
        buy(who, price) if who is cast.ben else [buy(cast.ben, str(n) + ".00") for n in (3, 4)]
        counts.append(len(statements(lambda: spending.report(fay.actor, Question(by=by)))))
    assert counts[0] == counts[1] <= 10


def test_the_page_and_its_files(cast: Cast, fay: Person, visit: Visit) -> None:
    client = visit(fay)
    assert "Nothing was spent" in client.get(reverse("akcept:reports")).content.decode()
    buy(cast.ben, "100.00")
    page = client.get(reverse("akcept:reports"), {"by": "nonsense", "since": "x", "currency": "EUR"})
    text = page.content.decode()
    assert page.status_code == 200
    assert 'class="bars"' in text
    assert "Oddział Kraków" in text
    csv = client.get(reverse("akcept:export_reports", kwargs={"file_format": "csv"})).content.decode("utf-8-sig")
    assert csv.splitlines()[1] == "Oddział Kraków;1;100.00;PLN"
    xlsx = client.get(reverse("akcept:export_reports", kwargs={"file_format": "xlsx"}), {"by": "member"}).content
    sheet = load_workbook(io.BytesIO(xlsx)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [cast.ben.name, 1, 100, "PLN"]


def test_nobody_else_gets_the_page(cast: Cast, visit: Visit) -> None:
    for who in (cast.anna, cast.otto, cast.paul):
        assert visit(who).get(reverse("akcept:reports")).status_code in {403, 404}
