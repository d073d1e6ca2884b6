"""One plan under 1,000 rules spread over 300 units, and with all of them on the head office: pure, in this process."""

from __future__ import annotations

import statistics
import time
from decimal import Decimal
from typing import Any

from akcept.approvals.conditions import Among, Compare, Count, Counted, Group, Named, Value
from akcept.approvals.facts import Acceptor, Facts
from akcept.approvals.routing import plan
from akcept.approvals.rules import Policy, Rule, RuleStep
from akcept.kernel.amounts import Amounts
from akcept.organizations.asking import Ask, AskKind

RULES, UNITS, ACCEPTORS = 1_000, 300, 300
ROUNDS = 50
_ROOT, _ROLES = 1, (11, 12)


def measure() -> dict[str, Any]:
    """Return milliseconds (median, p95) of one plan, rules spread over the units and all at the head office."""
    spread = Policy((_rule(number, unit_id=number % UNITS + 1) for number in range(RULES)), version=1)
    at_the_top = Policy((_rule(number, unit_id=_ROOT) for number in range(RULES)), version=1)
    return {"spread": _timed(spread), "at the head office": _timed(at_the_top)}


def _rule(number: int, *, unit_id: int) -> Rule:
    """Return a rule of three conditions that holds for every second order of `_order`'s kind."""
    value = Value(compare=Compare.ABOVE, amount=Decimal(number * 100), currency="PLN")
    several = Count(kind=Counted.PRODUCTS, compare=Compare.ABOVE, number=2)
    paper = Among(kind=Group.CATEGORY, of=tuple(Named(id_, "Category") for id_ in range(5)))
    steps = tuple(RuleStep(asks=(Ask(kind=AskKind.ROLE, id=role),)) for role in _ROLES)
    return Rule(id=number, name=f"Rule {number}", unit_id=unit_id, conditions=(value, several, paper), steps=steps)


def _order() -> Facts:
    net = Decimal(RULES * 100 // 2)
    gross = net * Decimal("1.23")
    people = tuple(
        Acceptor(
            member_id=number,
            name=f"Approver {number}",
            unit_id=_ROOT,
            unit_name="Head office",
            unit_path=f"{_ROOT}/",
            role_ids=frozenset(_ROLES),
        )
        for number in range(ACCEPTORS)
    )
    return Facts(
        requester_may_accept=False,
        requester_limits=(),
        amounts=Amounts(currency="PLN", goods_net=net, goods_gross=gross, total_net=net, total_gross=gross),
        unit_path=f"{_ROOT}/2/3/4/5/",
        products=3,
        category_ids=frozenset({4}),
        acceptors=people,
    )


def _timed(policy: Policy) -> dict[str, float]:
    order, taken = _order(), []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        plan(order, policy)
        taken.append((time.perf_counter() - begin) * 1000)
    return {"median": statistics.median(taken), "p95": statistics.quantiles(taken, n=20)[-1]}


def report(figures: dict[str, Any]) -> list[str]:
    """Return the figures as lines."""
    lines = [f"One plan under {RULES:,} rules, {UNITS} units, {ACCEPTORS} approvers (milliseconds)"]
    lines += [f"  rules {where:20} median {ms['median']:6.2f}   p95 {ms['p95']:6.2f}" for where, ms in figures.items()]
    return lines
