"""What each condition looks at, and that it survives being stored."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.approvals.conditions import (
    Among,
    Compare,
    Condition,
    Count,
    Counted,
    Delivery,
    Expression,
    Flag,
    Group,
    Is,
    Named,
    Together,
    Value,
    as_json,
    condition_from,
)
from akcept.approvals.facts import Facts, Scope, Window, facts_from
from akcept.approvals.rules import Needs, Outcome, Policy, Rule, RuleStep, rule_from
from akcept.kernel.amounts import Basis
from akcept.organizations.asking import Ask, AskKind
from tests.approvals.building import KRAKOW, SKAWINA, TARNOW, amounts, facts, limit

NOTHING_KNOWN: frozenset[str] = frozenset()
PAPER = (Named(7, "Paper"), Named(8, "Toner"))
ABOVE_100 = {"compare": Compare.ABOVE, "amount": Decimal(100), "currency": "PLN"}


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        (Value(**ABOVE_100), facts("100.01"), facts("100.00")),
        (Delivery(**ABOVE_100), facts("1", delivery="100.01"), facts("500", delivery="100")),
        (Delivery(**ABOVE_100, gross=True), facts("1", delivery="81.31"), facts("1", delivery="81.30")),
        (
            Count(kind=Counted.PRODUCTS, compare=Compare.FROM, number=3),
            facts(products=3),
            facts(products=2, quantity=9),
        ),
        (Count(kind=Counted.QUANTITY, compare=Compare.BELOW, number=3), facts(quantity=2), facts(quantity=3)),
        (
            Among(kind=Group.CATEGORY, of=PAPER),
            facts(category_ids=frozenset({1, 8})),
            facts(product_ids=frozenset({8})),
        ),
        (Among(kind=Group.PRODUCT, of=PAPER), facts(product_ids=frozenset({7})), facts(category_ids=frozenset({7}))),
        (Among(kind=Group.REQUESTER, of=PAPER), facts(requester_id=8), facts(requester_id=9)),
        (Among(kind=Group.ROLE, of=PAPER), facts(role_ids=frozenset({8, 9})), facts(role_ids=frozenset({9}))),
        (Among(kind=Group.UNIT, of=(Named(KRAKOW, "K"),)), facts(unit=SKAWINA), facts(unit=TARNOW)),
        (Is(kind=Flag.OVER_BUDGET), facts(over_budgets=("June",)), facts()),
        (Is(kind=Flag.FIRST_BOUGHT), facts(first_bought=frozenset({7})), facts(product_ids=frozenset({7}))),
        (Expression(text="quantity > 2 && currency == 'PLN'"), facts(quantity=3), facts(quantity=2)),
    ],
)
def test_condition_holds_for_one_order_and_not_for_the_other(condition: Condition, yes: Facts, no: Facts) -> None:
    assert condition.holds(yes, NOTHING_KNOWN) is True
    assert condition.holds(no, NOTHING_KNOWN) is False
    if hasattr(condition, "inside"):
        opposite = replace(condition, inside=False)
        assert (opposite.holds(yes, NOTHING_KNOWN), opposite.holds(no, NOTHING_KNOWN)) == (False, True)


def test_several_small_orders_pass_a_limit_together() -> None:
    day, week = Window(Scope.REQUESTER, 24), Window(Scope.UNIT, 168)
    order = facts("60", recent={day: amounts("40.01"), week: amounts("39.99")})
    assert Together(scope=Scope.REQUESTER, hours=24, **ABOVE_100).holds(order, NOTHING_KNOWN) is True
    assert Together(scope=Scope.UNIT, hours=168, **ABOVE_100).holds(order, NOTHING_KNOWN) is False
    # Nothing earlier in that window: the order alone counts.
    assert Together(scope=Scope.UNIT, hours=1, **ABOVE_100).holds(facts("100.01"), NOTHING_KNOWN) is True


def test_what_was_seen_names_the_figure_the_condition_looked_at() -> None:
    order = facts("60", recent={Window(Scope.UNIT, 24): amounts("40.01")}, category_ids=frozenset({8}))
    together = Together(scope=Scope.UNIT, hours=24, **ABOVE_100)
    assert together.seen(order) == {"amount": "100.01", "currency": "PLN"}
    assert Among(kind=Group.CATEGORY, of=PAPER).seen(order) == {"names": ["Toner"]}
    assert Is(kind=Flag.FIRST_BOUGHT).seen(order) == {"number": 0}


@pytest.mark.parametrize("known", [frozenset(), frozenset({"PLN"}), frozenset({"PLN", "EUR"})])
def test_value_in_another_currency_cannot_be_told_unless_some_rule_knows_it(known: frozenset[str]) -> None:
    expected = False if "EUR" in known else None
    for condition in (Value(**ABOVE_100), Delivery(**ABOVE_100), Together(scope=Scope.UNIT, hours=1, **ABOVE_100)):
        assert condition.holds(facts("500", currency="EUR"), known) is expected


# --- stored and read again ---

_NAMED = st.lists(st.builds(Named, st.integers(1, 99), st.text(max_size=9)), max_size=3).map(tuple)
_MONEY = st.decimals(0, 10**9, places=2)
_CURRENCY = st.sampled_from(["PLN", "EUR"])
_CONDITIONS = st.one_of(
    st.builds(Value, compare=st.sampled_from(Compare), amount=_MONEY, currency=_CURRENCY, basis=st.sampled_from(Basis)),
    st.builds(
        Together,
        scope=st.sampled_from(Scope),
        hours=st.integers(1, 720),
        compare=st.sampled_from(Compare),
        amount=_MONEY,
        currency=_CURRENCY,
        basis=st.sampled_from(Basis),
    ),
    st.builds(Delivery, compare=st.sampled_from(Compare), amount=_MONEY, currency=_CURRENCY, gross=st.booleans()),
    st.builds(Count, kind=st.sampled_from(Counted), compare=st.sampled_from(Compare), number=st.integers(0, 999)),
    st.builds(Among, kind=st.sampled_from(Group), of=_NAMED, inside=st.booleans()),
    st.builds(Is, kind=st.sampled_from(Flag), inside=st.booleans()),
    st.builds(Expression, text=st.text(max_size=20)),
)
_STEPS = st.one_of(
    st.just(RuleStep(climb=True)),
    st.builds(
        RuleStep,
        asks=st.lists(
            st.builds(Ask, kind=st.sampled_from(AskKind), id=st.integers(1, 9), label=st.text(max_size=9)), min_size=1
        ).map(tuple),
        quorum=st.integers(0, 5),
    ),
)


@given(condition=_CONDITIONS)
def test_condition_comes_back_as_it_was_stored(condition: Condition) -> None:
    assert condition_from(as_json(condition)) == condition


@given(
    conditions=st.lists(_CONDITIONS, max_size=3).map(tuple),
    steps=st.lists(_STEPS, max_size=3).map(tuple),
    outcome=st.sampled_from(Outcome),
    active=st.booleans(),
)
def test_rule_comes_back_as_it_was_stored(
    conditions: tuple[Condition, ...], steps: tuple[RuleStep, ...], outcome: Outcome, active: bool
) -> None:
    rule = Rule(
        id=3, name="n", unit_id=9, conditions=conditions, steps=steps, outcome=outcome, refusal="r", active=active
    )
    assert rule_from(rule.as_json()) == rule


def test_facts_come_back_as_they_were_kept() -> None:
    order = facts(
        "60.10",
        delivery="15",
        requester_limits=(limit("5"),),
        role_ids=frozenset({3, 1}),
        products=2,
        quantity=5,
        product_ids=frozenset({4}),
        category_ids=frozenset({5, 6}),
        first_bought=frozenset({4}),
        over_budgets=("June",),
        recent={Window(Scope.UNIT, 24): amounts("40.01")},
        skus=("A",),
        category_names=("Paper",),
        role_names=("Clerk",),
        requester_email="a@b.example",
        unit_names=("HQ", "Kraków"),
    )
    assert facts_from(order.as_json()) == order


def test_policy_asks_only_for_the_facts_its_active_rules_look_at() -> None:
    def needs(*conditions: Condition, active: bool = True) -> Needs:
        return Policy([Rule(id=1, name="r", unit_id=1, conditions=conditions, active=active)]).needs

    nothing = needs(Value(**ABOVE_100))
    assert nothing == Policy().needs
    assert needs(Expression(text="true"), active=False) == nothing
    assert needs(Together(scope=Scope.UNIT, hours=5, **ABOVE_100)).windows == {Window(Scope.UNIT, 5)}
    for condition, name in [
        (Among(kind=Group.CATEGORY, of=PAPER), "categories"),
        (Is(kind=Flag.OVER_BUDGET), "budgets"),
        (Is(kind=Flag.FIRST_BOUGHT), "first_bought"),
        (Expression(text="true"), "texts"),
    ]:
        assert getattr(needs(condition), name) is True
        assert getattr(nothing, name) is False
