"""Rules into steps: which are asked, in which order, and what a boundary includes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from akcept.approvals.conditions import Compare, Count, Counted, Expression
from akcept.approvals.routing import Reason, Verdict, explain, is_asked, plan
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.amounts import Basis
from akcept.organizations.asking import ANY_ACCEPTOR
from tests.approvals.building import (
    ACCOUNTANT,
    CLIMB,
    DIRECTOR,
    HEAD_OFFICE,
    KRAKOW,
    LADDER,
    MANAGER,
    SKAWINA,
    TARNOW,
    above,
    acceptor,
    allow,
    ask,
    asked,
    facts,
    limit,
    people,
    policy,
    refuse,
    role,
)

MAY_ACCEPT = {"requester_may_accept": True}


# --- without a policy, and when no rule matches ---


@pytest.mark.parametrize(
    "rules", [(), (ask(role(MANAGER), when=(above("5000"),)),), (ask(role(MANAGER), unit=TARNOW),)]
)
def test_where_no_rule_matches_everything_is_as_without_a_policy(rules: tuple[Rule, ...]) -> None:
    for order in (facts(), facts(**MAY_ACCEPT), facts("500", **MAY_ACCEPT, requester_limits=(limit("100"),))):
        assert replace(plan(order, policy(*rules)), policy_version=None) == plan(order)


def test_switched_off_rule_does_nothing() -> None:
    assert plan(facts(), policy(replace(refuse(), active=False))).steps == plan(facts()).steps


# --- R3, boundaries ---


@pytest.mark.parametrize(
    ("compare", "below", "at", "over"),
    [
        (Compare.ABOVE, False, False, True),
        (Compare.FROM, False, True, True),
        (Compare.UP_TO, True, True, False),
        (Compare.BELOW, True, False, False),
    ],
)
def test_boundary_is_what_it_says(compare: Compare, below: bool, at: bool, over: bool) -> None:
    rules = policy(refuse(above("600", compare=compare)))
    found = [bool(plan(facts(value), rules).refused) for value in ("599.99", "600.00", "600.01")]
    assert found == [below, at, over]


@pytest.mark.parametrize(("value", "expected"), [("600", []), ("600.01", [["role 12"]]), ("1000", [["role 12"]])])
def test_limit_of_600_asks_the_second_approver_only_from_a_cent_above(value: str, expected: list[list[str]]) -> None:
    order = facts(value, **MAY_ACCEPT)
    assert asked(plan(order, policy(ask(role(DIRECTOR), when=(above("600"),))))) == expected


@pytest.mark.parametrize(
    ("basis", "asks"),
    [(Basis.GOODS_NET, False), (Basis.TOTAL_NET, True), (Basis.GOODS_GROSS, True), (Basis.TOTAL_GROSS, True)],
)
def test_value_is_the_sum_the_rule_names(basis: Basis, asks: bool) -> None:
    order = facts("100", delivery="15", **MAY_ACCEPT)
    assert plan(order, policy(ask(CLIMB, when=(above("100", basis=basis),)))).waits is asks


# --- currencies nobody knows ---


def test_currency_no_rule_knows_asks_what_its_rules_would_ask() -> None:
    rules = policy(ask(role(MANAGER), when=(above("1000"),)), ask(role(DIRECTOR), when=(above("250", currency="EUR"),)))
    assert asked(plan(facts("1", currency="GBP", **MAY_ACCEPT), rules)) == [["role 11"], ["role 12"]]
    assert plan(facts("250", currency="EUR", **MAY_ACCEPT), rules).steps == ()


def test_currency_known_only_in_another_branch_is_unknown_here() -> None:
    rules = policy(ask(role(MANAGER), when=(above("1000"),)), allow(above("1", currency="EUR"), unit=TARNOW))
    assert plan(facts("1", currency="EUR", **MAY_ACCEPT), rules).waits


def test_order_in_an_unknown_currency_is_never_let_through_nor_refused_by_a_rule_about_value() -> None:
    up_to = above("1000", compare=Compare.UP_TO)
    assert plan(facts("1", currency="GBP"), policy(allow(up_to))).steps[0].reason is Reason.MAY_NOT_ACCEPT
    planned = plan(facts("1", currency="GBP", **MAY_ACCEPT), policy(refuse(above("1000")), allow()))
    assert planned.refused == ""
    assert [step.reason for step in planned.steps] == [Reason.UNCLEAR]


def test_a_rule_that_cannot_be_told_is_unclear_and_ends_nothing() -> None:
    rules = policy(refuse(above("1000")), allow(above("1")), ask(role(MANAGER), when=(above("5"),)))
    found = explain(facts("1", currency="GBP", **MAY_ACCEPT), rules)
    assert [finding.verdict for finding in found.findings] == [Verdict.UNCLEAR] * 3
    assert [[check.found for check in finding.checks] for finding in found.findings] == [[None]] * 3
    assert asked(found.plan) == [["role 11"]]
    known = explain(facts("1", **MAY_ACCEPT), rules)
    assert [finding.verdict for finding in known.findings] == [Verdict.FAILED] * 3
    assert not known.plan.waits


def test_expression_that_fails_on_an_order_asks() -> None:
    rules = policy(ask(role(MANAGER), when=(Expression(text="100 / (products - 3) > 50"),)))
    assert plan(facts(products=4, **MAY_ACCEPT), rules).waits
    assert plan(facts(products=3, **MAY_ACCEPT), rules).waits
    assert not plan(facts(products=9, **MAY_ACCEPT), rules).waits


# --- several rules ---

BIG = ask(role(MANAGER), when=(above("10000"),), name="big")

HUGE = ask(role(MANAGER), role(DIRECTOR), when=(above("20000"),), name="huge")

RANKED = (
    acceptor(1, unit=KRAKOW, roles=(MANAGER,), upto="50000"),
    acceptor(2, unit=HEAD_OFFICE, roles=(DIRECTOR,)),
    acceptor(3, unit=HEAD_OFFICE, roles=(ACCOUNTANT,), upto="100"),
)


@pytest.mark.parametrize("rules", [(BIG, HUGE), (HUGE, BIG)])
def test_21_000_needs_the_manager_and_then_the_director(rules: tuple[Rule, ...]) -> None:
    assert asked(plan(facts("10000", acceptors=RANKED), policy(*rules))) == [["acceptors"]]
    assert asked(plan(facts("20000", acceptors=RANKED), policy(*rules))) == [["role 11"]]
    planned = plan(facts("21000", acceptors=RANKED), policy(*rules))
    assert asked(planned) == [["role 11"], ["role 12"]]
    assert [step.needs_cover for step in planned.steps] == [False, True]
    assert {row["rule"] for row in planned.steps[0].detail["because"]} == {"big", "huge"}


def test_steps_of_several_rules_go_from_the_lowest_authority_to_the_highest() -> None:
    rules = policy(ask(role(DIRECTOR)), ask(role(MANAGER)), ask(role(ACCOUNTANT)))
    assert asked(plan(facts(acceptors=RANKED), rules)) == [["role 13"], ["role 11"], ["role 12"]]


def test_configured_order_within_a_rule_is_kept_whatever_the_authority() -> None:
    rules = policy(ask(role(DIRECTOR), role(MANAGER)))
    assert asked(plan(facts(acceptors=RANKED), rules)) == [["role 12"], ["role 11"]]


def test_any_of_a_role_ranks_by_its_least_all_of_it_by_its_furthest() -> None:
    mixed = (
        acceptor(1, roles=(MANAGER,), upto="10"),
        acceptor(2, roles=(MANAGER,)),
        acceptor(3, roles=(DIRECTOR,), upto="99"),
    )
    assert asked(plan(facts(acceptors=mixed), policy(ask(role(DIRECTOR)), ask(role(MANAGER))))) == [
        ["role 11"],
        ["role 12"],
    ]
    every = policy(ask(role(MANAGER, quorum=0)), ask(role(DIRECTOR)))
    assert asked(plan(facts(acceptors=mixed), every)) == [["role 12"], ["role 11"]]


def test_whoever_may_accept_ranks_by_the_least_of_them_whom_nobody_knows_by_nothing() -> None:
    here = (acceptor(1, upto="50"), acceptor(2, upto="0.50"))
    anybody, elsewhere = RuleStep(asks=(ANY_ACCEPTOR,)), acceptor(9, unit=TARNOW, upto="0.10")
    asks = policy(ask(anybody), ask(people(9)), ask(people(1)))
    assert asked(plan(facts(acceptors=(*here, elsewhere)), asks)) == [["member 9"], ["acceptors"], ["member 1"]]
    unknown = policy(ask(people(2)), ask(role(99)))
    assert asked(plan(facts(acceptors=here), unknown)) == [["role 99"], ["member 2"]]
    in_euro = replace(acceptor(3), limits=(limit("9000", currency="EUR"),))
    foreign = policy(ask(people(2)), ask(people(3)))
    assert asked(plan(facts(acceptors=(*here, in_euro)), foreign)) == [["member 3"], ["member 2"]]


def test_order_needing_a_budget_and_a_cost_centre_approver_needs_both() -> None:
    planned = plan(facts(acceptors=RANKED), policy(ask(role(MANAGER)), ask(role(DIRECTOR))))
    assert len(planned.steps) == 2
    assert planned.steps[-1].needs_cover


@pytest.mark.parametrize(("first", "second", "joined"), [(1, 2, 2), (2, 1, 2), (3, 0, 0), (1, 1, 1)])
def test_step_asked_for_twice_takes_the_strictest_number(first: int, second: int, joined: int) -> None:
    rules = policy(ask(people(1, 2, 3, quorum=first)), ask(people(3, 2, 1, quorum=second)))
    (step,) = plan(facts(), rules).steps
    assert step.quorum == joined


def test_any_two_of_three() -> None:
    (step,) = plan(facts(), policy(ask(people(1, 2, 3, quorum=2)))).steps
    assert (step.quorum, [each.id for each in step.asks]) == (2, [1, 2, 3])


# --- allow and refuse ---


def test_first_allow_or_refuse_ends_the_looking() -> None:
    cheap = above("200", compare=Compare.UP_TO)
    assert plan(facts("200"), policy(allow(cheap), refuse(), ask(role(MANAGER)))).steps == ()
    assert plan(facts("200"), policy(refuse(text="No."), allow(cheap))).refused == "No."
    assert plan(facts("201"), policy(allow(cheap), refuse(text="No."))).refused == "No."


def test_allow_matters_only_when_nothing_before_it_asks() -> None:
    assert asked(plan(facts(), policy(ask(role(MANAGER)), allow(), ask(role(DIRECTOR))))) == [["role 11"]]


def test_refuse_refuses_whatever_asked_before() -> None:
    planned = plan(facts(), policy(ask(role(MANAGER)), refuse(text="No.")))
    assert (planned.refused, planned.steps) == ("No.", ())


# --- units ---


def test_rule_binds_its_unit_and_those_below_and_no_other() -> None:
    rules = policy(refuse(unit=KRAKOW))
    found = {unit: bool(plan(facts(unit=unit), rules).refused) for unit in (HEAD_OFFICE, KRAKOW, SKAWINA, TARNOW)}
    assert found == {HEAD_OFFICE: False, KRAKOW: True, SKAWINA: True, TARNOW: False}


def test_head_office_rules_come_first_wherever_they_are_listed() -> None:
    rules = policy(allow(unit=KRAKOW), ask(role(DIRECTOR), unit=HEAD_OFFICE))
    assert asked(plan(facts(unit=KRAKOW), rules)) == [["role 12"]]


# --- climbing ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [("100", ["unit 3"]), ("100.01", ["unit 3", "unit 2"]), ("1000.01", ["unit 3", "unit 2", "unit 1"])],
)
def test_climbing_goes_up_until_a_limit_covers_the_value(value: str, expected: list[str]) -> None:
    planned = plan(facts(value, unit=SKAWINA, acceptors=LADDER), policy(ask(CLIMB)))
    assert asked(planned) == [[each] for each in expected]
    assert [step.needs_cover for step in planned.steps] == [False] * (len(expected) - 1) + [True]


def test_unit_without_approvers_asks_the_one_above() -> None:
    order = facts("50", unit=SKAWINA, acceptors=LADDER[1:])
    assert asked(plan(order, policy(ask(CLIMB)))) == [["unit 2"]]


def test_climbing_passes_by_whoever_placed_the_order() -> None:
    order = facts("50", unit=SKAWINA, acceptors=LADDER, requester_id=1)
    assert asked(plan(order, policy(ask(CLIMB)))) == [["unit 2"]]
    assert asked(plan(replace(order, self_acceptance=True), policy(ask(CLIMB)))) == [["unit 3"]]


def test_climbing_with_nobody_to_climb_to_asks_whoever_may_accept() -> None:
    assert asked(plan(facts(), policy(ask(CLIMB)))) == [["acceptors"]]


# --- R13 ---


@pytest.mark.parametrize(("products", "quantity", "asks"), [(2, 5, False), (3, 3, True)])
def test_more_than_two_different_products(products: int, quantity: int, asks: bool) -> None:
    rules = policy(ask(role(MANAGER), when=(Count(kind=Counted.PRODUCTS, compare=Compare.ABOVE, number=2),)))
    assert plan(facts(products=products, quantity=quantity, **MAY_ACCEPT), rules).waits is asks


# --- explanation ---


def test_explanation_says_rule_by_rule_what_came_of_it() -> None:
    rules = (ask(role(MANAGER), when=(above("1000"),)), ask(role(DIRECTOR), when=(above("5000"),)), allow(), refuse())
    found = explain(facts("2846.10"), policy(*rules))
    assert [each.verdict for each in found.findings] == [
        Verdict.MATCHED,
        Verdict.FAILED,
        Verdict.MATCHED,
        Verdict.NOT_REACHED,
    ]
    assert found.findings[0].checks[0].seen == {"amount": "2846.10", "currency": "PLN"}
    assert found.plan == plan(facts("2846.10"), policy(*rules))


def test_step_keeps_the_conditions_and_the_values_as_they_stood() -> None:
    (step,) = plan(facts("2846.10"), policy(ask(role(MANAGER), when=(above("1000"),), name="big"))).steps
    assert (step.reason, step.rule) == (Reason.RULE, "big")
    (because,) = step.detail["because"]
    assert because["rule"] == "big"
    assert because["checks"][0]["condition"]["amount"] == "1000"
    assert because["checks"][0]["seen"] == {"amount": "2846.10", "currency": "PLN"}


# --- who belongs to those asked ---


@pytest.mark.parametrize(
    ("member", "unit", "more", "belongs"),
    [
        (2, KRAKOW, {}, True),
        (2, TARNOW, {}, False),
        (100, KRAKOW, {}, False),
        (100, KRAKOW, {"self_acceptance": True}, True),
    ],
)
def test_whoever_placed_an_order_belongs_to_those_asked_only_where_that_is_allowed(
    member: int, unit: int, more: dict[str, bool], belongs: bool
) -> None:
    person = acceptor(member, unit=unit, roles=(MANAGER,), upto="1")
    assert is_asked(person, role(MANAGER).asks, facts("500", **more)) is belongs
