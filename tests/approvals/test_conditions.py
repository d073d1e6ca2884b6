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
from akcept.approvals.rules import Needs, Outcome, Policy, Rule, RuleStep, digest_of, key_of, rule_from
from akcept.kernel.amounts import Basis
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
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


def test_every_condition_says_what_it_saw() -> None:
    order = facts(
        "60",
        delivery="15",
        products=2,
        quantity=9,
        product_ids=frozenset({7}),
        role_ids=frozenset({8}),
        over_budgets=("June", "Paper"),
        first_bought=frozenset({7, 9}),
    )
    assert Value(**ABOVE_100).seen(order) == {"amount": "60", "currency": "PLN"}
    assert Delivery(**ABOVE_100).seen(order) == {"amount": "15", "currency": "PLN"}
    assert Delivery(gross=True, **ABOVE_100).seen(order) == {"amount": "18.45", "currency": "PLN"}
    assert [Count(kind=kind, compare=Compare.ABOVE, number=1).seen(order) for kind in Counted] == [
        {"number": 2},
        {"number": 9},
    ]
    assert Among(kind=Group.PRODUCT, of=PAPER).seen(order) == {"names": ["Paper"]}
    assert Among(kind=Group.ROLE, of=PAPER).seen(order) == {"names": ["Toner"]}
    assert Among(kind=Group.REQUESTER, of=(Named(100, "Anna"), *PAPER)).seen(order) == {"names": ["Anna"]}
    assert Is(kind=Flag.OVER_BUDGET).seen(order) == {"names": ["June", "Paper"]}
    assert Is(kind=Flag.FIRST_BOUGHT).seen(order) == {"number": 2}
    assert Expression(text="true").seen(order) == {}


def test_expressions_past_the_limit_cannot_be_told() -> None:
    """The hundred and first is not read; what is written beside it in the same rule still is."""
    one = tuple(Expression(text="true") for _ in range(60))
    rules = [Rule(id=number, name="r", unit_id=1, conditions=one) for number in (1, 2)]
    few = Rule(id=3, name="r", unit_id=1, conditions=(Value(**ABOVE_100), Expression(text="true")))
    policy = Policy([rules[0], rules[1], few])
    first, second, third = policy.in_force
    assert first.holds(facts(), NOTHING_KNOWN) is True
    assert second.holds(facts(), NOTHING_KNOWN) is None
    assert second.conditions[0].holds(facts(), NOTHING_KNOWN) is None
    assert third.holds(facts("50"), NOTHING_KNOWN) is False
    assert third.holds(facts("150"), NOTHING_KNOWN) is None
    exact = Policy([replace(rules[0], conditions=one + one[:40]), few])
    assert [rule.holds(facts("150"), NOTHING_KNOWN) for rule in exact.in_force] == [True, None]
    fits = Policy([replace(rules[0], conditions=one + one[:39]), few])
    assert [rule.holds(facts("150"), NOTHING_KNOWN) for rule in fits.in_force] == [True, True]


def test_rules_are_equal_in_what_they_say_and_not_in_what_they_are_called() -> None:
    asking = RuleStep(asks=(Ask(kind=AskKind.ROLE, id=3, label="Manager"),), quorum=2)
    rule = Rule(id=1, name="Big", unit_id=1, conditions=(Value(**ABOVE_100), Expression(text="true")), steps=(asking,))
    same = replace(rule, id=2, name="Large", conditions=rule.conditions[::-1], active=False)
    assert same.says == rule.says
    for changes in (
        {"unit_id": 2},
        {"conditions": rule.conditions[:1]},
        {"outcome": Outcome.ALLOW},
        {"steps": (replace(asking, quorum=1),)},
        {"steps": (RuleStep(climb=True),)},
        {"refusal": "No."},
    ):
        assert replace(rule, **changes).says != rule.says


