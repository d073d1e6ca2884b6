"""Issue 12, point 2: the list of orders, asked for work, is the shop's: unhandled ones only, by default."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.api.test_matrix import PEOPLE
from tests.api.test_openapi import OPERATIONS
from tests.support.api import System, system_of
from tests.support.statements import statements


def _numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["items"]]


def _three(cast: Cast) -> tuple[str, str, str]:
    """Return an order that waits, one that was accepted and one the shop has begun with."""
    waiting, accepted, begun = (orders.place(cast.anna).order_number for _each in range(3))
    for number in (accepted, begun):
        ordering.accept(number, actor=cast.ben.actor, version=1)
    apps.get_model("order.Order").objects.get(number=begun).set_status("in_progress")
    return waiting, accepted, begun


def test_unhandled_ones_only_by_default_and_held_ones_only_on_request_and_marked(cast: Cast) -> None:
    waiting, accepted, begun = _three(cast)
    mia = system_of(cast.mia)
    assert _numbers(mia.get("/orders", for_work="1")) == [accepted]
    assert _numbers(mia.get("/orders", for_work="1", status="any")) == [accepted, begun]
    assert _numbers(mia.get("/orders", for_work="1", status="in_progress")) == [begun]
    (row,) = mia.get("/orders", for_work="1", held="1").json()["items"]
    assert (row["number"], row["held"]) == (waiting, True)
    for status in ("awaiting_acceptance", "rejected"):
        refused = mia.get("/orders", for_work="1", status=status)
        assert (refused.status_code, refused.json()["field"]) == (422, "status")


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({}, "/work/orders"),
        ({"status": "any", "limit": "1"}, "/work/orders"),
        ({"exported": "false"}, "/work/orders"),
        ({"held": "true"}, "/work/held"),
    ],
)
def test_both_addresses_answer_the_same(cast: Cast, here: dict[str, str], there: str) -> None:
    _three(cast)
    mia = system_of(cast.mia)
    asked = {name: value for name, value in here.items() if name != "held"}
    assert mia.get("/orders", for_work="true", **here).content == mia.get(there, **asked).content


def test_it_is_read_page_by_page_to_the_end(cast: Cast) -> None:
    placed = [orders.place(cast.ben).order_number for _each in range(3)]
    mia, found, cursor = system_of(cast.mia), [], ""
    while True:
        page = mia.get("/orders", for_work="1", limit="2", cursor=cursor).json()
        found += [row["number"] for row in page["items"]]
        if (cursor := page["next_cursor"] or "") == "":
            break
    assert found == placed
    assert mia.get("/orders", for_work="1", cursor="x").json()["field"] == "cursor"


def test_it_is_narrowed_by_organisation_unit_requester_and_what_changed(cast: Cast) -> None:
    first, other = orders.place(cast.ben).order_number, orders.place(cast.ben).order_number
    mia, acme, umbra = system_of(cast.mia), str(cast.acme.pk), str(cast.umbra.pk)
    assert cast.ben.member is not None
    assert cast.anna.member is not None

    def listed(**wanted: str) -> list[str]:
        return _numbers(mia.get("/orders", for_work="1", **wanted))

    assert listed(organization_id=acme) == [first, other]
    assert listed(organization_id=umbra) == []
    assert listed(organization_id=acme, unit_id=str(cast.head_office.pk)) == [first, other]
    assert listed(organization_id=acme, unit_id=str(cast.tarnow.pk)) == []
    assert listed(organization_id=acme, requester_id=str(cast.ben.member.pk)) == [first, other]
    assert listed(organization_id=acme, requester_id=str(cast.anna.member.pk)) == []
    assert listed(organization_id=acme, changed_since="2026-01-01T00:00:00+00:00") == [first, other]
    assert listed(organization_id=acme, changed_since="2199-01-01T00:00:00Z") == []
    for wanted in ({"unit_id": "1"}, {"requester_id": "1"}, {"changed_since": "2026-01-01T00:00:00Z"}):
        refused = mia.get("/orders", for_work="1", **wanted)
        assert (refused.status_code, refused.json()["field"]) == (422, "organization_id"), wanted
    naive = mia.get("/orders", for_work="1", organization_id=acme, changed_since="2026-01-01T00:00:00")
    assert (naive.status_code, naive.json()["field"]) == (422, "changed_since")


def test_a_parameter_of_another_list_is_refused_by_its_name(cast: Cast) -> None:
    mia, anna = system_of(cast.mia), system_of(cast.anna)
    for system, wanted, field in (
        (mia, {"for_work": "1", "mine": "1"}, "mine"),
        (mia, {"for_work": "1", "held": "1", "status": "any"}, "status"),
        (mia, {"for_work": "1", "held": "1", "exported": "1"}, "exported"),
        (mia, {"held": "1"}, "held"),
        (mia, {"for_work": "maybe"}, "for_work"),
        (anna, {"exported": "1"}, "exported"),
        (anna, {"organization_id": str(cast.acme.pk)}, "organization_id"),
    ):
        refused = system.get("/orders", **wanted)
        assert (refused.status_code, refused.json()["field"]) == (422, field), wanted


def test_nobody_but_the_shop_s_systems_and_these_by_the_scope(cast: Cast) -> None:
    """Also whoever may do everything in an organisation; each is told what to do about it."""
    number = orders.place(cast.ben).order_number
    for who in (*PEOPLE[:5], "otto"):
        for wanted in ({"for_work": "1"}, {"for_work": "1", "held": "1"}):
            refused = system_of(getattr(cast, who)).get("/orders", **wanted)
            told = refused.json()
            assert (refused.status_code, told["code"]) == (403, "scope_missing"), (who, wanted)
            assert "shop's own systems" in told["detail"]
            assert number not in refused.content.decode()
    assert System(token="").get("/orders", for_work="1").json()["code"] == "invalid_token"
    narrow = system_of(cast.mia, scopes=["work:read"])
    assert narrow.get("/orders", for_work="1").status_code == 200
    assert "held:read" in narrow.get("/orders", for_work="1", held="1").json()["detail"]
    without = narrow.get("/orders")
    assert (without.status_code, without.json()["code"]) == (403, "scope_missing")
    assert "for_work=1" in without.json()["detail"]
    looking = system_of(cast.mia, scopes=["held:read"])
    assert looking.get("/orders", for_work="1", held="1").status_code == 200
    assert looking.get("/orders", for_work="1").json()["code"] == "scope_missing"
    claiming = system_of(cast.mia, scopes=["work:write"])
    assert claiming.get("/orders", for_work="1").json()["code"] == "scope_missing"


def test_a_member_s_list_stays_theirs(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    assert _numbers(system_of(cast.anna).get("/orders", for_work="0")) == [number]
    assert _numbers(system_of(cast.otto).get("/orders", for_work="false")) == []


def test_the_schema_names_every_scope_it_is_asked_by(cast: Cast) -> None:
    named = [each["oauth2"][0] for each in OPERATIONS["list_orders"][2]["security"] if "oauth2" in each]
    assert named == ["orders:read", "work:read", "held:read"]


def test_it_costs_the_same_however_many(cast: Cast) -> None:
    mia, counted = system_of(cast.mia), []
    for many in (1, 2):
        for _each in range(many):
            orders.place(cast.ben)
        mia.get("/orders", for_work="1")
        counted.append(len(statements(lambda: mia.get("/orders", for_work="1"))))
    assert counted[0] == counted[1]
