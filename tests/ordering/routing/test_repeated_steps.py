"""D1, D2: a rule that asks somebody more than once, from the editor to the order."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from akcept.approvals import queries as approvals
from akcept.approvals import sentences
from akcept.approvals.models import Case, Terms
from akcept.approvals.rules import RuleStep
from akcept.ordering import actions, queries
from akcept.ordering.routing import explaining
from akcept.organizations.asking import Ask, AskKind
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.ordering.routing.test_rules import add, place, someone, steps

pytestmark = pytest.mark.django_db


def _twice(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, skip_already_accepted=False)


def _cora_ben_cora(cast: Cast) -> int:
    return add(cast, someone(cast.cora), someone(cast.cora), someone(cast.ben), someone(cast.cora), name="Four eyes")


def test_d1_four_steps_are_asked_one_after_another_as_the_rule_is_written(cast: Cast) -> None:
    _twice(cast)
    rule_id = _cora_ben_cora(cast)
    number = place(cast.anna)
    assert steps(number) == ["Cora Wiśniewska", "Cora Wiśniewska", "Ben Nowak", "Cora Wiśniewska"]
    case = Case.objects.get(order__number=number)
    for who, position in ((cast.cora, 2), (cast.cora, 3), (cast.ben, 4)):
        actions.accept(number, actor=who.actor, version=case.version)
        case.refresh_from_db()
        assert (case.state, case.position) == ("awaiting", position)
    actions.accept(number, actor=cast.cora.actor, version=case.version)
    case.refresh_from_db()
    assert case.state == "accepted"
    with translation.override("en"):
        rule = next(each for each in approvals.policy_of(cast.acme.pk).rules if each.id == rule_id)
        said = "accepted by Cora Wiśniewska (2 times), then Ben Nowak, then Cora Wiśniewska"
        assert sentences.then(rule, once=approvals.asks_once(cast.dora.actor)) == said
        assert explaining.explain(number).kept.findings[0].once is False  # type: ignore[union-attr]


def test_d1_where_nobody_is_asked_twice_editor_preview_and_order_say_two_steps(cast: Cast, client: Client) -> None:
    rule_id = _cora_ben_cora(cast)
    number = place(cast.anna)
    assert steps(number) == ["Cora Wiśniewska", "Ben Nowak"]
    client.force_login(cast.dora.user)
    client.cookies["django_language"] = "en"
    page = client.get(f"/organization/rules/{rule_id}/").content.decode()
    assert "accepted by Cora Wiśniewska, then Ben Nowak</span>" in page
    assert "Step 2 asks the same people as step 1: nobody is asked twice, so orders skip it." in page
    assert "Step 4 asks the same people as step 1" in page
    listed = client.get("/organization/rules/").content.decode()
    assert "accepted by Cora Wiśniewska, then Ben Nowak</span>" in listed
    Terms.objects.create(organization=cast.acme, skip_already_accepted=False)
    page = client.get(f"/organization/rules/{rule_id}/").content.decode()
    assert "accepted by Cora Wiśniewska (2 times), then Ben Nowak, then Cora Wiśniewska</span>" in page
    assert "asks the same people" not in page


@pytest.mark.parametrize(
    ("language", "said", "reason"),
    [
        ("en", "<b>Cora Wiśniewska</b> (2 times), then <b>Ben Nowak</b>, then <b>Cora Wiśniewska</b>.", "every order"),
        (
            "pl",
            "<b>Cora Wiśniewska</b> (2 razy), potem <b>Ben Nowak</b>, potem <b>Cora Wiśniewska</b>.",
            "każde zamówienie",
        ),
    ],
)
def test_d2_who_is_asked_twice_and_the_reason_are_said_once(
    cast: Cast, client: Client, language: str, said: str, reason: str
) -> None:
    _twice(cast)
    _cora_ben_cora(cast)
    record = carts.stock("D2", price="100.00")
    client.force_login(cast.anna.user)
    client.cookies["django_language"] = language
    client.post(f"/basket/add/{record.product_id}/", {"quantity": 1, "action": "add"})
    assert said in client.get("/basket/").content.decode()
    number = place(cast.anna)
    page = client.get(f"/orders/{number}/").content.decode()
    assert page.partition('class="steps"')[2].partition("</ol>")[0].count(reason) == 1
    assert page.partition('class="steps"')[2].partition("</ol>")[0].count("<li") == 4


def test_d2_reasons_of_two_rules_alike_are_said_once(cast: Cast) -> None:
    add(cast, RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)), name="Twin")
    add(cast, RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)), name="Twin")
    with translation.override("en"):
        assert queries.order(cast.anna.actor, place(cast.anna)).why == "Rule “Twin”: every order."


@pytest.mark.parametrize(
    ("once", "said"), [(True, "<b>Cora Wiśniewska</b>."), (False, "<b>Cora Wiśniewska</b> (2 times).")]
)
def test_d2_the_one_who_is_left_for_a_step_is_not_named_again_by_the_next(
    cast: Cast, client: Client, once: bool, said: str
) -> None:
    """Ben orders: of those who may accept his unit's orders only Cora is left, and she is the next step too."""
    if not once:
        _twice(cast)
    add(cast, RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)), someone(cast.cora), name="Four eyes")
    record = carts.stock("D2", price="100.00")
    client.force_login(cast.ben.user)
    client.cookies["django_language"] = "en"
    client.post(f"/basket/add/{record.product_id}/", {"quantity": 1, "action": "add"})
    assert f"Waiting for {said}" in client.get("/basket/").content.decode()
    number = place(cast.ben)
    assert f"Waiting for {said}" in client.get(f"/checkout/thank-you/{number}/").content.decode()