_A, _B = Named(1, "Paper"), Named(2, "Desks")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Value(**{**ABOVE_100, "amount": Decimal(600)}), Value(**{**ABOVE_100, "amount": Decimal("600.00")}), True),
        (Value(**{**ABOVE_100, "amount": Decimal(600)}), Value(**{**ABOVE_100, "amount": Decimal("600.01")}), False),
        (Value(**ABOVE_100), Value(**{**ABOVE_100, "currency": "EUR"}), False),
        (Value(**ABOVE_100), Value(**{**ABOVE_100, "compare": Compare.FROM}), False),
        (
            Delivery(compare=Compare.ABOVE, amount=Decimal(5), currency="PLN"),
            Delivery(compare=Compare.ABOVE, amount=Decimal("5.0"), currency="PLN"),
            True,
        ),
        (Value(**ABOVE_100), Delivery(**ABOVE_100), False),
        (Among(kind=Group.CATEGORY, of=(_A, _B)), Among(kind=Group.CATEGORY, of=(_B, _A, _A)), True),
        (Among(kind=Group.CATEGORY, of=(_A,)), Among(kind=Group.CATEGORY, of=(Named(1, "Papers"),)), True),
        (Among(kind=Group.CATEGORY, of=(_A,)), Among(kind=Group.PRODUCT, of=(_A,)), False),
        (Among(kind=Group.CATEGORY, of=(_A,)), Among(kind=Group.CATEGORY, of=(_A,), inside=False), False),
        (
            Count(kind=Counted.QUANTITY, compare=Compare.ABOVE, number=5),
            Count(kind=Counted.QUANTITY, compare=Compare.FROM, number=6),
            True,
        ),
        (
            Count(kind=Counted.QUANTITY, compare=Compare.BELOW, number=6),
            Count(kind=Counted.QUANTITY, compare=Compare.UP_TO, number=5),
            True,
        ),
        (
            Count(kind=Counted.QUANTITY, compare=Compare.FROM, number=5),
            Count(kind=Counted.PRODUCTS, compare=Compare.FROM, number=5),
            False,
        ),
        (Expression(text="true"), Expression(text=" true\n"), True),
        (Expression(text="true"), Expression(text="false"), False),
    ],
)
def test_d7_rules_are_equal_by_what_is_meant_not_by_how_it_was_typed(
    one: Condition, other: Condition, same: bool
) -> None:
    rules = [Rule(id=number, name="r", unit_id=1, conditions=(each,)) for number, each in enumerate((one, other))]
    assert (rules[0].says == rules[1].says) is same
    assert (hash(rules[0].says) == hash(rules[1].says)) is same


def test_what_a_policy_costs_is_counted_and_what_it_is_stored_as_names_it() -> None:
    rules = [
        Rule(id=1, name="a", unit_id=1, conditions=(Value(**ABOVE_100), Among(kind=Group.ROLE, of=PAPER))),
        Rule(id=2, name="b", unit_id=2, conditions=(Together(scope=Scope.UNIT, hours=1, **ABOVE_100),)),
        Rule(id=3, name="c", unit_id=2, conditions=(Expression(text="quantity > 1"),)),
        Rule(id=4, name="d", unit_id=2, conditions=(Value(**ABOVE_100),), active=False),
    ]
    policy = Policy(rules)
    assert policy.work == 1 + (1 + 5) + 5 + 20
    assert [policy.binds(path) for path in ("1/", "2/", "5/2/", "3/", "12/")] == [True, True, True, False, False]
    stored = policy.as_json()
    assert [rule_from(row) for row in stored] == rules
    assert digest_of(stored) == digest_of([dict(reversed(row.items())) for row in stored])
    assert digest_of(stored) != digest_of(stored[::-1])


def test_what_two_policies_need_is_what_either_does() -> None:
    one = Needs(windows=frozenset({Window(Scope.UNIT, 1)}), people=frozenset({1}), categories=True, budgets=True)
    two = Needs(windows=frozenset({Window(Scope.UNIT, 2)}), people=frozenset({2}), first_bought=True, texts=True)
    both = Needs(
        windows=one.windows | two.windows,
        people=frozenset({1, 2}),
        categories=True,
        first_bought=True,
        budgets=True,
        texts=True,
    )
    assert one.joined(two) == two.joined(one) == both
    assert one.joined(Needs()) == Needs().joined(one) == one
    assert two.joined(Needs()) == Needs().joined(two) == two


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


def test_facts_kept_before_it_was_said_were_asked_once() -> None:
    kept = facts(asks_once=False).as_json()
    assert facts_from(kept).asks_once is False
    del kept["asks_once"]
    assert facts_from(kept).asks_once is True


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


def test_policy_asks_for_the_members_its_active_steps_name_and_for_no_other() -> None:
    named = Ask(kind=AskKind.MEMBER, id=11, label="Cora")
    steps = (RuleStep(asks=(named, Ask(kind=AskKind.ROLE, id=12, label="Buyers"))), RuleStep(asks=(ANY_ACCEPTOR,)))
    rule = Rule(id=1, name="r", unit_id=1, conditions=(), steps=steps)
    assert Policy([rule]).needs.people == {11}
    assert Policy([replace(rule, active=False)]).needs.people == frozenset()


def test_steps_that_ask_the_same_have_one_key_in_whatever_order_they_ask() -> None:
    member, role = Ask(kind=AskKind.MEMBER, id=11, label="Cora"), Ask(kind=AskKind.ROLE, id=11, label="Buyers")
    assert key_of([role, member, member]) == key_of([member, role]) == (("member", 11), ("role", 11))
    assert key_of([ANY_ACCEPTOR]) == (("acceptors", 0),)
