"""What holds in the whole shop, kept by the merchant's systems: terms of all orders, visitors, prices shown."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.ordering.models import ShopTerms
from akcept.organizations.models import Module, Organization
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.api.test_orders import address
from tests.api.tried import SHOP_TERMS
from tests.support.api import System, order_of, system_of
from tests.support.statements import statements


@pytest.fixture
def mia(cast: Cast) -> System:
    return system_of(cast.mia)


def test_the_terms_of_all_orders_are_read_and_changed_on_their_version(cast: Cast, mia: System) -> None:
    before = mia.get("/shop-terms")
    assert before.headers["ETag"] == '"1"'
    assert before.json() | {"mails": True} == {
        **{"price_days": None, "price_tolerance": "0", "order_from": None, "order_up_to": None},
        **{"mails": True, "version": 1},
    }
    body = SHOP_TERMS | {"price_tolerance": "2.50", "order_from": "10.00"}
    changed = mia.post("/shop-terms", body, version=1, key="terms")
    assert (changed.status_code, changed.json()) == (200, {"id": 1, "version": 2})
    assert mia.post("/shop-terms", body, version=1, key="terms").content == changed.content, "sent once more, done once"
    stale = mia.post("/shop-terms", body, version=1)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})
    assert mia.get("/shop-terms").json() == {
        **{"price_days": 30, "price_tolerance": "2.5", "mails": True, "version": 2},
        "order_from": {"amount": "10.00", "currency": "PLN"},
        "order_up_to": {"amount": "900.00", "currency": "PLN"},
    }
    carts.stock("P1", price="1.00")
    small = system_of(cast.anna).post("/orders", order_of("P1", quantity=1, address_id=address(cast)), key="small")
    assert small.status_code == 409, "they count at once"
    assert "10.00" in small.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_days": 0}, "price_days"),
        ({"price_days": 366}, "price_days"),
        ({"price_tolerance": "100.01"}, "price_tolerance"),
        ({"price_tolerance": "-1"}, "price_tolerance"),
        ({"price_tolerance": 5}, "price_tolerance"),
        ({"order_from": "0"}, "order_from"),
        ({"order_up_to": "-3.00"}, "order_up_to"),
        ({"order_from": "10.00", "order_up_to": "9.99"}, "order_up_to"),
        ({"order_from": "1e3"}, "order_from"),
        ({"mails": "yes"}, "mails"),
        ({"currency": "EUR"}, "currency"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_their_field(mia: System, wrong: dict[str, Any], field: str) -> None:
    answer = mia.post("/shop-terms", SHOP_TERMS | wrong, version=1)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    assert not ShopTerms.objects.exists()


def test_the_shop_is_closed_and_opened_on_its_version(cast: Cast, mia: System) -> None:
    assert mia.get("/shop-gate").json() == {"gate": "open", "shown": "both", "version": 1}
    closed = mia.post("/shop-gate", {"gate": "closed", "shown": "net"}, version=1)
    assert (closed.status_code, closed.headers["ETag"]) == (200, '"2"')
    stale = mia.post("/shop-gate", {"gate": "open", "shown": "gross"}, version=1)
    assert (stale.status_code, stale.json()["current"]) == (412, {"gate": "closed", "shown": "net", "version": 2})
    row = Module.objects.get(pk=1)
    assert (row.gate, row.shown) == ("closed", "net")
    for wrong in ({"gate": "ajar", "shown": "net"}, {"gate": "open", "shown": None}, {"gate": "open"}):
        assert mia.post("/shop-gate", wrong, version=2).status_code == 422, wrong
    assert mia.post("/shop-gate", {"gate": "open", "shown": "net"}).json()["code"] == "version_missing"
    assert mia.get("/work/journal", limit=100).json()["items"][-1]["topic"] == "module.gate_changed"


def test_a_customer_is_shown_its_own_prices_and_only_some_of_its_members(cast: Cast, mia: System) -> None:
    path = f"/customers/{cast.acme.pk}"
    before = mia.get(path).json()
    assert (before["shown"], before["prices_by_right"]) == (None, False)
    assert mia.post(f"{path}/prices", {"shown": "gross", "by_right": True}).json() == {"id": cast.acme.pk}
    told = mia.get(path).json()
    assert (told["shown"], told["prices_by_right"]) == ("gross", True)
    other = Organization.objects.get(pk=cast.umbra.pk)
    assert (other.shown, other.prices_by_right) == ("", False), "nobody else's"
    assert mia.post(f"{path}/prices", {"shown": None, "by_right": False}).status_code == 200
    assert mia.get(path).json()["shown"] is None
    for wrong in (
        {"shown": "", "by_right": True},
        {"shown": "net"},
        {"by_right": True},
        {"shown": "net", "by_right": 1},
    ):
        assert mia.post(f"{path}/prices", wrong).status_code == 422, wrong
    assert mia.post("/customers/987654/prices", {"shown": None, "by_right": True}).status_code == 404


def test_an_organisation_shows_prices_to_everybody_or_to_those_with_the_right(cast: Cast) -> None:
    dora, anna = system_of(cast.dora), system_of(cast.anna)
    carts.stock("P1")
    assert dora.get("/organization").json()["prices_by_right"] is False
    assert dora.post("/organization/prices", {"by_right": True}).json() == {"id": cast.acme.pk}
    assert dora.get("/organization").json()["prices_by_right"] is True
    assert anna.get("/products").json()["items"][0]["unit_net"]["amount"] is None
    assert system_of(cast.otto).get("/products").json()["items"][0]["unit_net"]["amount"], "nobody else's"
    for who in (cast.ben, cast.jan):
        assert system_of(who).post("/organization/prices", {"by_right": False}).status_code == 403, who
    assert system_of(cast.otto).post("/organization/prices", {"by_right": False}).json() == {"id": cast.umbra.pk}
    assert Organization.objects.get(pk=cast.acme.pk).prices_by_right, "Otto's own alone"


def test_systems_for_orders_and_customers_say_nothing_of_the_whole_shop(cast: Cast) -> None:
    narrow = system_of(cast.mia, scopes=["customers:read", "customers:write", "work:write"])
    for path, body in (("/shop-terms", SHOP_TERMS), ("/shop-gate", {"gate": "open", "shown": "net"})):
        assert narrow.get(path).json()["code"] == "scope_missing"
        assert narrow.post(path, body, version=1).json()["code"] == "scope_missing"
        reader = system_of(cast.mia, scopes=["shop:read"])
        assert reader.get(path).status_code == 200
        assert reader.post(path, body, version=1).json()["code"] == "scope_missing"


def test_reading_them_is_one_statement_beside_those_of_every_call(cast: Cast, mia: System) -> None:
    mia.get("/shop-gate")
    assert len(statements(lambda: mia.get("/shop-gate"))) == len(statements(lambda: mia.get("/shop-terms")))
