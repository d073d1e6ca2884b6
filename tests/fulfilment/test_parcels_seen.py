"""Issue 12, point 2: who may see an order sees its parcels, in their words; webhooks and histories tell of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.fulfilment import actions
from akcept.fulfilment.actions import Packed
from akcept.journal import relay
from akcept.ordering import actions as ordering
from akcept.organizations.models import Profile
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.webhooks import actions as webhooks
from akcept.webhooks.models import Message
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.history import history
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


def _panel_moves(visit: Visit, cast: Cast, number: str, to: str) -> None:
    moved = {"order_action": "change_order_status", "new_status": to}
    assert visit(cast.mia).post(f"/dashboard/orders/{number}/", moved).status_code == 302


def _api_moves(visit: Visit, cast: Cast, number: str, to: str) -> None:
    assert system_of(cast.mia).post(f"/work/orders/{number}/status", body={"status": to}).status_code == 200


def _list_moves(visit: Visit, cast: Cast, number: str, to: str) -> None:
    chosen = apps.get_model("order.Order").objects.get(number=number).pk
    moved = {"action": "change_order_statuses", "new_status": to, "selected_order": [chosen]}
    assert visit(cast.mia).post("/dashboard/orders/", moved).status_code == 302


def _record(sku: str) -> tuple[int, int]:
    record = apps.get_model("partner.StockRecord").objects.get(partner_sku=sku)
    return record.num_in_stock, record.num_allocated


@pytest.mark.parametrize("moves", [_panel_moves, _list_moves, _api_moves])
def test_an_order_moved_to_shipped_tells_of_what_was_left_by_whichever_door(
    cast: Cast, visit: Visit, number: str, moves: Any, mailoutbox: list[Any]
) -> None:
    """3 of 10 pieces left in a parcel; whoever says "shipped" without another one says that the 7 others left."""
    deliver()
    webhooks.add_endpoint(actor=cast.mia.actor, url="https://erp.example.com/h", events=["order.shipped"])
    mailoutbox.clear()
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": "en"})
    before = {sku: _record(sku) for sku in ("S1", "S2")}
    moves(visit, cast, number, "packed")
    moves(visit, cast, number, "shipped")
    deliver()
    (told,) = [found for found in mailoutbox if found.to == ["anna@customer.example"]]
    assert told.subject == f"Order {number} is on its way"
    for text in (str(told.body), str(told.alternatives[0][0])):
        assert "Produkt S1" in text
        assert "Nothing more is to come: the order is complete." in text
        assert "Parcel" not in text
    (message,) = Message.objects.filter(type="order.shipped")
    data = message.body["data"]
    assert (data["status"], data["left"], data["parcel"]["number"], data["parcel"]["link"]) == ("shipped", 0, "", "")
    assert [(line["code"], line["quantity"]) for line in data["parcel"]["lines"]] == [("S1", 2), ("S2", 5)]
    assert {sku: _record(sku) for sku in before} == {
        "S1": (before["S1"][0] - 2, 0),
        "S2": (before["S2"][0] - 5, 0),
    }
    page = visit(cast.anna, language="en").get(f"/orders/{number}/").content.decode()
    assert "sent 7 pieces, the rest of the order" in page
    assert "Mia" not in page
    staff = visit(cast.mia, language="en").get(f"/dashboard/acceptance/{number}/").content.decode()
    assert "Mia" in staff
    work = system_of(cast.mia).get(f"/work/orders/{number}").json()
    assert [line["left"] for line in work["lines"]] == [0, 0]


def test_the_last_parcel_tells_once_and_a_shipping_event_of_the_panel_tells_too(
    cast: Cast, visit: Visit, number: str, mailoutbox: list[Any]
) -> None:
    deliver()
    mailoutbox.clear()
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    lines = apps.get_model("order.Line").objects.filter(order__number=number).order_by("pk")
    event = {"line_action": "create_shipping_event", "shipping_event_type": "shipped", "reference": "DPD 77"}
    chosen = {"selected_line": [lines[0].pk], f"selected_line_qty_{lines[0].pk}": "2"}
    assert visit(cast.mia).post(f"/dashboard/orders/{number}/", {**event, **chosen}).status_code == 302
    page = visit(cast.anna, language="en").get(f"/orders/{number}/").content.decode()
    assert "sent parcel DPD 77 with 2 pieces" in page
    assert "<b>DPD 77</b>" in page
    actions.ship(number, actor=cast.mia.actor, parcel="last")
    deliver()
    assert len([found for found in mailoutbox if found.to == ["anna@customer.example"]]) == 2
    entries = [entry for entry in history("order", number) if entry.topic == "order.shipped"]
    told = [(entry.payload["parcel"], entry.payload["left"]) for entry in entries]
    assert told == [("00<1", 7), ("DPD 77", 5), ("last", 0)]
