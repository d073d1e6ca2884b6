"""The dashboard's files and its search: nothing typed by a customer runs in a spreadsheet, a held order is found."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

REPORTS = "/dashboard/reports/?download=download&report_type="


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True, language="pl")


@pytest.mark.parametrize(
    "path", ["/dashboard/orders/?response_format=csv", f"{REPORTS}order_report", f"{REPORTS}user_analytics"]
)
def test_a_file_of_the_dashboard_runs_nothing(cast: Cast, mia: Client, path: str) -> None:
    cast.ben.user.first_name = '=HYPERLINK("http://evil.example")'
    cast.ben.user.save()
    placed = orders.place(cast.ben)
    answer = mia.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
    if "user_analytics" not in path:
        assert placed.order_number in cells
        assert any("," in cell and cell.replace(",", "").isdigit() for cell in cells), "a decimal comma"
    if "orders/" in path:
        assert "nieobsłużone" in cells


def test_a_number_that_waits_leads_to_where_it_is(cast: Cast, mia: Client) -> None:
    held, rejected = orders.place(cast.anna).order_number, orders.place(cast.anna).order_number
    actions.reject(rejected, actor=cast.ben.actor, version=1, reason="nie")
    for number, why in ((held, "oczekuje na akceptację klienta"), (rejected, "odrzucił")):
        answer = mia.get("/dashboard/orders/", {"order_number": f" {number} "}, follow=True)
        assert answer.redirect_chain[0][0] == f"/dashboard/acceptance/{number}/"
        assert why in answer.content.decode()
    assert mia.get("/dashboard/orders/", {"order_number": "999999"}).status_code == 200
