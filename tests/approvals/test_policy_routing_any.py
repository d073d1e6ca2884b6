"""Whatever the rules: a plan is sound, its explanation agrees, and D1, steps are asked as they are written."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.approvals import sentences
from akcept.approvals.conditions import Compare
from akcept.approvals.routing import Facts, explain, plan
from akcept.approvals.rules import Policy, Rule, key_of
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
    people,
    policy,
    refuse,
    role,
)

# --- whatever the rules ---

_ROLES = st.sampled_from([MANAGER, DIRECTOR, ACCOUNTANT])

_STEPS = st.one_of(
    st.just(CLIMB),
    st.builds(lambda id_, quorum: role(id_, quorum=quorum), _ROLES, st.integers(0, 3)),
    st.builds(lambda id_: people(id_), st.integers(1, 4)),
)

_ORDERS = st.builds(
    lambda cents, unit, may: facts(str(Decimal(cents) / 100), unit=unit, acceptors=LADDER, requester_may_accept=may),
    st.integers(0, 500_000),
    st.sampled_from([HEAD_OFFICE, KRAKOW, SKAWINA, TARNOW]),
    st.booleans(),
)

_WHEN = st.lists(
    st.builds(
        lambda cents, compare: above(str(Decimal(cents) / 100), compare=compare),
        st.integers(0, 500_000),
        st.sampled_from(Compare),
    ),
    max_size=2,
).map(tuple)

_UNITS = st.sampled_from([HEAD_OFFICE, KRAKOW, SKAWINA, TARNOW])

_RULES = st.lists(
    st.one_of(
        st.builds(
            lambda steps, when, unit: ask(*steps, when=when, unit=unit),
            st.lists(_STEPS, min_size=1, max_size=3),
            _WHEN,
            _UNITS,
        ),
        st.builds(lambda when, unit: allow(*when, unit=unit), _WHEN, _UNITS),
        st.builds(lambda when, unit: refuse(*when, unit=unit), _WHEN, _UNITS),
    ),
    max_size=6,
)


@given(order=_ORDERS, rules=_RULES)
def test_whatever_the_rules_a_plan_is_sound(order: Facts, rules: list[Rule]) -> None:
    planned = plan(order, Policy(rules))
    keys = [key_of(step.asks) for step in planned.steps]
    assert len(keys) == len(set(keys))
    assert not planned.refused or planned.steps == ()
    if planned.steps:
        assert planned.steps[-1].needs_cover
    matching = [rule for rule in rules if rule.unit_id in order.unit_ids and rule.holds(order, frozenset({"PLN"}))]
    if not matching:
        assert planned == plan(order)
    if not order.requester_may_accept and not planned.steps and not planned.refused:
        assert any(rule.outcome == "allow" for rule in matching)


@given(order=_ORDERS, rules=_RULES)
def test_explanation_always_agrees_with_the_plan(order: Facts, rules: list[Rule]) -> None:
    assert explain(order, Policy(rules)).plan == plan(order, Policy(rules))


# --- D1: the steps as they are written ---


def test_d1_a_rule_that_asks_somebody_again_leads_to_the_steps_as_written() -> None:
    rules = policy(ask(people(1), people(1), people(2), people(1)))
    planned = plan(facts(asks_once=False), rules)
    assert asked(planned) == [["member 1"], ["member 1"], ["member 2"], ["member 1"]]
    assert [step.needs_cover for step in planned.steps] == [False, False, False, True]


def test_d1_where_nobody_is_asked_twice_a_repeated_step_is_folded_with_the_stricter_number() -> None:
    rules = policy(ask(role(MANAGER), people(2), role(MANAGER, quorum=2), CLIMB, CLIMB))
    order = facts(acceptors=(acceptor(1), acceptor(9, unit=HEAD_OFFICE)))
    assert asked(plan(order, rules)) == [["role 11"], ["member 2"], ["unit 2"]]
    assert plan(order, rules).steps[0].quorum == 2
    twice = plan(replace(order, asks_once=False), rules)
    assert asked(twice) == [["role 11"], ["member 2"], ["role 11"], ["unit 2"], ["unit 2"]]
    assert [step.quorum for step in twice.steps] == [1, 1, 2, 1, 1]


def test_d1_what_two_rules_ask_for_is_one_step_and_a_second_time_is_one_more() -> None:
    rules = policy(ask(people(1), people(2), people(1)), ask(people(1)), ask(people(2), people(1)))
    assert asked(plan(facts(), rules)) == [["member 1"], ["member 2"]]
    assert asked(plan(facts(asks_once=False), rules)) == [["member 1"], ["member 2"], ["member 1"]]


@pytest.mark.parametrize("once", [True, False])
@given(steps=st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_d1_words_and_plan_read_the_same_steps(once: bool, steps: list[int]) -> None:
    rule = ask(*(people(id_) for id_ in steps))
    planned = plan(facts(asks_once=once), policy(rule))
    said = sentences.then(rule, once=once)
    assert said == "accepted by " + sentences.in_turn([sentences.asked(s.asks, s.quorum) for s in planned.steps])
    assert len(sentences.left_out(rule)) == len(steps) - len(set(steps))
    assert asked(planned) == [[f"member {id_}"] for id_ in (dict.fromkeys(steps) if once else steps)]
