"""What a page of an organisation does, done by a system: the same rights, refusals and history."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from akcept.approvals import queries as rules
from akcept.budgets.models import Budget, LedgerRow
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.organizations.models import Invitation, Member, Substitution, Unit
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast, person, unit
from tests.api.tried import PERSON, POSTAL
from tests.support.api import System, system_of
from tests.support.statements import statements


def test_a_unit_is_added_changed_moved_closed_and_opened_again(cast: Cast) -> None:
    dora = system_of(cast.dora)
    sent = {"parent_id": cast.krakow.pk, "name": "Wieliczka", "code": "WIE", "address": POSTAL}
    added = dora.post("/units", sent, key="once")
    assert (added.status_code, added["ETag"]) == (201, '"1"'), added.content
    assert dora.post("/units", sent, key="once").content == added.content
    key = added.json()["id"]
    told = dora.get(f"/units/{key}").json()
    assert (told["code"], told["addresses"][0]["city"], told["addresses"][0]["is_default"]) == ("WIE", "Warszawa", True)
    changed = dora.post(f"/units/{key}", {"name": "Wieliczka 2", "cost_centre": "CC1"}, version=1)
    assert changed.json() == {"id": key, "version": 2}
    late = dora.post(f"/units/{key}", {"name": "Late"}, version=1)
    assert (late.status_code, late.json()["code"], late.json()["current"]["version"]) == (412, "stale", 2)
    moved = dora.post(f"/units/{key}/move", {"parent_id": cast.tarnow.pk}, version=2).json()
    closed = dora.post(f"/units/{key}/close", {"members_to": cast.tarnow.pk}, version=moved["version"]).json()
    (row,) = dora.get("/closed-units").json()["items"]
    assert (row["name"], row["version"]) == ("Wieliczka 2", closed["version"])
    again = {"parent_id": cast.krakow.pk, "name": "Wieliczka", "code": "WIE"}
    dora.post(f"/closed-units/{key}/reopen", again, version=row["version"])
    assert Unit.objects.get(pk=key).parent_id == cast.krakow.pk
    second = dora.post(f"/units/{key}/addresses", {**POSTAL, "city": "Bochnia"})
    assert (second.status_code, len(dora.get(f"/units/{key}").json()["addresses"])) == (201, 2)
    dora.post(f"/units/{key}/addresses/{second.json()['id']}/remove")
    assert len(dora.get(f"/units/{key}").json()["addresses"]) == 1
    wrong = dora.post("/units", {**sent, "address": {**POSTAL, "country": "XX"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "address.country")


def test_what_is_read_of_a_member_and_a_role_is_sent_back_as_it_is(cast: Cast) -> None:
    dora, ewa = system_of(cast.dora), cast.ewa.member
    assert ewa is not None
    limit = {"amount": "500.00", "currency": "PLN", "basis": "goods_net"}
    role = dora.post("/roles", {"name": "Kierownik", "permissions": ["accept_orders"], "limit": limit}).json()
    sent: dict[str, Any] = {"unit_id": cast.tarnow.pk, "role_ids": [role["id"]], "active": True}
    saved = dora.post(f"/members/{ewa.pk}", {**sent, "permissions": ["place_orders"]}, version=1)
    assert saved.json() == {"id": ewa.pk, "version": 2}, saved.content
    told = dora.get(f"/members/{ewa.pk}")
    row = told.json()
    assert (row["roles"], row["role_ids"], row["direct_permissions"]) == (["Kierownik"], [role["id"]], ["place_orders"])
    assert row["permissions"] == ["accept_orders", "place_orders"]
    assert told["ETag"] == '"2"'
    assert dora.get(f"/roles/{role['id']}").json()["limit"] == limit
    removed = dora.post(f"/members/{ewa.pk}/remove", version=2).json()
    gone = Member.objects.get(pk=ewa.pk)
    assert (gone.removed_at is not None, gone.version) == (True, removed["version"])


def test_people_are_invited_and_stand_in_for_each_other(cast: Cast) -> None:
    dora, ben = system_of(cast.dora), system_of(cast.ben)
    invited = dora.post("/invitations", {**PERSON, "unit_id": cast.krakow.pk, "permissions": ["place_orders"]}).json()
    assert Invitation.objects.get(pk=invited["id"]).email == "n@n.example"
    assert dora.post(f"/invitations/{invited['id']}/revoke").status_code == 200
    assert cast.ben.member is not None
    assert cast.cora.member is not None
    two = {"absent_id": cast.ben.member.pk, "substitute_id": cast.cora.member.pk}
    without = ben.post("/substitutions", {**two, "starts_at": "2026-12-24T00:00:00", "ends_at": "2027-01-02T00:00:00Z"})
    assert (without.status_code, without.json()["field"]) == (422, "starts_at"), "a time without its offset"
    for wrong in (5, "soon", "0001-01-01T00:00:00+14:00"):
        answer = ben.post("/substitutions", {**two, "starts_at": wrong, "ends_at": "2027-01-02T00:00:00Z"})
        assert (answer.status_code, answer.json()["field"]) == (422, "starts_at"), wrong
    now = utc_now().isoformat()
    named = ben.post(
        "/substitutions", {**two, "starts_at": now, "ends_at": now.replace(now[:4], str(int(now[:4]) + 1))}
    )
    assert named.status_code == 201, named.content
    assert ben.post(f"/substitutions/{named.json()['id']}/end").status_code == 200
    assert Substitution.objects.get().ended_at is not None


def _rule(cast: Cast, *conditions: dict[str, Any], unit_id: int = 0, **more: Any) -> dict[str, Any]:
    steps = [{"asks": [{"kind": "member", "id": cast.cora.member.pk}]}]  # type: ignore[union-attr]
    terms = {"name": "Drogie", "unit_id": unit_id or cast.head_office.pk, "outcome": "ask", "steps": steps}
    return {**terms, "conditions": list(conditions), **more}


def test_rules_are_written_read_tried_and_kept_in_versions(cast: Cast) -> None:
    dora = system_of(cast.dora)
    number = orders.place(cast.anna).order_number
    value = {"kind": "value", "compare": "above", "amount": "50.00", "currency": "PLN", "basis": "goods_net"}
    among = {"kind": "requester", "of": [{"id": cast.anna.member.pk}], "inside": True}  # type: ignore[union-attr]
    tried = dora.post("/rules-trials", {"rule": _rule(cast, value)})
    assert tried.json()["many"]["orders"] == 1, tried.content
    added = dora.post("/rules", _rule(cast, value, among), version=0)
    assert (added.status_code, added.json()["version"], added["ETag"]) == (201, 1, '"1"'), added.content
    rule = dora.get("/rules").json()["items"][0]
    assert rule["conditions"][0] == value
    assert rule["conditions"][1]["of"] == [{"id": cast.anna.member.pk, "name": "Anna Kowalska"}]  # type: ignore[union-attr]
    again = {name: rule[name] for name in ("name", "unit_id", "outcome", "conditions", "steps", "refusal", "active")}
    changed = dora.post(f"/rules/{rule['id']}", again | {"name": "Drogie 2"}, version=1)
    assert changed.json() == {"rule_id": rule["id"], "version": 2}, changed.content
    assert dora.post(f"/rules/{rule['id']}/switch", {"active": False}, version=1).json()["code"] == "stale"
    assert dora.post(f"/rules/{rule['id']}/switch", {"active": False}, version=2).status_code == 200
    assert [row["change"] for row in dora.get("/rules-versions").json()["items"]] == [
        "switched_off",
        "changed",
        "added",
    ]
    assert dora.get("/rules-versions/1").json()["items"][0]["name"] == "Drogie"
    assert rules.rule_book(cast.dora.actor).number == 3
    assert system_of(cast.ben).post("/rules-trials", {"order_number": number}).status_code == 403


def test_a_rule_that_leads_nowhere_is_saved_when_that_is_confirmed(cast: Cast) -> None:
    dora = system_of(cast.dora)
    sent = _rule(cast) | {"steps": [{"asks": [{"kind": "unit", "id": cast.skawina.pk}]}]}
    warned = dora.post("/rules", sent, version=0)
    told = warned.json()
    assert (warned.status_code, told["code"], bool(told["confirm"])) == (409, "leads_nowhere", True), told
    assert dora.post("/rules", sent | {"confirm": told["confirm"]}, version=0).status_code == 201


def test_a_rule_of_the_shop_s_goods_names_products_by_their_code(cast: Cast) -> None:
    dora = system_of(cast.dora)
    orders.place(cast.anna)
    product = {"kind": "product", "of": [{"code": "none"}]}
    refused = dora.post("/rules", _rule(cast, product), version=0)
    assert (refused.status_code, refused.json()["field"]) == (422, "conditions[0].of")
    category = {"kind": "category", "of": [{"id": 999}]}
    assert dora.post("/rules", _rule(cast, category), version=0).json()["field"] == "conditions[0].of"


def test_terms_are_changed_on_their_version(cast: Cast) -> None:
    dora = system_of(cast.dora)
    seen = dora.get("/terms")
    terms = seen.json()
    version = int(terms.pop("version"))
    above = {"amount": "500.00", "currency": "PLN"}
    saved = dora.post("/terms", terms | {"approver_may_amend": True, "mail_link_login_above": above}, version=version)
    assert saved.json()["version"] == version + 1, saved.content
    told = dora.get("/terms").json()
    assert (told["approver_may_amend"], told["mail_link_login_above"]) == (True, above)


def test_g4_a_budget_is_in_the_shops_own_currency_unless_another_is_named(cast: Cast, settings: Any) -> None:
    settings.OSCAR_DEFAULT_CURRENCY = "GBP"
    sent = {"amount": "1000.00", "scope": "below", "unit_id": cast.krakow.pk, "starts": "2026-01-01"}
    for name, more, currency in (("A", {}, "GBP"), ("B", {"currency": "EUR"}, "EUR")):
        added = system_of(cast.dora).post("/budgets", sent | {"name": name} | more, key=name)
        assert added.status_code == 201, added.content
        assert Budget.objects.get(pk=added.json()["id"]).currency == currency


def test_a_budget_is_set_up_changed_and_booked_on(cast: Cast) -> None:
    person("Fay", "Budżet", seat=cast.head_office, rights="manage_budgets")
    dora = system_of(cast.dora)
    sent = {"name": "Kraków", "amount": "1000.00", "scope": "below", "unit_id": cast.krakow.pk, "starts": "2026-01-01"}
    added = dora.post("/budgets", sent, key="b")
    assert added.status_code == 201, added.content
    key = added.json()["id"]
    changed = dora.post(f"/budgets/{key}", {"name": "Kraków 2", "amount": "1200.00", "max_orders": 0}, version=1)
    assert changed.json() == {"id": key, "version": 2}, changed.content
    other = budgets.make(cast.skawina, name="Skawina").pk
    assert dora.post(f"/budgets/{key}/correct", {"amount": "-200.00", "reason": "faktura"}).status_code == 201
    assert dora.post(f"/budgets/{key}/transfer", {"amount": "1.01", "reason": "x", "to_id": other}).status_code == 201
    told = dora.get(f"/budgets/{key}").json()
    assert (told["free"]["amount"], told["max_orders"], told["version"]) == ("998.99", 0, 2)
    assert LedgerRow.objects.count() == 3
    assert dora.post("/calendar", {"time_zone": "Europe/Warsaw", "fiscal_month": 4}).status_code == 200
    assert dora.get("/calendar").json() == {"time_zone": "Europe/Warsaw", "fiscal_month": 4}
    wrong = dora.post("/budgets", {**sent, "starts": "20260101"})
    assert (wrong.status_code, Budget.objects.count()) == (422, 2)


def _read(system: System, path: str) -> list[dict[str, Any]]:
    found, after = [], 0
    for _time in range(20):
        page = system.get(path, after=after, limit=2).json()
        if page["next_after"] == after:
            return found
        found += page["items"]
        after = page["next_after"]
    raise AssertionError("the feed does not end")


def test_the_journal_is_followed_without_gaps_by_who_may_see_it(cast: Cast) -> None:
    held = orders.place(cast.anna).order_number
    system_of(cast.dora).post("/roles", {"name": "Buyer", "permissions": ["place_orders"]})
    anna, dora, jan = (_read(system_of(who), "/journal") for who in (cast.anna, cast.dora, cast.jan))
    assert {(row["subject"], row["subject_id"]) for row in anna} == {("order", held)}
    assert [row["number"] for row in anna] == sorted({row["number"] for row in anna})
    assert anna[0]["by"] == "Anna Kowalska"
    assert ("role.added", "Dora") in {(row["topic"], row["by"].split()[0]) for row in dora}
    assert "order" not in {row["subject"] for row in dora}, "Dora sees no orders"
    assert jan == []
    otto = _read(system_of(cast.otto), "/journal")
    assert {row["by"] for row in otto} == {"Otto Lis"}, "of Umbra he reads what he did himself"
    mia = _read(system_of(cast.mia), f"/customers/{cast.acme.pk}/journal")
    assert {row["subject_id"] for row in mia if row["subject"] == "order"} == {held}
    assert {row["topic"] for row in mia}.isdisjoint({"order.step_asked", "role.added"})
    seqs = Entry.objects.filter(organization_id=cast.acme.pk).values_list("seq", flat=True)
    assert set(seqs) == set(range(1, len(seqs) + 1))


def test_the_inbox_is_sorted_narrowed_and_paged(cast: Cast) -> None:
    numbers = [orders.place(cast.anna).order_number for _order in range(3)]
    ben = system_of(cast.ben)
    first = ben.get("/inbox", limit=2).json()
    rest = ben.get("/inbox", limit=2, cursor=first["next_cursor"]).json()
    assert [row["number"] for row in first["items"] + rest["items"]] == numbers
    assert (first["items"][0]["version"], rest["next_cursor"]) == (1, None)
    assert ben.get("/inbox", sort="value", net_from="999999.00").json()["items"] == []
    assert ben.get("/inbox", sort="newest").status_code == 422
    assert system_of(cast.jan).get("/inbox").json()["items"] == []


#: Statements of each list, whatever its length.
COUNTED = {
    "/inbox": 6,
    "/journal": 6,
    "/products": 13,
    "/rules": 6,
    "/closed-units": 6,
    "/rules-versions": 5,
    "/rules-rechecks": 11,
    "/substitutions": 5,
}


@pytest.mark.parametrize("more", [1, 3])
def test_lists_cost_the_same_however_long(cast: Cast, more: int) -> None:
    cora = person("Cela", "Nowa", seat=cast.head_office, rights="accept_orders manage_policies manage_units")
    system, dora = system_of(cora), system_of(cast.dora)
    for number in range(more):
        orders.place(cast.anna)
        closing = unit(cast.acme, f"Nowy {number}", under=cast.krakow)
        dora.post(f"/units/{closing.pk}/close", {"members_to": cast.krakow.pk}, version=1)
        count = {"kind": "quantity", "compare": "above", "number": 100 + number}
        made = dora.post("/rules", _rule(cast, count, name=f"Reguła {number}"), version=number)
        assert made.status_code == 201, made.content
    found = {}
    with time_machine.travel(utc_now(), tick=False):  # once a minute a token's last use is written down
        for path in COUNTED:
            system.get(path)
            found[path] = len(statements(lambda path=path: system.get(path)))  # type: ignore[misc]
    assert found == COUNTED


def test_the_merchant_s_systems_keep_customers(cast: Cast) -> None:
    mia = system_of(cast.mia)
    sent = {**PERSON, "name": "Nowa", "tax_number": "5261040828", "address": POSTAL}
    added = mia.post("/customers", sent, key="c")
    assert added.status_code == 201, added.content
    key = added.json()["id"]
    assert mia.post(f"/customers/{key}/block", {"reason": "unpaid"}).status_code == 200
    told = mia.get(f"/customers/{key}").json()
    assert (told["status"], told["blocked_reason"], told["administered"]) == ("blocked", "unpaid", False)
    assert mia.post(f"/customers/{key}/unblock").status_code == 200
    first = mia.get("/customers", limit=1).json()
    rest = mia.get("/customers", limit=2, cursor=first["next_cursor"]).json()
    assert [row["name"] for row in first["items"] + rest["items"]] == ["Acme", "Umbra", "Nowa"]
    assert mia.get("/customers/999999").status_code == 404
