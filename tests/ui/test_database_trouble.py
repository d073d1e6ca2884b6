"""A database that is down, busy, or ended what somebody did: a page, and a line a second in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.ui import database_trouble
from tests.conftest import Visit
from tests.support.databases import Private
from tests.support.live_shop import shop_process
from tests.support.processes import free_port

pytestmark = pytest.mark.django_db


class _Gone(Exception):
    sqlstate = None


class _Deadlock(Exception):
    sqlstate = "40P01"


def _failing(cause: Exception) -> Any:
    def execute(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused\nIs the server running?") from cause

    return execute


@pytest.fixture
def down(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let the test say when the database goes: `down.setattr(*GONE)`."""
    monkeypatch.setattr(database_trouble, "_lines", database_trouble._Lines())
    yield monkeypatch
    monkeypatch.undo()


GONE = (CursorWrapper, "execute", _failing(_Gone()))
ENDED = (CursorWrapper, "execute", _failing(_Deadlock()))
EVERYWHERE = ["/catalogue/", "/basket/", "/checkout/", "/orders/", "/inbox/", "/dashboard/orders/", "/admin/"]


@pytest.mark.parametrize("address", EVERYWHERE)
@pytest.mark.parametrize("who", ["nobody", "ben", "mia"])
def test_b8_every_page_says_so(
    visit: Visit, cast: Cast, down: pytest.MonkeyPatch, address: str, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = {"nobody": visit, "ben": lambda: visit(cast.ben), "mia": lambda: visit(cast.mia, superuser=True)}[who]()
    browser.raise_request_exception = False
    down.setattr(*GONE)
    caplog.clear()
    answer = browser.get(address)
    if who == "nobody" and answer.status_code == 302:
        return  # to the login: known without asking the database
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "The shop is unavailable for a moment" in page
    assert "<form" not in page
    assert f'href="{address}"' in page
    assert "no-store" in answer["Cache-Control"]
    assert [(record.name, record.exc_info) for record in caplog.records] == [("akcept.database", None)]


@pytest.mark.parametrize(("accepts", "said"), [("pl", "Sklep jest chwilowo niedostępny"), ("en-GB", "unavailable")])
def test_b8_in_the_language_the_browser_asks_for(down: pytest.MonkeyPatch, accepts: str, said: str) -> None:
    browser = Client(raise_request_exception=False)
    down.setattr(*GONE)
    answer = browser.get("/catalogue/", headers={"Accept-Language": accepts})
    assert said in answer.content.decode()
    assert answer["Content-Language"] == accepts[:2]


def test_b8_what_was_typed_can_be_sent_again(visit: Visit, cast: Cast, down: pytest.MonkeyPatch) -> None:
    placed = orders.place(cast.anna)
    browser = visit(cast.ben)
    browser.raise_request_exception = False
    typed = {"version": "1", "remark": 'Tak, "proszę" <b>'}
    with down.context() as patched:
        patched.setattr(*GONE)
        page = browser.post(f"/orders/{placed.order_number}/accept/", typed).content.decode()
    assert "may or may not have been saved" in page
    assert f'action="/orders/{placed.order_number}/accept/"' in page
    assert '<input type="hidden" name="remark" value="Tak, &quot;proszę&quot; &lt;b&gt;">' in page
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert again["version"] == "1"
    assert browser.post(f"/orders/{placed.order_number}/accept/", typed).status_code == 302
    assert orders.order(placed).status == "unhandled"


def test_b8_no_password_is_written_into_a_page(down: pytest.MonkeyPatch) -> None:
    browser = Client(raise_request_exception=False)
    down.setattr(*GONE)
    answer = browser.post("/accounts/login/", {"login": "ben@acme.example", "password": "tajne-haslo"})
    assert answer.status_code == 503
    assert "tajne" not in answer.content.decode()


def test_b1_a_deadlock_on_a_page_that_is_not_ours(visit: Visit, cast: Cast, down: pytest.MonkeyPatch) -> None:
    """Oscar's own pages under us: nothing was done, and that is said."""
    order = orders.order(orders.place(cast.ben))
    mia = visit(cast.mia, superuser=True)
    mia.raise_request_exception = False
    with down.context() as patched:
        patched.setattr(type(order), "set_status", _failing(_Deadlock()))
        answer = mia.post(
            f"/dashboard/orders/{order.number}/", {"order_action": "change_order_status", "new_status": "in_progress"}
        )
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "Nothing was saved or changed. Please send it again." in page
    assert 'name="new_status" value="in_progress"' in page


def test_b8_sqlite_that_stays_locked(visit: Visit, cast: Cast, down: pytest.MonkeyPatch) -> None:
    placed = orders.place(cast.anna)
    ben = visit(cast.ben)
    ben.raise_request_exception = False

    def locked(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database is locked")

    with down.context() as patched:
        patched.setattr("akcept.storefront.orders.views.deciding.actions.accept", locked)
        answer = ben.post(f"/orders/{placed.order_number}/accept/", {"version": "1"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "very busy" in answer.content.decode()


def test_b8_what_is_no_trouble_of_the_database_stays_a_failure(down: pytest.MonkeyPatch) -> None:
    def missing(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("no such table: order_order")

    browser = Client(raise_request_exception=False)
    down.setattr(CursorWrapper, "execute", missing)
    assert browser.get("/catalogue/").status_code == 500


def test_b8_one_line_a_second(down: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    browser = Client(raise_request_exception=False)
    down.setattr(*GONE)
    moments = iter([100.0, 100.2, 100.9, 101.1])
    down.setattr("akcept.ui.database_trouble._now", lambda: next(moments))
    with caplog.at_level(logging.DEBUG, logger="akcept.database"):
        for _ in range(4):
            browser.get("/catalogue/")
    assert [record.getMessage() for record in caplog.records] == [
        "connection refused: GET /catalogue/ answered 503",
        "connection refused: GET /catalogue/ answered 503 (2 more before)",
    ]


@pytest.mark.slow
def test_b8_the_shop_as_it_is_run_without_its_database() -> None:
    """Started while the database is down: pages say so, what needs none is there, and the log stays short."""
    nowhere = Private(url=f"postgres://nobody@127.0.0.1:{free_port()}/gone")
    with shop_process(nowhere, workers=1) as (program, url):
        for number in range(30):
            answer = httpx.get(f"{url}/catalogue/?page={number}", headers={"Accept-Language": "pl"})
            assert answer.status_code == 503
        assert "Sklep jest chwilowo niedostępny" in answer.text
        assert "Traceback" not in program.output
        assert len(program.output.splitlines()) <= 12


def test_b8_the_checkout_keeps_what_was_typed(visit: Visit, cast: Cast, down: pytest.MonkeyPatch) -> None:
    cart = carts.fill(cast.anna, lines=1)
    anna = visit(cast.anna)
    anna.raise_request_exception = False
    down.setattr(*ENDED)
    page = anna.post("/checkout/", {"cart": cart, "note": "pilne", "po_number": "PO 7"}).content.decode()
    assert 'name="note" value="pilne"' in page
    assert 'name="po_number" value="PO 7"' in page
