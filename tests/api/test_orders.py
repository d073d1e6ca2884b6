"""Orders through the API: placed, read, decided; the same rights, refusals and history as on the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.api.schemas.common import UnitPrice
from akcept.ordering.models import Placement
from akcept.organizations.models import UnitAddress
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support import offers
from tests.support.api import System, order_of, system_of
from tests.support.statements import statements


def address(cast: Cast, unit: str = "krakow") -> int:
    return int(UnitAddress.objects.get(unit=getattr(cast, unit)).pk)


def placed(cast: Cast, system: System, *codes: str, key: str = "k-1", **terms: Any) -> Any:
    for code in codes or ("P1",):
        carts.stock(code, price="10.00")
    return system.post("/orders", order_of(*(codes or ("P1",)), address_id=address(cast), **terms), key=key)


def test_an_order_is_placed_without_a_basket_and_waits(cast: Cast) -> None:
    own = carts.fill(cast.anna)
    anna = system_of(cast.anna)
    answer = placed(cast, anna, "P1", "P2", po_number="ZAM/7")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told == {
        "number": told["number"],
        "held": True,
        "asked": ["Ben Nowak", "Cora Wiśniewska"],
        "version": 1,
    }
    assert (answer["ETag"], answer["Location"]) == ('"1"', f"/api/v1/orders/{told['number']}")
    placement = Placement.objects.get(number=told["number"])
    assert (placement.buyer_id, placement.po_number, placement.line_count) == (cast.anna.user.pk, "ZAM/7", 2)
    assert (str(placement.goods_net), placement.unit_id) == ("40.00", cast.krakow.pk)
    basket = apps.get_model("basket.Basket").objects.get(pk=own)
    assert (basket.status, basket.num_lines) == ("Open", 3), "the member's own basket stays as it is"


def test_a_dry_run_says_what_it_costs_and_leads_to_and_keeps_nothing(cast: Cast) -> None:
    anna = system_of(cast.anna)
    carts.stock("P1", price="10.00")
    carts.stock("P2", price="5.00", rate=8)
    Basket = apps.get_model("basket.Basket")
    before = Basket.objects.count()
    answer = anna.post("/orders", order_of("P1", "P2", address_id=address(cast), dry_run=True))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["goods_net"] == {"amount": "30.00", "currency": "PLN"}
    assert [(row["rate"], row["net"]["amount"], row["vat"]["amount"]) for row in told["vat"]][-1:] != []
    assert (told["would_wait"], told["asked"]) == (True, ["Ben Nowak", "Cora Wiśniewska"])
    (step,) = told["steps"]
    assert step["asks"] == ["anyone who may accept the unit's orders"]
    assert told["why"]
    assert [line["code"] for line in told["lines"]] == ["P1", "P2"]
    assert not Placement.objects.exists()
    assert Basket.objects.count() == before
    assert carts.stock("P1").num_allocated in (None, 0)


def test_a_placed_order_says_whom_its_step_asks_as_the_dry_run_did(cast: Cast) -> None:
    number = placed(cast, system_of(cast.anna), key="asks").json()["number"]
    for who in (cast.anna, cast.ben):
        (step,) = system_of(who).get(f"/orders/{number}").json()["steps"]
        assert (step["asks"], step["place"]) == (["anyone who may accept the unit's orders"], "now")


def test_a3_a_row_adds_up_with_its_discount_tried_and_placed(cast: Cast) -> None:
    offers.percent("10")  # a site-wide offer
    carts.stock("P1", price="24.50")
    anna = system_of(cast.anna)
    row = {"unit_net": "24.50", "discount_net": "4.90", "net": "44.10"}
    tried = anna.post("/orders", order_of("P1", address_id=address(cast), dry_run=True)).json()
    assert [_amounts(line) for line in tried["lines"]] == [row]
    number = anna.post("/orders", order_of("P1", address_id=address(cast)), key="k").json()["number"]
    assert [_amounts(line) for line in anna.get(f"/orders/{number}").json()["lines"]] == [row]


def _amounts(line: dict[str, Any]) -> dict[str, str]:
    return {name: line[name]["amount"] for name in ("unit_net", "discount_net", "net")}


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("0.01235", "0.01235"),
        ("0.333", "0.333"),
        ("24.5", "24.50"),
        ("24.5000", "24.50"),
        ("100", "100.00"),
        ("0", "0.00"),
    ],
)
def test_a_price_of_one_piece_is_told_with_all_its_places(price: str, told: str) -> None:
    assert UnitPrice.of(Decimal(price), "PLN").amount == told


def test_what_cannot_be_ordered_is_said_line_by_line(cast: Cast) -> None:
    anna = system_of(cast.anna)
    carts.stock("P1", number=3)
    body = order_of("P1", "NONE", quantity=4, address_id=address(cast))
    answer = anna.post("/orders", body, key="k")
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (422, "invalid_lines", "lines")
    assert told["errors"] == [
        {"field": "lines[0]", "detail": "only 3 are in stock"},
        {"field": "lines[1]", "detail": "there is no product with this code or EAN"},
    ]
    assert answer["Content-Type"] == "application/problem+json"
    assert not Placement.objects.exists()


def test_one_order_is_told_whole_and_decided_on_its_version(cast: Cast) -> None:
    anna, ben = system_of(cast.anna), system_of(cast.ben)
    number = placed(cast, anna).json()["number"]
    seen = ben.get(f"/orders/{number}")
    assert seen.status_code == 200, seen.content
    told = seen.json()
    assert (told["status"], told["state"], seen["ETag"]) == ("awaiting_acceptance", "awaiting", '"1"')
    assert told["available_actions"] == ["accept", "comment", "forward", "reject", "send_back"]
    assert told["total_gross"]["currency"] == "PLN"
    assert told["placed_at"].endswith(("Z", "+00:00"))
    assert [(line["code"], line["quantity"], line["vat_rate"]) for line in told["lines"]] == [("P1", 2, "23")]
    assert anna.get(f"/orders/{number}").json()["available_actions"] == ["comment", "resubmit", "withdraw"]
    answer = ben.post(f"/orders/{number}/accept", {"remark": "fine"}, version=1, key="a")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"number": number, "state": "accepted", "version": 2}
    again = anna.get(f"/orders/{number}").json()
    assert (again["status"], again["history"][-1]["topic"] != "") == ("unhandled", True)
    accepted = [each for each in again["history"] if each["topic"] == "order.accepted"]
    assert [(each["by"], each["text"], each["remark"]) for each in accepted] == [
        ("Ben Nowak", "accepted the order (through another system)", "fine")
    ]


def test_who_was_slower_is_told_how_it_stands(cast: Cast) -> None:
    anna, ben, cora = system_of(cast.anna), system_of(cast.ben), system_of(cast.cora, language="pl")
    number = placed(cast, anna).json()["number"]
    ben.post(f"/orders/{number}/accept", version=1)
    late = cora.post(f"/orders/{number}/reject", {"reason": "za drogo"}, version=1)
    told = late.json()
    assert (late.status_code, told["code"], late["Content-Language"]) == (412, "stale", "pl")
    assert told["current"]["status"] == "unhandled"
    assert told["current"]["version"] == 2
    assert "Ben Nowak" in told["detail"]
    without = cora.post(f"/orders/{number}/reject", {"reason": "x"})
    assert (without.status_code, without.json()["code"]) == (428, "version_missing")


@pytest.mark.parametrize("who", ["otto", "jan", "dora"])
def test_another_organisation_and_another_branch_find_nothing(cast: Cast, who: str) -> None:
    number = placed(cast, system_of(cast.anna)).json()["number"]
    other = system_of(getattr(cast, who))
    assert other.get("/orders").json()["items"] == []
    for answer in (
        other.get(f"/orders/{number}"),
        other.post(f"/orders/{number}/accept", version=1),
        other.post(f"/orders/{number}/comments", {"text": "hello"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_list_is_narrowed_and_paged(cast: Cast) -> None:
    anna, cora = system_of(cast.anna), system_of(cast.cora)
    numbers = [placed(cast, anna, key=f"k{n}").json()["number"] for n in range(3)]
    first = cora.get("/orders", limit=2).json()
    assert [row["number"] for row in first["items"]] == numbers[:0:-1]
    rest = cora.get("/orders", limit=2, cursor=first["next_cursor"]).json()
    assert ([row["number"] for row in rest["items"]], rest["next_cursor"]) == ([numbers[0]], None)
    assert cora.get("/orders", status="unhandled").json()["items"] == []
    assert len(cora.get("/orders", unit_id=cast.krakow.pk).json()["items"]) == 3
    assert cora.get("/orders", unit_id=cast.tarnow.pk).json()["items"] == []
    assert cora.get("/orders", unit_id=cast.terminal.pk).json()["items"] == []
    assert len(cora.get("/orders", requester_id=cast.anna.member.pk).json()["items"]) == 3  # type: ignore[union-attr]
    assert cora.get("/orders", changed_since="2090-01-01T00:00:00Z").json()["items"] == []
    assert len(cora.get("/orders", changed_since="2020-01-01T00:00:00+01:00").json()["items"]) == 3
    for wrong in ({"colour": "red"}, {"status": "lost"}, {"limit": 1000}, {"changed_since": "2020-01-01T00:00:00"}):
        answer = cora.get("/orders", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong


@pytest.mark.parametrize("orders", [1, 3])
def test_a_list_costs_the_same_statements_however_long(cast: Cast, orders: int) -> None:
    anna, cora = system_of(cast.anna), system_of(cast.cora)
    for number in range(orders):
        placed(cast, anna, key=f"k{number}")
    cora.get("/orders")
    assert len(statements(lambda: cora.get("/orders"))) == 8


@pytest.mark.parametrize("lines", [1, 3])
def test_placing_and_reading_cost_the_same_statements_however_many_lines(cast: Cast, lines: int) -> None:
    anna = system_of(cast.anna)
    codes = [f"L{number}" for number in range(lines)]
    for code in codes:
        carts.stock(code)
    body = order_of(*codes, address_id=address(cast))
    anna.post("/orders", body, key="first")
    assert len(statements(lambda: anna.post("/orders", body, key="second"))) == 47
    number = Placement.objects.latest("order_id").number
    assert len(statements(lambda: anna.get(f"/orders/{number}"))) == 15


def test_unknown_fields_and_wrong_types_are_refused_by_name(cast: Cast) -> None:
    anna = system_of(cast.anna, language="pl")
    body = order_of("P1", colour="red", address_id=address(cast))
    body["lines"][0]["quantity"] = "2"
    answer = anna.post("/orders", body, key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert sorted(each["field"] for each in answer.json()["errors"]) == ["colour", "lines[0].quantity"]
    assert not Placement.objects.exists()


def test_several_are_decided_each_on_its_own(cast: Cast) -> None:
    anna, ben = system_of(cast.anna), system_of(cast.ben)
    numbers = [placed(cast, anna, key=f"k{n}").json()["number"] for n in range(2)]
    chosen = [{"number": numbers[0], "version": 1}, {"number": numbers[1], "version": 7}]
    results = ben.post("/inbox/accept", {"orders": chosen}, key="many").json()["results"]
    assert [(row["number"], row["state"], bool(row["refused"])) for row in results] == [
        (numbers[0], "accepted", False),
        (numbers[1], None, True),
    ]


def test_every_way_of_an_order(cast: Cast) -> None:
    anna, ben = system_of(cast.anna), system_of(cast.ben)
    number = placed(cast, anna).json()["number"]
    back = ben.post(f"/orders/{number}/send-back", {"question": "why?"}, version=1)
    assert (back.status_code, back.json()["state"]) == (200, "returned"), back.content
    line = anna.get(f"/orders/{number}").json()["lines"][0]["id"]
    change = {"quantities": [{"line_id": line, "quantity": 1}], "remark": "less"}
    sent = anna.post(f"/orders/{number}/resubmit", change, version=back.json()["version"])
    assert (sent.status_code, sent.json()["state"]) == (200, "awaiting"), sent.content
    to = {"member_id": cast.cora.member.pk}  # type: ignore[union-attr]
    on = ben.post(f"/orders/{number}/forward", to, version=sent.json()["version"])
    assert on.status_code == 200, on.content
    said = ben.post(f"/orders/{number}/comments", {"text": "Cora knows"})
    assert (said.status_code, said.json()) == (201, {"number": number})
    accepted = ben.post(f"/orders/{number}/accept", version=on.json()["version"])
    assert accepted.status_code == 200, accepted.content
    revoked = ben.post(f"/orders/{number}/revoke", {"reason": "slip"}, version=accepted.json()["version"])
    assert revoked.json()["state"] == "awaiting", revoked.content
    gone = anna.post(f"/orders/{number}/withdraw", version=revoked.json()["version"])
    assert gone.json()["state"] == "withdrawn", gone.content
    told = anna.get(f"/orders/{number}").json()
    assert [revision["kind"] for revision in told["revisions"]] == ["resubmitted"]
    assert [each["remark"] for each in told["comments"]] == ["Cora knows"]


def test_a_way_of_delivery_there_is_none_of_is_refused_with_those_there_are(cast: Cast) -> None:
    """Whoever calls from another system has no page to choose on; ways to pay stand in the schema."""
    carts.stock("P1")
    body = order_of("P1", address_id=address(cast), dry_run=True) | {"delivery": "pigeon"}
    refused = system_of(cast.anna).post("/orders", body)
    told = refused.json()
    assert (refused.status_code, told["field"]) == (422, "delivery")
    assert "courier" in told["detail"]
