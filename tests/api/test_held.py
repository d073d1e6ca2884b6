"""Issue 12, point 2: the merchant's systems are told of held orders on request only, marked, and get no further."""

from __future__ import annotations

from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.statements import statements

#: Every operation that does something to an order of the shop's work, with what it takes.
DOORS = {
    "shipments": {"parcel": "1"},
    "status": {"status": "shipped"},
    "acknowledge": {"lease": "x", "external_number": "ZK/1"},
    "failed": {"lease": "x", "text": "no"},
}


def test_held_orders_are_told_on_request_by_a_scope_of_their_own_and_marked(cast: Cast) -> None:
    waiting, other = orders.place(cast.anna).order_number, orders.place(cast.anna).order_number
    ordering.accept(other, actor=cast.ben.actor, version=1)
    mia = system_of(cast.mia)
    (row,) = mia.get("/work/held").json()["items"]
    assert (row["number"], row["held"], row["organization"], row["returned"]) == (waiting, True, "Acme", False)
    assert "Ben Lis" in row["asked"] or row["asked"], "who is asked"
    assert mia.get("/work/held", organization_id=cast.umbra.pk).json()["items"] == []
    without = system_of(cast.mia, scopes=["work:read", "work:write", "customers:read"])
    assert without.get("/work/held").json()["code"] == "scope_missing"
    for path in ("/work/orders", "/work/orders?status=any", "/work/orders?status=awaiting_acceptance"):
        assert waiting not in without.get(path).content.decode(), path
    assert waiting not in without.post("/work/claim").content.decode()
    assert without.post("/work/exported", {"numbers": [waiting]}).json()["numbers"] == []


def test_a_held_order_refuses_everything_by_every_door(cast: Cast) -> None:
    number, mia = orders.place(cast.anna).order_number, system_of(cast.mia)
    for door, body in DOORS.items():
        refused = mia.post(f"/work/orders/{number}/{door}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "order_held"), door
    refused = mia.get(f"/work/orders/{number}")
    assert (refused.status_code, refused.json()["code"]) == (403, "order_held")


def test_members_and_strangers_see_no_held_orders_of_others_here(cast: Cast) -> None:
    orders.place(cast.anna)
    for person in (cast.anna, cast.dora, cast.otto):
        assert system_of(person).get("/work/held").json()["code"] == "scope_missing"


def test_they_cost_the_same_however_many(cast: Cast) -> None:
    mia, counted = system_of(cast.mia), []
    for many in (1, 2):
        for _each in range(many):
            orders.place(cast.anna)
        mia.get("/work/held")
        counted.append(len(statements(lambda: mia.get("/work/held"))))
    assert counted[0] == counted[1]
    first = mia.get("/work/held", limit=1).json()
    assert first["next_cursor"]
    assert len(mia.get("/work/held", limit=5, cursor=first["next_cursor"]).json()["items"]) == 2
