"""Reading an organisation and the shop's work: as on the pages, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.api.models import Credential
from akcept.ordering import actions as ordering
from akcept.organizations import actions as organizations
from akcept.organizations.permissions import Permission
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast, person, unit
from tests.support.api import system_of
from tests.support.statements import statements


def test_a_token_says_whose_it_is(cast: Cast) -> None:
    told = system_of(cast.ben, scopes=["organization:read"]).get("/me").json()
    assert (told["name"], told["organization"], told["unit"]) == ("Ben Nowak", "Acme", "Oddział Kraków")
    assert told["permissions"] == ["accept_orders", "place_orders"]
    assert told["scopes"] == ["organization:read"]


def test_where_goods_may_go_is_named_for_placing(cast: Cast) -> None:
    (row,) = system_of(cast.anna).get("/addresses").json()["items"]
    assert (row["recipient"], row["is_default"]) == ("Acme, Oddział Kraków", True)


def test_an_administrator_reads_the_organisation_and_otto_his_own(cast: Cast) -> None:
    dora, otto = system_of(cast.dora), system_of(cast.otto)
    assert [row["name"] for row in dora.get("/members", limit=2).json()["items"]] == ["Ewa Dąbrowska", "Anna Kowalska"]
    assert {row["name"] for row in dora.get("/units").json()["items"]} >= {"Centrala", "Oddział Kraków"}
    assert [row["name"] for row in otto.get("/members").json()["items"]] == ["Otto Lis"]
    assert [row["name"] for row in otto.get("/units").json()["items"]] == ["Terminal"]
    assert otto.get(f"/members/{cast.anna.member.pk}").status_code == 404  # type: ignore[union-attr]
    assert otto.get("/units", unit_id=cast.krakow.pk).status_code == 404
    assert dora.get(f"/members/{cast.anna.member.pk}").json()["permissions"] == ["place_orders"]  # type: ignore[union-attr]


def test_budgets_and_their_ledger(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "1000.00", name="Kraków")
    orders.place(cast.anna)
    dora = system_of(cast.dora)
    (row,) = dora.get("/budgets").json()["items"]
    assert (row["name"], row["available"]) == ("Kraków", {"amount": "1000.00", "currency": "PLN"})
    told = dora.get(f"/budgets/{budget.pk}").json()
    assert told["held"]["amount"] == row["held"]["amount"] != "0.00"
    assert told["ledger"]
    assert system_of(cast.otto).get(f"/budgets/{budget.pk}").status_code in (403, 404)


@pytest.mark.parametrize("more", [1, 3])
@pytest.mark.parametrize("path", ["/units", "/members", "/changes", "/roles"])
def test_lists_cost_the_same_however_long(cast: Cast, path: str, more: int) -> None:
    for number in range(more):
        person(f"N{number}", "Nowak", seat=unit(cast.acme, f"Nowy {number}", under=cast.krakow))
        organizations.add_role(actor=cast.dora.actor, name=f"Rola {number}", permissions={Permission.PLACE_ORDERS})
    dora = system_of(cast.dora)
    dora.get(path)
    counted = {"/units": 9, "/members": 6, "/changes": 6, "/roles": 5}
    assert len(statements(lambda: dora.get(path))) == counted[path]


def test_the_merchant_reads_what_is_work_and_nothing_held(cast: Cast) -> None:
    mia = system_of(cast.mia)
    held = orders.place(cast.anna).order_number
    direct = orders.place(cast.ben, po_number="ZAM/1").order_number
    assert [row["number"] for row in mia.get("/work/orders").json()["items"]] == [direct]
    refused = mia.get(f"/work/orders/{held}")
    assert (refused.status_code, refused.json()["code"]) == (403, "order_held")
    ordering.accept(held, actor=cast.ben.actor, version=1)
    assert [row["number"] for row in mia.get("/work/orders").json()["items"]] == [held, direct]
    told: Any = mia.get(f"/work/orders/{direct}").json()
    assert (told["tax_number"], told["po_number"], told["organization"]) == ("6762435805", "ZAM/1", "Acme")
    assert [line["quantity"] for line in told["lines"]] == [2, 2, 2]
    first = mia.get("/work/orders", limit=1).json()
    rest = mia.get("/work/orders", limit=1, cursor=first["next_cursor"]).json()
    assert [row["number"] for row in rest["items"]] == [direct]
    assert mia.get("/work/orders/none").status_code == 404


def test_the_merchant_s_system_goes_with_whoever_connected_it(cast: Cast) -> None:
    mia = system_of(cast.mia)
    assert mia.get("/work/orders").status_code == 200
    apps.get_model("accounts.User").objects.filter(pk=cast.mia.user.pk).update(is_staff=False)
    assert mia.get("/work/orders").status_code == 401
    assert Credential.objects.get().revoked_at is None
