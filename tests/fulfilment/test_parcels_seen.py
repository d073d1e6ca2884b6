"""Issue 12, point 2: who may see an order sees its parcels, in their words; webhooks and histories tell of them."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.fulfilment import actions
from akcept.fulfilment.actions import Packed
from akcept.journal import relay
from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.webhooks import actions as webhooks
from akcept.webhooks.models import Message
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.statements import statements


@pytest.fixture
def number(cast: Cast) -> str:
    number = orders.place(cast.anna, lines=2, quantity=5).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    packed = [Packed(code="S1", quantity=3)]
    actions.ship(number, actor=cast.mia.actor, parcel="00<1", carrier="DPD", packed=packed)
    return number


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", ["Paczki", "3 sztuki", "wysyła paczkę DPD 00&lt;1: 3 sztuki"]),
        ("en", ["Parcels", "3 pieces", "sent parcel DPD 00&lt;1 with 3 pieces"]),
    ],
)
def test_whoever_sees_the_order_sees_its_parcels_and_nobody_else(
    cast: Cast, visit: Visit, number: str, language: str, words: list[str]
) -> None:
    for person in (cast.anna, cast.ben):
        page = visit(person, language=language).get(f"/orders/{number}/").content.decode()
        for word in (*words, "00&lt;1"):
            assert word in page
        assert "Mia" not in page, "who of the shop sent it is the shop's business"
    assert visit(cast.otto).get(f"/orders/{number}/").status_code == 404
    assert visit(cast.jan).get(f"/orders/{number}/").status_code == 404


def test_the_panel_shows_parcels_with_who_told_of_them(cast: Cast, visit: Visit, number: str) -> None:
    actions.set_status(number, actor=cast.mia.actor, to="packed")
    page = visit(cast.mia, language="en").get(f"/dashboard/acceptance/{number}/").content.decode()
    assert "sent parcel DPD 00&lt;1 with 3 pieces" in page
    assert "moved the order on: in progress → packed" in page


def test_parcels_cost_one_statement_however_many_and_none_while_an_order_waits(cast: Cast, visit: Visit) -> None:
    anna = visit(cast.anna)
    counted = []
    for many in (0, 1, 3):
        number = orders.place(cast.anna, lines=3, quantity=1).order_number
        ordering.accept(number, actor=cast.ben.actor, version=1)
        if not many:
            actions.set_status(number, actor=cast.mia.actor, to="in_progress")
        for n in range(many):
            actions.ship(number, actor=cast.mia.actor, parcel=f"P{n}", packed=[Packed(code=f"S{n + 1}", quantity=1)])
        ours = [text for text in statements(lambda: anna.get(f"/orders/{number}/")) if "fulfilment" in str(text)]  # noqa: B023
        counted.append(len(ours))
    waiting = orders.place(cast.anna).order_number
    assert counted == [1, 1, 1]
    assert not [text for text in statements(lambda: anna.get(f"/orders/{waiting}/")) if "fulfilment" in str(text)]


def _member_sees_all(cast: Cast) -> Any:
    member = cast.dora.member
    member.granted = {**member.granted, "permissions": [*member.granted["permissions"], "see_all_orders"]}
    member.recompute()
    member.save()
    return cast.dora


def test_the_customer_s_webhook_and_the_merchant_s_are_told_of_each_parcel_once(cast: Cast, number: str) -> None:
    for person in (_member_sees_all(cast), cast.mia):
        webhooks.add_endpoint(actor=person.actor, url="https://erp.example.com/h", events=["order.shipped"])
    webhooks.add_endpoint(actor=cast.otto.actor, url="https://umbra.example.com/h", events=["order.shipped"])
    actions.ship(number, actor=cast.mia.actor, parcel="002")
    actions.ship(number, actor=cast.mia.actor, parcel="002")
    relay.run_once()
    told = [message.body["data"] for message in Message.objects.filter(type="order.shipped")]
    assert len(told) == 2 * 2, "both parcels, to two of three: nothing was sent before the endpoints were there"
    last = told[-1]
    assert (last["parcel"]["number"], last["left"], last["status"]) == ("002", 0, "shipped")
    assert [(line["code"], line["quantity"]) for line in last["parcel"]["lines"]] == [("S1", 2), ("S2", 5)]


def test_what_was_given_to_other_systems_stands_in_the_organisation_s_history(cast: Cast, visit: Visit) -> None:
    system_of(cast.dora, scopes=["orders:read"])
    page = visit(cast.dora, language="en").get("/organization/changes/").content.decode()
    assert "made a token for other systems: orders:read" in page
    told = system_of(cast.dora, scopes=["journal:read"]).get("/changes").json()
    assert "access.given" in {row["topic"] for row in told["items"]}
