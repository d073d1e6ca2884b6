"""Agreements and price lists by the API: read by members for their unit, written by the merchant's systems."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.apps import apps

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, ListInput
from akcept.agreements.models import Agreement, ListedPrice, PriceList
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.api.test_orders import address
from tests.support import attributes
from tests.support.api import System, system_of
from tests.support.statements import statements


@pytest.fixture
def mia(cast: Cast) -> System:
    for code in ("P1", "P2"):
        carts.stock(code, price="10.00")
    return system_of(cast.mia)


def _category() -> int:
    found = apps.get_model("catalogue.Category").objects.add_root({"name": "Papier", "slug": "papier"})
    return int(found.pk)


def test_a_list_and_an_agreement_are_made_read_changed_and_count_for_that_unit_only(cast: Cast, mia: System) -> None:
    rows = [
        {"code": "P1", "net": "9.5"},
        {"code": "P1", "least": 1_000_000, "net": "0.00000001"},
        {"code": "590P2", "net": "8.12345678", "starts": "2026-01-01"},
        {"category_id": _category(), "per_cent": "2.5"},
        {"per_cent": "-1"},
    ]
    made = mia.post("/price-lists", {"name": "Hurt", "currency": "PLN", "lines": rows})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"'), made.content
    list_id = made.json()["id"]
    told = mia.get(f"/price-lists/{list_id}/prices").json()["items"][::-1]
    assert [(row["code"], row["least"], row["net"], row["per_cent"]) for row in told] == [
        ("P1", 1, "9.50", None),
        ("P1", 1_000_000, "0.00000001", None),
        ("P2", 1, "8.12345678", None),
        (None, 1, None, "2.5"),
        (None, 1, None, "-1"),
    ]
    agreement = {
        "name": "Kraków 2026",
        "unit_id": cast.krakow.pk,
        "lists": [list_id],
        "packs": [{"code": "P2", "multiple": 12, "smallest": 24, "unit": "karton"}],
        "assorted": "only",
        "goods": ["P1", "590P2"],
        "order_from": "100.00",
        "pays": ["transfer"],
        "delivers": ["courier"],
    }
    attributes.give(carts.stock("P1").product, "brand", "Leitz", name="Marka")
    agreement["attributes"] = [{"attribute": "marka", "value": "leitz"}]
    agreed = mia.post("/customer-agreements", agreement)
    assert agreed.status_code == 201, agreed.content
    one = mia.get(f"/customer-agreements/{agreed.json()['id']}")
    assert one.headers["ETag"] == '"1"'
    assert one.json()["lists"] == [{"id": list_id, "name": "Hurt"}]
    assert sorted(one.json()["goods"]) == ["P1", "P2"]
    assert one.json()["attributes"] == [{"attribute": "brand", "value": "Leitz"}]
    assert one.json()["packs"] == [{"code": "P2", "multiple": 12, "smallest": 24, "unit": "karton"}]
    assert (one.json()["organization"], one.json()["order_from"]) == ("Acme", {"amount": "100.00", "currency": "PLN"})
    own = system_of(cast.anna).get("/agreements").json()["items"]
    assert [(row["name"], row["order_from"]["amount"], row["pays"]) for row in own] == [
        ("Kraków 2026", "100.00", ["transfer"])
    ]
    assert system_of(cast.jan).get("/agreements").json()["items"] == [], "of another branch"
    assert system_of(cast.otto).get("/agreements").json()["items"] == [], "of another organisation"
    prices = {row["code"]: row["unit_net"]["amount"] for row in system_of(cast.anna).get("/products").json()["items"]}
    assert prices == {"P1": "9.50", "P2": "8.12345678"}
    assert system_of(cast.otto).get("/products?code=P1").json()["items"][0]["unit_net"]["amount"] == "10.00"

    again = mia.post(f"/price-lists/{list_id}/prices", {"lines": [{"code": "P1", "net": "7.00"}]}, version=1)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    stale = mia.post(f"/price-lists/{list_id}/prices", {"lines": []}, version=1)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    assert ListedPrice.objects.get(price_list=list_id).net == 7
    key = agreed.json()["id"]
    ended = {"name": "Kraków 2026", "lists": [list_id], "ends": "2026-02-01"}
    assert mia.post(f"/customer-agreements/{key}", ended, version=1).json()["version"] == 2
    assert mia.post(f"/customer-agreements/{key}", ended, version=1).status_code == 412
    assert system_of(cast.anna).get("/agreements").json()["items"] == [], "it is over"
    past = mia.get("/customer-agreements", when="ended", organization_id=cast.acme.pk).json()["items"]
    assert [row["name"] for row in past] == ["Kraków 2026"]
    renamed = mia.post(f"/price-lists/{list_id}", {"name": "Detal", "places": 4}, version=2)
    assert renamed.json()["version"] == 3
    (row,) = mia.get("/price-lists", text="det").json()["items"]
    assert (row["name"], row["currency"], row["places"]) == ("Detal", "PLN", 4)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"goods": ["P1", "NIC"]}, "goods[1]"),
        ({"packs": [{"code": "NIC"}]}, "packs[0]"),
        ({"packs": [{"code": "P1"}, {"code": "590P1"}]}, "packs"),
        ({"categories": [987654]}, "categories[0]"),
        ({"attributes": [{"attribute": "brand", "value": "Nic"}]}, "attributes[0]"),
        ({"attributes": [{"attribute": "", "value": "Nic"}]}, "attributes[0].attribute"),
        ({"pays": ["gold"]}, "pays[0]"),
        ({"delivers": ["pigeon"]}, "delivers[0]"),
        ({"assorted": "only"}, "goods"),
        ({"order_from": "-1.00"}, "order_from"),
        ({"order_from": "2.00", "order_up_to": "1.00"}, "order_up_to"),
        ({"starts": "2026-02-02", "ends": "2026-02-01"}, "ends"),
        ({"starts": "0001-01-01"}, "starts"),
        ({"name": " "}, "name"),
        ({"choice": "dearest"}, "choice"),
        ({"position": 1001}, "position"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_its_field(
    cast: Cast, mia: System, change: dict[str, Any], field: str
) -> None:
    refused = mia.post("/customer-agreements", {"name": "N", "unit_id": cast.krakow.pk, **change})
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.content
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"code": "NIC", "net": "1.00"}, "lines[1]"),
        ({"category_id": 987654, "net": "1.00"}, "lines[1]"),
        ({"code": "P2", "net": "1.00", "per_cent": "1"}, "net"),
        ({"code": "P2"}, "net"),
        ({"code": "590P1", "net": "2.00"}, "goods"),
        ({"code": "P2", "net": "1e3"}, "lines[1].net"),
        ({"code": "P2", "net": "NaN"}, "lines[1].net"),
        ({"code": "P2", "per_cent": "100.01"}, "per_cent"),
        ({"code": "P2", "least": 1_000_001, "net": "1.00"}, "lines[1].least"),
        ({"code": "P2", "category_id": 1, "net": "1.00"}, "lines[1]"),
    ],
)
def test_what_cannot_be_a_price_is_refused_by_its_row(mia: System, row: dict[str, Any], field: str) -> None:
    made = mia.post("/price-lists", {"name": "L", "currency": "PLN", "lines": [{"code": "P1", "net": "1.00"}, row]})
    told = made.json()
    found = told["errors"][0]["field"] if told.get("errors") else told["field"]
    assert (made.status_code, found) == (422, field), told
    assert not PriceList.objects.exists()


def test_names_that_look_the_same_are_one_and_units_of_nobody_are_not_found(cast: Cast, mia: System) -> None:
    assert mia.post("/price-lists", {"name": "Żółć", "currency": "PLN"}).status_code == 201
    twin = mia.post("/price-lists", {"name": unicodedata.normalize("NFD", "Żółć"), "currency": "PLN"})
    assert (twin.status_code, twin.json()["field"]) == (422, "name")
    assert mia.post("/customer-agreements", {"name": "N", "unit_id": 987654}).status_code == 404
    assert mia.post("/customer-agreements", {"name": "N", "lists": [987654]}).status_code == 404
    assert mia.post("/price-lists", {"name": "M", "currency": "PLN", "base_id": 987654}).status_code == 404
    assert mia.get("/customer-agreements/987654").status_code == 404
    assert mia.get("/price-lists/987654").status_code == 404
    assert mia.get("/price-lists/987654/prices").status_code == 404


def test_who_only_reads_customers_writes_nothing_and_members_read_no_lists(cast: Cast, mia: System) -> None:
    list_id = mia.post("/price-lists", {"name": "L", "currency": "PLN"}).json()["id"]
    reader = system_of(cast.mia, scopes=["customers:read"])
    assert reader.get(f"/price-lists/{list_id}").status_code == 200
    refused = reader.post(f"/price-lists/{list_id}/prices", {"lines": []}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    for person in (cast.anna, cast.dora, cast.otto):
        member = system_of(person)
        assert member.get("/price-lists").json()["code"] == "scope_missing"
        assert member.get("/customer-agreements").json()["code"] == "scope_missing"


def test_lists_of_them_cost_the_same_however_long(cast: Cast, mia: System) -> None:
    counted = []
    anna = system_of(cast.anna)
    for many in (1, 2):
        for n in range(many):
            made = agreements.add_list(ListInput(name=f"L{many}{n}", currency="PLN"), actor=cast.mia.actor)
            wanted = AgreementInput(name=f"A{many}{n}", list_ids=(made.pk,))
            agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
        paths = ((anna, "/agreements"), (mia, "/customer-agreements"), (mia, "/price-lists"))
        for system, path in paths:
            system.get(path)  # notes its use
        counted.append([len(statements(lambda s=system, p=path: s.get(p))) for system, path in paths])
    assert counted[0] == counted[1]
    assert len(mia.get("/price-lists").json()["items"]) == 3


def _again(system: System, number: str, cast: Cast, **more: Any) -> Any:
    body = {"delivery": "courier", "address_id": address(cast), **more}
    return system.post(f"/orders/{number}/again", body, key=f"again-{number}-{more}")


def test_an_order_is_ordered_again_at_today_s_prices(cast: Cast) -> None:
    first = orders.place(cast.anna, lines=2, quantity=5).order_number
    anna = system_of(cast.anna)
    record = carts.stock("S1")
    record.price *= 2
    record.save()
    tried = _again(anna, first, cast, dry_run=True)
    assert tried.status_code == 200, tried.content
    assert [(line["code"], line["quantity"]) for line in tried.json()["lines"]] == [("S1", 5), ("S2", 5)]
    placed = _again(anna, first, cast, po_number="ZAM/2")
    assert placed.status_code == 201, placed.content
    number = placed.json()["number"]
    assert number != first
    assert placed.json()["held"] is True
    seen = anna.get(f"/orders/{number}").json()
    assert (seen["po_number"], [line["quantity"] for line in seen["lines"]]) == ("ZAM/2", [5, 5])
    same = _again(anna, first, cast, po_number="ZAM/2")
    assert same.content == placed.content, "the same key is done once"


def test_again_takes_the_place_of_what_ended_and_is_no_way_to_orders_of_others(cast: Cast) -> None:
    number = orders.place(cast.anna, lines=1).order_number
    anna = system_of(cast.anna)
    anna.post(f"/orders/{number}/withdraw", {}, version=1)
    placed = _again(anna, number, cast).json()["number"]
    former = apps.get_model("akcept_ordering.Placement").objects.get(number=placed).instead_of
    assert former is not None
    assert former.number == number
    assert _again(system_of(cast.otto), number, cast).status_code == 404
    assert _again(system_of(cast.jan), number, cast).status_code == 404


def test_what_cannot_be_had_any_more_is_named_by_its_line_or_left_out(cast: Cast) -> None:
    number = orders.place(cast.anna, lines=2).order_number
    gone = carts.stock("S1").product
    gone.is_public = False
    gone.save()
    refused = _again(system_of(cast.anna), number, cast)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_lines")
    assert [each["field"] for each in refused.json()["errors"]] == ["lines[0]"]


def test_what_a_customer_may_owe_is_read_and_set_on_its_version(cast: Cast, mia: System) -> None:
    path = f"/customers/{cast.acme.pk}/credit"
    before = mia.get(path)
    assert (before.json(), before.headers["ETag"]) == ({"limit": None, "used": None, "version": 1}, '"1"')
    assert mia.post(path, {"limit": "500.00"}, version=1).json()["version"] == 2
    stale = mia.post(path, {"limit": None}, version=1)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})
    told = mia.get(path).json()
    assert told["limit"] == {"amount": "500.00", "currency": "PLN"}
    assert told["used"] == {"amount": "0.00", "currency": "PLN"}
    for wrong in ("-1.00", "NaN", "1e9", "99999999999999"):
        assert mia.post(path, {"limit": wrong}, version=2).status_code == 422, wrong
    assert mia.post(path, {}, version=2).status_code == 422
    assert mia.get("/customers/987654/credit").status_code == 404
    assert mia.post("/customers/987654/credit", {"limit": None}, version=1).status_code == 404


def test_what_a_unit_may_use_of_it_is_read_and_set_on_its_version(cast: Cast, mia: System) -> None:
    path = f"/customers/{cast.acme.pk}/units/{cast.krakow.pk}/credit"
    before = mia.get(path)
    assert (before.json(), before.headers["ETag"]) == ({"limit": None, "used": None, "version": 1}, '"1"')
    assert mia.post(path, {"limit": "500.00"}, version=1).json()["version"] == 2
    stale = mia.post(path, {"limit": None}, version=1)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})
    orders.place(cast.ben, records=[carts.stock("U1", price="100.00")], quantity=1, payment_code="on_account")
    told = mia.get(path).json()
    assert (told["limit"]["amount"], told["used"]) == ("500.00", {"amount": "146.37", "currency": "PLN"})
    assert mia.get(f"/customers/{cast.acme.pk}/credit").json()["limit"] is None, "the organisation's is another one"
    refused = mia.post(f"/customers/{cast.acme.pk}/units/{cast.head_office.pk}/credit", {"limit": "1"}, version=1)
    assert (refused.status_code, refused.json()["field"]) == (422, "unit")
    elsewhere = f"/customers/{cast.umbra.pk}/units/{cast.krakow.pk}/credit"
    assert [mia.get(elsewhere).status_code, mia.post(elsewhere, {"limit": None}, version=2).status_code] == [404, 404]
