"""The list of orders, searched and narrowed, and its files."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from oscar.core.loading import get_model

from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.ordering.queries import finding
from akcept.organizations.actions import choose_prices
from akcept.storefront.orders.views import listing
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support.statements import statements

LIST = "/orders/"


def _ordered(person: Person, sku: str, *, title: str = "", quantity: int = 1, **terms: Any) -> str:
    record = carts.stock(sku, price="10.00")
    if title:
        record.product.title = title
        record.product.save()
    return orders.place(person, records=[record], quantity=quantity, **terms).order_number


def _read(client: Any, query: str = "", page: str = LIST) -> str:
    answer = client.get(f"{page}{query}")
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def _found(client: Any, query: str = "") -> set[str]:
    return set(re.findall(r'class="row-link" href="/orders/([^"/]+)/"', _read(client, query)))


@pytest.fixture
def paper(cast: Cast) -> str:
    return _ordered(cast.anna, "AB-12", title="Papier ksero Żółty", po_number="ZAM 7 / Kraków", quantity=3)


@pytest.fixture
def chair(cast: Cast) -> str:
    return _ordered(cast.ewa, "KR-99", title="Krzesło obrotowe", po_number="PO-9")


@pytest.fixture
def elsewhere(cast: Cast) -> str:
    return _ordered(cast.otto, "AB-12", po_number="ZAM 7 / Kraków")


@pytest.mark.parametrize(
    "typed",
    [
        "zam 7 / kraków",
        "ZAM",
        "papier",
        "PAPIER zolty",
        unicodedata.normalize("NFD", "żółty"),
        "ab-12",
        "590AB-12",
        "kowalska",
        "anna papier",
        "anna@customer",
    ],
)
@pytest.mark.usefixtures("chair", "elsewhere")
def test_a_word_is_a_number_a_product_or_a_person(cast: Cast, paper: str, visit: Visit, typed: str) -> None:
    assert _found(visit(cast.ben), f"?scope=all&q={typed.replace(' ', '+')}") == {paper}


@pytest.mark.usefixtures("elsewhere")
def test_the_orders_own_number_is_found_by_how_it_begins(cast: Cast, paper: str, chair: str, visit: Visit) -> None:
    assert _found(visit(cast.ben), f"?scope=all&q={paper}") == {paper}
    assert _found(visit(cast.ben), f"?scope=all&q={paper[:2]}") == {paper, chair}
    assert _found(visit(cast.ben), f"?scope=all&q={paper[1:]}") == set()


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize("typed", ["krzesło papier", "anna krzesło", "%", "_", "\u200b", "zszywacz", "'\"--"])
def test_what_no_order_has_finds_none_and_says_so(cast: Cast, chair: str, visit: Visit, typed: str) -> None:
    page = _read(visit(cast.ben), f"?scope=all&q={typed.replace('%', '%25')}")
    if typed == "\u200b":  # nothing was typed
        assert chair in page
        return
    assert "No orders found" in page
    assert "Show everything" in page


@pytest.mark.usefixtures("paper")
def test_a_word_that_fits_very_many_products_is_looked_for_in_the_orders(
    cast: Cast, chair: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", 1)
    for n in range(3):
        carts.stock(f"KRZ-{n}").product.__class__.objects.filter(upc=f"590KRZ-{n}").update(title=f"Krzesło {n}")
    assert _found(visit(cast.ben), "?scope=all&q=krzes") == {chair}
    assert _found(visit(cast.ben), "?scope=all&q=kr-99") == {chair}


def test_a_product_that_is_gone_is_found_by_its_code(cast: Cast, paper: str, visit: Visit) -> None:
    get_model("catalogue", "Product").objects.filter(upc="590AB-12").delete()
    assert _found(visit(cast.anna), "?q=AB-12") == {paper}


def test_days_are_the_shops_and_both_count(cast: Cast, paper: str, chair: str, visit: Visit) -> None:
    today = timezone.localdate()
    night = timezone.localtime().replace(hour=23, minute=59) - timedelta(days=2)
    Placement.objects.filter(number=chair).update(placed_at=night)
    ben, day = visit(cast.ben), (today - timedelta(days=2)).isoformat()
    assert _found(ben, f"?scope=all&placed_from={day}&placed_to={day}") == {chair}
    assert _found(ben, f"?scope=all&placed_from={today}") == {paper}
    assert _found(ben, f"?scope=all&placed_to={today}") == {paper, chair}
    page = _read(ben, f"?scope=all&placed_from={today}&placed_to={day}")
    assert "This is before the day it starts from." in page
    assert _found(ben, "?scope=all&placed_from=31.02.2026") == {paper, chair}, "what is wrong does not narrow"


def test_value_unit_requester_and_status_narrow(cast: Cast, paper: str, chair: str, visit: Visit) -> None:
    far = _ordered(cast.piotr, "AB-12")
    ben = visit(cast.ben)
    net = Placement.objects.get(number=paper).total_net
    assert _found(ben, f"?scope=all&net_from={net}&net_to={net}") == {paper}
    assert _found(ben, f"?scope=all&net_to={net - 1}") == {chair, far}
    assert _found(ben, f"?scope=all&unit={cast.skawina.pk}") == {far}
    assert _found(ben, f"?scope=all&requester={cast.ewa.member.pk}") == {chair}  # type: ignore[union-attr]
    actions.reject(chair, actor=cast.ben.actor, version=1, reason="Nie teraz")
    assert _found(ben, "?scope=all&status=rejected") == {chair}
    assert _found(ben, "?scope=all&status=no_such") == {paper, chair, far}


def test_ones_own_orders_are_not_asked_whose_they_are(cast: Cast, paper: str, visit: Visit) -> None:
    page = _read(visit(cast.anna), "?q=papier")
    assert paper in page
    assert 'name="unit"' not in page
    assert 'name="requester"' not in page
    assert _found(visit(cast.anna), f"?requester={cast.ewa.member.pk}") == {paper}  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["otto", "jan", "paul", "dora"])
@pytest.mark.usefixtures("paper", "chair")
def test_others_find_nothing_of_it(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    for query in ("?scope=all&q=papier", "?scope=all&q=ZAM", "?scope=all&q=Kowalska", "?scope=all"):
        assert _found(client, query) == set()
        for contents in ("orders", "products"):
            text = client.get(f"/orders/files/{contents}.csv{query}")
            told = b"".join(text) if text.streaming else text.content
            assert (text.status_code, b"Papier" in told, b"Kowalska" in told) == (200, False, False)


def test_nobody_logged_in_gets_no_file(visit: Visit) -> None:
    assert "/accounts/login/" in visit().get("/orders/files/orders.csv")["Location"]


# --- files ---


def _rows(client: Any, contents: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"/orders/files/{contents}.csv{query}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = b"".join(answer) if answer.streaming else answer.content
    return [line.split(";") for line in told.decode("utf-8-sig").strip().splitlines()]


def test_the_file_has_the_orders_of_the_list(cast: Cast, paper: str, chair: str, visit: Visit) -> None:
    ben = visit(cast.ben)
    head, *rows = _rows(ben, "orders", "?scope=all")
    assert head[:4] == ["Order", "Your order number", "Placed", "Status"]
    assert [row[0] for row in rows] == [chair, paper]
    assert rows[1][3:6] == ["unconfirmed - awaiting the customer's acceptance", "Anna Kowalska", "Oddział Kraków"]
    order = Placement.objects.get(number=paper)
    assert rows[1][-3:] == [f"{order.total_net}", f"{order.total_gross}", order.currency]
    assert [row[0] for row in _rows(ben, "orders", "?scope=all&q=papier")[1:]] == [paper]


def test_the_other_file_has_a_row_for_each_product_and_for_delivery(cast: Cast, paper: str, visit: Visit) -> None:
    head, *rows = _rows(visit(cast.anna), "products")
    assert {"NIP", "Customer"}.isdisjoint(head)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["Order"], row["SKU"], row["Kind of row"]) for row in told] == [
        (paper, "AB-12", "goods"),
        (paper, "courier", "delivery"),
    ]
    assert told[0]["Quantity"] == "3"
    assert told[0]["Status"] == "unconfirmed - awaiting the customer's acceptance"


def test_both_open_as_a_workbook(cast: Cast, paper: str, visit: Visit) -> None:
    for contents in ("orders", "products"):
        answer = visit(cast.anna).get(f"/orders/files/{contents}.xlsx")
        told = b"".join(answer) if answer.streaming else answer.content
        sheet = load_workbook(io.BytesIO(told)).active
        assert sheet["A2"].value == paper


def test_nothing_in_a_file_is_a_formula(cast: Cast, visit: Visit) -> None:
    _ordered(cast.anna, "AB-12", po_number="=HYPERLINK(1)")
    for contents in ("orders", "products"):
        text = ";".join(cell for row in _rows(visit(cast.anna), contents) for cell in row)
        assert ";=HYPERLINK" not in text
        assert "=HYPERLINK(1)" in text


@pytest.mark.usefixtures("paper", "chair")
def test_a_file_that_would_lack_some_is_refused(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", {"orders": 1, "products": 1})
    ben = visit(cast.ben)
    answer = ben.get("/orders/files/orders.csv?scope=all")
    assert answer.status_code == 422
    assert "A file holds up to 1 orders" in answer.content.decode()
    assert ben.get("/orders/files/orders.csv?scope=all&q=papier").status_code == 200


@pytest.mark.usefixtures("paper")
def test_who_sees_no_prices_finds_out_none(cast: Cast, visit: Visit) -> None:
    choose_prices(cast.acme.pk, actor=cast.mia.actor, shown=None, by_right=True)
    anna = visit(cast.anna)
    page = _read(anna)
    assert 'name="net_from"' not in page
    assert _found(anna, "?net_from=1000000") != set(), "no answer tells what an order is worth"
    for contents in ("orders", "products"):
        head = _rows(anna, contents)[0]
        assert not any(word in heading for heading in head for word in ("Net", "Gross", "VAT", "price", "Discount"))


# --- from the row ---


def test_ordered_again_from_the_row(cast: Cast, paper: str, visit: Visit) -> None:
    anna = visit(cast.anna)
    path = reverse("basket:order-again", kwargs={"number": paper})
    assert f'action="{path}"' in _read(anna)
    anna.post(path)
    assert "Papier ksero" in anna.get("/basket/").content.decode()


def test_statements_do_not_grow(cast: Cast, visit: Visit) -> None:
    ben = visit(cast.ben)
    counts = []
    for number in (1, 2):
        for each in range(number):
            _ordered(cast.anna, f"AB-{number}{each}", title=f"Papier {number}{each}")
        _read(ben, "?scope=all&q=papier")
        counts.append(len(statements(lambda: _read(ben, "?scope=all&q=papier"))))
    assert counts[0] == counts[1]
