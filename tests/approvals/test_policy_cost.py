"""What rules cost for one order is bounded by their number, whatever is saved (C2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from akcept.approvals import actions, drafts, expressions, queries, routing
from akcept.approvals.conditions import Compare, Count, Counted, Expression, work_of
from akcept.approvals.facts import Acceptor, Facts
from akcept.approvals.models import PolicyVersion
from akcept.approvals.routing import Reason, Verdict, explain, plan
from akcept.approvals.rules import Outcome, Policy, Rule, RuleStep, digest_of
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid
from akcept.ordering.routing import trials
from akcept.organizations.asking import Ask, AskKind
from akcept.testing.cast import Cast
from tests.approvals.building import MANAGER, acceptor, allow, ask, facts, policy, refuse, role
from tests.approvals.test_policy_actions import rule, save

MANY = Count(kind=Counted.QUANTITY, compare=Compare.FROM, number=1)
TRUE = "quantity >= 0 || products == {number}"


def _store(cast: Cast, *rules: Rule) -> None:
    """Save rules as they could be under older limits."""
    stored = [each.as_json() for each in rules]
    PolicyVersion.objects.create(
        organization=cast.acme,
        number=(queries.policy_of(cast.acme.pk).version or 0) + 1,
        rules=stored,
        digest=digest_of(stored),
        change=PolicyVersion.Change.ADDED,
        rule_name="",
        by_name="",
        at=utc_now(),
    )


def test_c2_of_a_thousand_rules_with_twenty_expressions_a_hundred_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []
    holds = expressions.holds

    def noted(text: str, order: Facts) -> bool | None:
        run.append(text)
        return holds(text, order)

    monkeypatch.setattr(expressions, "holds", noted)
    rules = [
        ask(role(MANAGER), when=tuple(Expression(text=TRUE.format(number=20 * i + j)) for j in range(20)), name=str(i))
        for i in range(1000)
    ]
    planned = plan(facts(), policy(*rules))
    assert len(set(run)) == expressions.EXPRESSION_LIMIT == 100
    assert len(run) <= 2 * 100 + 20  # once to decide, once more for the few rules named as the reason
    assert planned.steps[0].reason is Reason.RULE  # those not run cannot be told: they ask


@pytest.mark.parametrize("broken", ["requester.matches('a')", "skus.all(a, skus.all(b, a != b))", "price > 1"])
def test_c2_saved_expression_that_is_not_taken_any_more_asks_in_doubt(broken: str) -> None:
    expression = Expression(text=broken)
    asking = explain(facts(), policy(ask(role(MANAGER), when=(expression,))))
    assert [finding.verdict for finding in asking.findings] == [Verdict.UNCLEAR]
    assert asking.plan.waits
    assert plan(facts(requester_may_accept=True), policy(refuse(expression))).steps[0].reason is Reason.UNCLEAR
    assert plan(facts(), policy(allow(expression))).waits  # an allowing rule in doubt lets nothing pass
    other = Count(kind=Counted.QUANTITY, compare=Compare.FROM, number=5)
    assert not plan(facts(requester_may_accept=True), policy(ask(role(MANAGER), when=(other, expression)))).waits


@pytest.mark.django_db
def test_c2_the_hundredth_expression_is_taken_and_the_next_refused_kindly(cast: Cast) -> None:
    full = [
        rule(
            cast,
            id=i + 500,
            name=f"r{i}",
            conditions=tuple(Expression(text=f"quantity > {i * 10 + j}") for j in range(9)),
        )
        for i in range(11)
    ]
    _store(cast, *full)
    save(cast, rule(cast, conditions=(Expression(text="quantity > 1"),)))
    with pytest.raises(Invalid) as refused:
        save(cast, rule(cast, conditions=(Expression(text="quantity > 2"),)))
    assert "up to 100 expressions" in str(refused.value)
    save(cast, rule(cast, conditions=(MANY,)))  # plain ones still go
    save(cast, replace(full[0], conditions=full[0].conditions[:3]))  # and a rule may be made less
    off = save(cast, rule(cast, conditions=(Expression(text="quantity > 2"),), active=False))
    switched = queries.policy_of(cast.acme.pk).rules[-1]
    assert off.number == queries.policy_of(cast.acme.pk).version
    assert not switched.active


@pytest.mark.django_db
def test_c2_switching_on_counts_like_saving(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "EXPRESSION_LIMIT", 1)
    one = Expression(text="quantity > 1")
    _store(cast, rule(cast, id=1, conditions=(one,)), rule(cast, id=2, conditions=(one,), active=False))
    with pytest.raises(Invalid) as refused:
        actions.switch_rule(2, actor=cast.dora.actor, version=1, active=True)
    assert "up to 1 expressions" in str(refused.value)


@pytest.mark.django_db
def test_c2_conditions_of_all_rules_together_are_limited(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts.CONDITIONS_IN_ALL == 5000
    monkeypatch.setattr(drafts, "CONDITIONS_IN_ALL", 3)
    save(cast, rule(cast, conditions=(MANY, MANY)))
    with pytest.raises(Invalid) as refused:
        save(cast, rule(cast, conditions=(MANY, MANY)))
    assert "up to 3 conditions" in str(refused.value)
    save(cast, rule(cast, conditions=(replace(MANY, number=2),)))


@pytest.mark.django_db
def test_c2_administrators_are_told_which_rules_are_not_worked_out(cast: Cast) -> None:
    old = rule(cast, id=1, name="Old", conditions=(Expression(text="requester.matches('a')"),))
    off = replace(old, id=2, active=False)
    fine = rule(cast, id=3, name="Fine")
    past = rule(cast, id=4, conditions=tuple(Expression(text=f"quantity > {i}") for i in range(20)))
    _store(cast, old, off, fine, *(replace(past, id=number) for number in range(4, 10)))
    untold = queries.rule_book(cast.dora.actor).untold
    assert sorted(untold) == [1, 8, 9]  # one expression and four times twenty; the fifth twenty is past the hundred
    assert "matches" in untold[1]
    assert "more than 100 expressions" in untold[8]


def test_c2_trial_takes_fewer_orders_where_there_is_much_to_look_at() -> None:
    dear = Expression(text="categories.all(c, !(c in roles))")
    assert expressions.steps(dear.text) == 32_403
    assert work_of(dear) == 20 + 32_403 // 50
    few = Policy([ask(role(MANAGER), when=(MANY,))])
    assert trials.how_many(5000, few, few) == 5000
    many = Policy([ask(role(MANAGER), when=(dear,) * 20, name=str(i)) for i in range(5)])
    assert trials.how_many(5000, many) == 1_000_000 // (1 + 100 * 668)
    assert trials.how_many(5000, many) * many.work <= trials.WORK_LIMIT
    plain = Policy(
        [Rule(id=i, name="", unit_id=1, conditions=(MANY,) * 20, outcome=Outcome.ALLOW) for i in range(1000)]
    )
    assert trials.how_many(5000, plain, plain) == 24


def _many_steps(cast: Cast, count: int, **given: Any) -> Rule:
    """Return a rule whose steps ask for different numbers of roles that nobody has."""
    first = given.pop("first", 1)
    steps = tuple(
        RuleStep(asks=(Ask(kind=AskKind.ROLE, id=number, label="r"),)) for number in range(first, first + count)
    )
    return replace(rule(cast, **given), steps=steps)


@pytest.mark.django_db
def test_c2_steps_of_rules_that_may_meet_are_limited(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts.STEPS_TOGETHER == 100
    monkeypatch.setattr(drafts, "STEPS_TOGETHER", 12)
    above = [_many_steps(cast, 10, id=1), _many_steps(cast, 10, id=2)]  # the same ten steps twice are ten
    drafts.require_room(_many_steps(cast, 2, id=3, first=11, unit_id=cast.krakow.pk), above)
    with pytest.raises(Invalid) as refused:
        drafts.require_room(_many_steps(cast, 3, id=3, first=11, unit_id=cast.krakow.pk), above)
    assert refused.value.field == "steps"
    assert "13 different steps; rules may ask for up to 12" in str(refused.value)
    beside = [_many_steps(cast, 10, id=1, unit_id=cast.tarnow.pk)]  # no order meets both
    drafts.require_room(_many_steps(cast, 10, id=3, first=11, unit_id=cast.krakow.pk), beside)
    with pytest.raises(Invalid):
        drafts.require_room(_many_steps(cast, 3, id=3, first=21), [*beside])
    drafts.require_room(_many_steps(cast, 2, id=3, first=21), [*beside])


def test_c2_acceptors_are_looked_through_once_however_many_steps_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked: list[int] = []
    rank = routing._rank

    def noted(order: Facts, person: Acceptor) -> tuple[Decimal, int]:
        ranked.append(person.member_id)
        return rank(order, person)

    monkeypatch.setattr(routing, "_rank", noted)
    people = tuple(acceptor(200 + number, roles=(number,)) for number in range(1, 301))
    rules = [ask(*(role(first + step) for step in range(1, 11))) for first in range(0, 10_000, 10)]
    assert len(plan(facts(acceptors=people), policy(*rules)).steps) == 10_000
    assert ranked == list(range(201, 501))
