"""D7: what a rule means is said before it is saved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from akcept.approvals import actions
from akcept.approvals.conditions import Compare, Value
from akcept.approvals.rules import Rule, RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.testing.cast import Cast
from tests.storefront.rules.writing import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The rule “First” says the same for the same unit: one of the two is enough."),
        ("pl", "Reguła „First” mówi to samo dla tego samego oddziału: wystarczy jedna z nich."),
    ],
)
def test_d7_a_rule_that_says_what_another_says_is_saved_only_once_that_was_seen(
    cast: Cast, dora: Client, language: str, said: str
) -> None:
    dora.cookies["django_language"] = language
    above = Value(compare=Compare.ABOVE, amount=Decimal(100), currency="PLN")
    step = RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),))
    first = Rule(id=0, name="First", unit_id=cast.krakow.pk, conditions=(above,), steps=(step,))
    actions.save_rule(first, actor=cast.dora.actor, version=0)
    twin = replace(first, name="Second")
    with translation.override(language), pytest.raises(actions.LeadsNowhere) as refused:
        actions.save_rule(twin, actor=cast.dora.actor, version=1)
    assert str(refused.value) == said
    typed = {
        "name": "Second",
        "unit": cast.krakow.pk,
        "outcome": "ask",
        "version": 1,
        "condition": "0:value",
        "condition-0-compare": "above",
        "condition-0-amount": "100",
        "condition-0-currency": "PLN",
        "condition-0-basis": "goods_net",
        "step": "0:acceptors",
        "step-0-how": "1",
    }
    answer = dora.post("/organization/rules/add/", typed)
    assert (answer.status_code, said in text_of(answer)) == (refused.value.status, True), text_of(answer)
    assert dora.post("/organization/rules/add/", {**typed, "confirmed": refused.value.seal}).status_code == 302
    actions.save_rule(replace(first, name="Other", unit_id=cast.tarnow.pk), actor=cast.dora.actor, version=2)


@pytest.mark.parametrize("page", ["/organization/rules/add/", "/organization/budgets/add/"])
def test_d7_what_binds_the_whole_organisation_is_chosen_and_not_left_so(cast: Cast, dora: Client, page: str) -> None:
    select = text_of(dora.get(page)).partition('name="unit"')[2].partition("</select>")[0]
    assert '<option value="" selected>' in select
    assert f'<option value="{cast.head_office.pk}">' in select
