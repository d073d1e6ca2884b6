"""The pages of rules and terms: who gets in, that a rule can be written without script, and what bad input is told."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from akcept.approvals import actions, queries
from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import PolicyVersion
from akcept.approvals.rules import Outcome, RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Role
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.storefront.rules.writing import ANYBODY, BASE, STEP, VALUE, pages, rule, text_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def test_only_who_manages_rules_gets_in(cast: Cast, visit: Visit) -> None:
    saved = rule(cast)
    for who in (cast.anna, cast.ben, cast.cora, cast.paul):
        client = visit(who)
        assert [client.get(page).status_code for page in pages(saved)] == [403] * 8
        assert "/organization/rules/" not in client.get("/organization/").content.decode()
    assert [visit(cast.dora).get(page).status_code for page in pages(saved)] == [200] * 8


def test_otto_sees_nothing_of_acmes_rules(cast: Cast, visit: Visit) -> None:
    saved = rule(cast)
    client = visit(cast.otto)
    assert [client.get(page).status_code for page in pages(saved)] == [200, 200, 200, 200, 200, 404, 404, 200]
    assert "Big orders" not in client.get("/organization/rules/").content.decode()
    for act in ("move", "switch", "remove"):
        answer = client.post(f"/organization/rules/{saved.id}/{act}/", {"version": "0", "to": "up"})
        assert answer.status_code == 404, act
    assert queries.policy_of(cast.acme.pk).version == 1


def test_branch_sees_what_binds_it_and_changes_only_its_own(cast: Cast, visit: Visit) -> None:
    above, own = rule(cast), rule(cast, name="Branch", unit_id=cast.krakow.pk)
    rule(cast, name="Elsewhere", unit_id=cast.tarnow.pk)
    client = visit(person("Greta", "Branch", seat=cast.krakow, rights="manage_policies"))
    text = client.get("/organization/rules/").content.decode()
    assert all((name in text) is seen for name, seen in [("Big orders", True), ("Branch", True), ("Elsewhere", False)])
    assert client.get(f"/organization/rules/{above.id}/").status_code == 404
    assert client.get(f"/organization/rules/{own.id}/").status_code == 200
    assert client.get("/organization/rules/versions/").status_code == 403
    assert client.get("/organization/terms/").status_code == 403
    assert client.post(f"/organization/rules/{above.id}/remove/", {"version": "3"}).status_code == 404


def test_acts_answer_post_only(cast: Cast, dora: Client) -> None:
    saved = rule(cast)
    for act in ("move", "switch", "remove"):
        assert dora.get(f"/organization/rules/{saved.id}/{act}/").status_code == 405


# --- writing a rule ---


def test_rule_is_written_row_by_row_without_script(cast: Cast, dora: Client) -> None:
    typed: dict[str, Any] = {**BASE, "unit": cast.krakow.pk, **VALUE, **STEP}
    grown = text_of(
        dora.post("/organization/rules/add/", {**typed, "do": "add-condition", "new_condition": "quantity"})
    )
    assert 'value="1:quantity"' in grown
    assert 'value="600.00"' in grown
    assert 'value="Big orders"' in grown
    assert "is-invalid" not in grown
    boxes = text_of(dora.post("/organization/rules/add/", {**typed, "do": "add-condition", "new_condition": "unit"}))
    assert '<option value="1" selected>the order is of these, or of one below</option>' in boxes
    assert cast.skawina.name in boxes
    empty = text_of(dora.post("/organization/rules/add/", {**typed, "do": "add-step", "new_step": "role"}))
    assert "Your organisation has no roles yet." in empty
    shrunk = text_of(dora.post("/organization/rules/add/", {**typed, "do": "drop-condition-0"}))
    assert 'value="0:value"' not in shrunk
    assert queries.policy_of(cast.acme.pk).version is None

    answer = dora.post("/organization/rules/add/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/organization/rules/?saved=1#rule-1")
    (saved,) = queries.policy_of(cast.acme.pk).rules
    assert (saved.name, saved.unit_id, saved.steps) == ("Big orders", cast.krakow.pk, (ANYBODY,))
    assert saved.conditions == (Value(compare=Compare.ABOVE, amount=Decimal("600.00"), currency="PLN"),)
    text = text_of(dora.get("/organization/rules/"))
    assert "When the value (net, without delivery) is above PLN 600.00" in text
    assert "accepted by anyone who may accept the unit's orders" in text


def test_every_kind_of_row_can_be_added_saved_and_opened_again(cast: Cast, dora: Client) -> None:
    category = apps.get_model("catalogue.Category").objects.add_root({"name": "Office", "slug": "office"})
    carts.stock("PAP-1")
    role = Role.objects.create(organization=cast.acme, name="Manager", permissions=["accept_orders"])
    cast.cora.member.roles.add(role)
    cast.cora.member.recompute()
    cast.cora.member.save()
    money = {"compare": "from", "amount": "1.50", "currency": "EUR"}
    rows: dict[str, dict[str, Any]] = {
        "value": {**money, "basis": "total_gross"},
        "together": {**money, "basis": "goods_net", "scope": "unit", "hours": "48"},
        "products": {"compare": "above", "number": "2"},
        "quantity": {"compare": "below", "number": "9"},
        "category": {"inside": "1", "of": [category.pk]},
        "product": {"inside": "", "typed": "PAP-1"},
        "first_bought": {"inside": "1"},
        "delivery": {**money, "gross": "1"},
        "requester": {"inside": "1", "typed": "anna@customer.example\newa@customer.example"},
        "role": {"inside": "", "of": [role.pk]},
        "unit": {"inside": "1", "of": [cast.krakow.pk]},
        "over_budget": {"inside": ""},
        "expression": {"text": "goods_net > 10.0"},
    }
    steps: dict[str, dict[str, Any]] = {
        "acceptors": {"how": "all"},
        "role": {"how": "1", "of": [role.pk]},
        "people": {"how": "n", "number": "2", "of": [cast.ben.member.pk, cast.cora.member.pk]},
        "climb": {},
    }
    data: dict[str, Any] = {**BASE, "unit": cast.head_office.pk}
    for sort, kinds in (("condition", rows), ("step", steps)):
        data[sort] = [f"{number}:{kind}" for number, kind in enumerate(kinds)]
        for number, fields in enumerate(kinds.values()):
            data |= {f"{sort}-{number}-{name}": value for name, value in fields.items()}
    warned = dora.post("/organization/rules/add/", data)
    assert warned.status_code == 409, text_of(warned)
    seal = text_of(warned).split('name="confirmed" value="')[1].split('"')[0]
    assert dora.post("/organization/rules/add/", {**data, "confirmed": seal}).status_code == 302
    (saved,) = queries.policy_of(cast.acme.pk).rules
    assert [condition.kind for condition in saved.conditions] == list(rows)
    assert [step.quorum for step in saved.steps] == [0, 1, 2, 1]
    text = text_of(dora.get("/organization/rules/1/"))
    for shown in ("anna@customer.example", "PAP-1", "goods_net > 10.0", 'value="48"'):
        assert shown in text
    assert text_of(dora.get("/organization/rules/")).count('class="rule"') == 1
    assert text_of(dora.get("/organization/rules/versions/1/")).count('class="rule"') == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"unit": "999999"}, "Select a valid choice"),
        ({"outcome": "refuse"}, "Give a reason"),
        ({"outcome": "nonsense"}, "Select a valid choice"),
        ({"step": []}, "add at least one step"),
        ({"condition-0-amount": "a lot"}, "Enter a number"),
        ({"condition-0-amount": "-1"}, "Enter 0 or more"),
        ({"condition-0-currency": "XXX"}, "Select a valid choice"),
        ({"condition": ["0:expression"], "condition-0-text": "goods_net > 600"}, "write 1000.0, not 1000"),
        ({"condition": ["0:expression"], "condition-0-text": "prize > 600.0"}, "not a fact of an order"),
        ({"condition": ["0:requester"], "condition-0-typed": "otto@customer.example"}, "otto@customer.example"),
        ({"condition": ["0:requester"], "condition-0-typed": ""}, "at least one member"),
        ({"condition": ["0:product"], "condition-0-typed": "NO-SUCH"}, "NO-SUCH"),
        ({"step": ["0:people"], "step-0-how": "1"}, "whom this step asks"),
        ({"step-0-how": "n", "step-0-number": ""}, "how many people"),
        ({"version": "7"}, "changed the rules since you opened them"),
        ({"version": "x"}, "whole number"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(
    cast: Cast, dora: Client, changes: dict[str, Any], told: str
) -> None:
    data = {**BASE, "unit": cast.krakow.pk, **VALUE, **STEP, **changes}
    answer = dora.post("/organization/rules/add/", data)
    text = text_of(answer)
    assert 400 <= answer.status_code < 500
    assert told in text
    if "name" not in changes:
        assert 'value="Big orders"' in text
    assert queries.policy_of(cast.acme.pk).version is None


@pytest.mark.parametrize(
    ("language", "head"),
    [("en", "Please correct what is marked below"), ("pl", "Popraw zaznaczone pola")],
)
def test_all_that_is_wrong_is_told_at_once_and_leads_to_its_field(
    cast: Cast, visit: Visit, language: str, head: str
) -> None:
    """In one summary: of the rule itself, of its conditions, an expression among them, and of its steps."""
    rows = {
        "condition": ["0:value", "1:expression"],
        "condition-0-amount": "1,234",
        "condition-1-text": "prize > 600.0",
        "step-0-how": "some",
        "step-0-number": "-1",
    }
    sent = BASE | VALUE | STEP | rows | {"name": "", "unit": cast.head_office.pk}
    answer = visit(cast.dora, language=language).post("/organization/rules/add/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(head) == 1
    summary = page.partition("data-error-summary>")[2].partition("</div>")[0]
    led = re.findall(r'<a href="#([^"]+)">', summary)
    assert [name for name in ("id_name", "id_condition-0-amount", "id_condition-1-text") if name not in led] == []
    assert [name for name in led if f'id="{name}"' not in page] == []
    assert any(name.startswith("id_step-0") for name in led)


def test_what_a_colleague_saved_meanwhile_is_told_with_its_rows_before_it_can_be_saved_over(
    cast: Cast, dora: Client
) -> None:
    saved = rule(cast)
    path, typed = f"/organization/rules/{saved.id}/", {**BASE, "unit": cast.head_office.pk, **VALUE, **STEP}
    dearer = Value(compare=Compare.ABOVE, amount=Decimal(900), currency="PLN")
    actions.save_rule(replace(saved, conditions=(dearer,)), actor=cast.dora.actor, version=1)
    answer = dora.post(path, {**typed, "version": "1", "name": "Mine"})
    text = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody has changed the rules since you opened them" in text
    assert "stored now: When the value (net, without delivery) is above PLN 900.00: accepted by" in text
    assert "Stored now: Big orders" in text
    assert ('name="version" value="2"' in text, 'value="600.00"' in text, 'value="Mine"' in text) == (True,) * 3
    assert queries.policy_of(cast.acme.pk).rules[0].conditions == (dearer,)
    assert dora.post(path, {**typed, "version": "2", "name": "Mine"}).status_code == 302
    assert [each.name for each in queries.policy_of(cast.acme.pk).rules] == ["Mine"]


def test_change_of_another_rule_is_told_and_what_was_typed_can_be_saved_then(cast: Cast, dora: Client) -> None:
    saved = rule(cast)
    rule(cast, name="Another", unit_id=cast.tarnow.pk)
    same = {**BASE, "unit": cast.head_office.pk, **VALUE, **STEP, "version": "1"}
    added = {**same, "unit": cast.krakow.pk, "name": "New"}
    for path, data in ((f"/organization/rules/{saved.id}/", same), ("/organization/rules/add/", added)):
        answer = dora.post(path, data)
        assert (answer.status_code, "tored now" in text_of(answer)) == (409, False), path
        assert 'name="version" value="2"' in text_of(answer), path
    assert dora.post("/organization/rules/add/", {**added, "version": "2"}).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"condition": ["x", "0:nonsense", "999999:value", ":", "-1:value"], "step": ["0"]},
        {"do": "drop-condition-99"},
        {"do": "up-step-x"},
        {"do": "add-step", "new_step": "nonsense"},
        {"do": "add"},
        {"condition": [f"{n}:value" for n in range(200)]},
        {"name": "\0", "unit": "\0", "outcome": "ask", "version": "9" * 30},
    ],
)
def test_no_nonsense_breaks_the_form(cast: Cast, dora: Client, data: dict[str, Any]) -> None:
    assert dora.post("/organization/rules/add/", data).status_code in (200, 422)


def test_draft_is_tried_on_orders_without_being_saved(cast: Cast, dora: Client) -> None:
    for price in ("700.00", "20.00"):
        orders.place(cast.ben, records=[carts.stock(f"T{price}", price=price)], quantity=1)
    data = {**BASE, "unit": cast.head_office.pk, **VALUE, **STEP, "do": "try"}
    text = text_of(dora.post("/organization/rules/add/", data))
    assert "<b>1 of 2 orders</b> of the last three months would have waited." in text
    assert "Under the rules in force: 0." in text
    assert queries.policy_of(cast.acme.pk).version is None
    refused = dora.post("/organization/rules/add/", {**data, "order": "no-such"})
    assert (refused.status_code, "no such order" in text_of(refused)) == (404, True)


# --- the list ---


def test_rules_are_moved_switched_and_removed_from_the_list(cast: Cast, dora: Client) -> None:
    rule(cast, name="First"), rule(cast, name="Second")
    dora.post("/organization/rules/2/move/", {"version": "2", "to": "up"})
    dora.post("/organization/rules/1/switch/", {"version": "3", "to": "off"})
    assert [(each.name, each.active) for each in queries.policy_of(cast.acme.pk).rules] == [
        ("Second", True),
        ("First", False),
    ]
    dora.post("/organization/rules/2/remove/", {"version": "4"})
    assert [each.name for each in queries.policy_of(cast.acme.pk).rules] == ["First"]
    stale = dora.post("/organization/rules/1/switch/", {"version": "4", "to": "on"})
    assert (stale.status_code, "Somebody has changed the rules since" in text_of(stale)) == (409, True)
    assert dora.post("/organization/rules/1/switch/", {"to": "on"}).status_code == 409


def test_list_does_not_grow_in_statements(cast: Cast, dora: Client) -> None:
    counts = []
    for _number in range(2):
        rule(cast)
        dora.get("/organization/rules/")
        counts.append(len(statements(lambda: dora.get("/organization/rules/"))))
    assert counts[0] == counts[1]


def test_saving_offers_to_check_waiting_orders_again(cast: Cast, dora: Client) -> None:
    number = orders.place(cast.anna, records=[carts.stock("BIG", price="900.00")], quantity=1).order_number
    someone = RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk),))
    rule(cast, steps=(someone,))
    assert "1 pending order would now need more acceptances." in text_of(dora.get("/organization/rules/?saved=1"))
    assert number in text_of(dora.get("/organization/rules/recheck/"))
    answer = dora.post("/organization/rules/recheck/", {"order": [number, "no-such"]}, follow=True)
    text = text_of(answer)
    assert "1 order now follows the current rules." in text
    assert "no-such: " in text
    assert "No pending order would need another acceptance" in text


# --- why, on the order's page and at the checkout ---


def test_order_page_says_rule_by_rule_why(cast: Cast, visit: Visit) -> None:
    rule(cast)
    rule(
        cast,
        name="Far too big",
        outcome=Outcome.REFUSE,
        refusal="No.",
        steps=(),
        conditions=(Value(compare=Compare.ABOVE, amount=Decimal(9000), currency="PLN"),),
    )
    number = orders.place(cast.anna, records=[carts.stock("BIG", price="900.00")], quantity=1).order_number
    with translation.override("en"):
        for who in (cast.anna, cast.ben):
            text = text_of(visit(who).get(f"/orders/{number}/"))
            assert "Rule “Big orders”: the value (net, without delivery) of PLN 900.00 is above PLN 600.00." in text
            assert "the value (net, without delivery) of PLN 900.00 is PLN 9,000.00 or less" in text


def test_dead_end_of_a_change_in_the_list_is_named_and_confirmed(cast: Cast, dora: Client) -> None:
    rule(cast, outcome=Outcome.ALLOW, steps=(), conditions=())
    cast.cora.member.active = False
    cast.cora.member.save()
    for act, to in (("switch", "off"), ("remove", "")):
        warned = dora.post(f"/organization/rules/1/{act}/", {"version": "1", "to": to})
        assert warned.status_code >= 400
        text = text_of(warned)
        assert "Serwis Tarnów may accept orders" in text
        assert f'action="/organization/rules/1/{act}/"' in text
    seal = text.partition('name="confirmed" value="')[2].partition('"')[0]
    assert dora.post("/organization/rules/1/remove/", {"version": "1", "confirmed": seal}).status_code == 302
    assert queries.policy_of(cast.acme.pk).rules == ()


def test_c2_list_of_rules_names_the_expression_that_is_not_worked_out(cast: Cast, dora: Client) -> None:
    rule(cast, name="Fine")
    latest = PolicyVersion.objects.get()
    stored = latest.rules[0] | {"conditions": [{"kind": "expression", "text": "requester.matches('a')"}]}
    PolicyVersion.objects.filter(pk=latest.pk).update(rules=[stored], digest="other")
    page = text_of(dora.get("/organization/rules/"))
    assert "Some rules have an expression that is not worked out." in page
    assert "Not worked out: The expression uses what is not offered here" in re.sub("<[^>]*>", "", page)


def test_c2_expression_that_would_take_too_long_is_refused_and_stays_typed(cast: Cast, dora: Client) -> None:
    text = "skus.all(a, skus.all(b, a != b))"
    condition = {"condition": ["0:expression"], "condition-0-text": text}
    answer = dora.post("/organization/rules/add/", BASE | condition | STEP | {"unit": str(cast.head_office.pk)})
    assert answer.status_code == 422
    assert "would take too long for a large order: 632103 steps of at most 50000" in text_of(answer)
    assert text in text_of(answer)
