"""Who must say yes (pure): facts about an order and a policy in, the steps and the reasons out.

The rules that bind an order are those of its unit and of every unit above, the head office's first. They are looked at
in that order. Every ask rule that matches contributes its steps; the first refuse or allow rule that matches ends the
looking: refuse refuses, allow means that nothing further down asks (what was asked by then stays asked). When none
matches, it is as without a policy. docs/concepts/policy.md says it for those who write rules.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from akcept.approvals.conditions import Condition, as_json
from akcept.approvals.facts import Acceptor, Facts
from akcept.approvals.rules import NO_POLICY, Key, Outcome, Policy, Rule, RuleStep, as_asked, key_of, stricter
from akcept.kernel.amounts import covered
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind, answers

__all__ = ["Check", "Explanation", "Facts", "Finding", "Plan", "PlannedStep", "Reason", "Verdict", "explain", "plan"]

#: How many rules a step that several asked for names; more would not be read.
NAMED_RULES: Final = 10
_NO_LIMIT: Final = Decimal("Infinity")


class Reason(StrEnum):
    """Why an order is asked about. The words for each are in `ordering.reasons`."""

    MAY_NOT_ACCEPT = "may_not_accept"
    OVER_LIMIT = "over_limit"
    OVER_BUDGET = "over_budget"
    RULE = "rule"
    #: A rule that refuses cannot be told to match or not: the order is in a currency no rule knows.
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One tier: `quorum` different people (0: all) of those in `asks` answer it, each on their own.

    With `needs_cover` each of them must hold a limit that covers the order's value.
    """

    reason: Reason
    asks: tuple[Ask, ...] = (ANY_ACCEPTOR,)
    quorum: int = 1
    needs_cover: bool = True
    #: Figures the reason speaks of.
    detail: dict[str, Any] = field(default_factory=dict)
    #: The rule's name as it stood; empty where no rule asked.
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in order; none means the order need not wait. `refused` says why it may not be placed at all."""

    steps: tuple[PlannedStep, ...] = ()
    refused: str = ""
    #: Version of the organisation's rules it was made by; None while it has none.
    policy_version: int | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody has to be asked."""
        return bool(self.steps)


def plan(facts: Facts, policy: Policy = NO_POLICY) -> Plan:
    """Return the steps an order of these facts goes through.

    Without a matching rule: whoever may accept an order of the unit and this value need not ask anybody for their own;
    everybody else's order is asked once. The last step always is for somebody whose limit covers the order.
    """
    return replace(_plan_of(facts, _walk(facts, policy)), policy_version=policy.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    """The ask rules that matched, the rule that ended the looking, and whether one that refuses was in doubt."""

    asking: list[Rule]
    ended_by: Rule | None
    doubtful: list[Rule]


def _walk(facts: Facts, policy: Policy) -> _Walked:
    known = policy.currencies(facts.unit_ids)
    walked = _Walked(asking=[], ended_by=None, doubtful=[])
    for rule in policy.in_effect(facts.unit_ids):
        found = rule.holds(facts, known)
        if found is False:
            continue
        if rule.outcome is Outcome.ASK:  # in doubt it asks
            walked.asking.append(rule)
        elif found:
            return replace(walked, ended_by=rule)
        elif rule.outcome is Outcome.REFUSE:
            walked.doubtful.append(rule)
    return walked


def _plan_of(facts: Facts, walked: _Walked) -> Plan:
    ended_by = walked.ended_by
    if ended_by is not None and ended_by.outcome is Outcome.REFUSE:
        return Plan(refused=ended_by.refusal)
    if walked.asking:
        return Plan(steps=_merged(facts, walked.asking))
    if walked.doubtful:
        detail = _because(facts, walked.doubtful)
        return Plan(steps=(PlannedStep(reason=Reason.UNCLEAR, detail=detail),))
    if ended_by is not None:
        return Plan()
    return _unruled(facts)


def _unruled(facts: Facts) -> Plan:
    if not facts.requester_may_accept:
        return Plan(steps=(PlannedStep(reason=Reason.MAY_NOT_ACCEPT),))
    if covered(facts.requester_limits, facts.amounts):
        return Plan()
    detail = {
        "limits": [limit.as_json() for limit in facts.requester_limits],
        "currency": facts.amounts.currency,
    }
    return Plan(steps=(PlannedStep(reason=Reason.OVER_LIMIT, detail=detail),))


@dataclass(slots=True)
class _Tier:
    """A step on its way into a plan, with the rules that ask for it."""

    asks: tuple[Ask, ...]
    quorum: int
    rules: list[Rule]

    def join(self, quorum: int, rules: Sequence[Rule]) -> None:
        """Let more rules ask for the step too: the strictest number of people counts."""
        self.quorum = stricter(self.quorum, quorum)
        self.rules += rules[: NAMED_RULES - len(self.rules)]


def _merged(facts: Facts, rules: Sequence[Rule]) -> tuple[PlannedStep, ...]:
    """Return the steps of all rules, what several ask for once, the lowest authority first.

    Of the steps that are next in their rules the one of the lowest authority goes first, so that the order written in
    each rule is kept. What one rule asks for again is a step again, unless nobody is asked twice.
    """
    chains: dict[tuple[tuple[Key, int, bool], ...], list[Rule]] = {}  # many rules ask for the same
    for rule in rules:
        chains.setdefault(tuple((step.key, step.quorum, step.climb) for step in rule.steps), []).append(rule)
    groups = list(chains.values())
    queues = [_queue(facts, group[0].steps) for group in groups]
    reach = _reach(facts)
    authority: dict[Key, tuple[Decimal, int]] = {}
    heads: list[tuple[tuple[Decimal, int], int, int]] = []

    def push(number: int, position: int) -> None:
        if position < len(queues[number]):
            (key, _nth), _asks, quorum = queues[number][position]
            if key not in authority:
                authority[key] = _authority(reach, key, quorum)
            heapq.heappush(heads, (authority[key], number, position))

    for number in range(len(queues)):
        push(number, 0)
    found: dict[_Turn, _Tier] = {}
    while heads:
        _lowest, number, position = heapq.heappop(heads)
        turn, asks, quorum = queues[number][position]
        if turn in found:
            found[turn].join(quorum, groups[number])
        else:
            found[turn] = _Tier(asks, quorum, groups[number][:NAMED_RULES])
        push(number, position + 1)
    *before, last = (_planned(facts, tier) for tier in found.values())
    return (*before, replace(last, needs_cover=True))


#: Whom a step asks, and for which time in its rule (from 0): two rules' first steps of a key are one step.
_Turn = tuple[Key, int]


def _queue(facts: Facts, steps: Iterable[RuleStep]) -> list[tuple[_Turn, tuple[Ask, ...], int]]:
    """Return the steps of one rule as tiers. Where nobody is asked twice, what a climb asks for again joins too."""
    times: Counter[Key] = Counter()
    queue = []
    for step in as_asked(steps, once=facts.asks_once):
        for key, asks, quorum in _tiers(facts, step):
            queue.append(((key, times[key]), asks, quorum))
            times.update(() if facts.asks_once else (key,))
    return queue


def _planned(facts: Facts, tier: _Tier) -> PlannedStep:
    return PlannedStep(
        reason=Reason.RULE,
        asks=tier.asks,
        quorum=tier.quorum,
        needs_cover=False,
        detail=_because(facts, tier.rules),
        rule=tier.rules[0].name,
    )


def _tiers(facts: Facts, step: RuleStep) -> Iterable[tuple[Key, tuple[Ask, ...], int]]:
    if step.climb:
        return [(key_of(asks), asks, 1) for asks in _climb(facts)]
    return [(step.key, step.asks, step.quorum)]


def _climb(facts: Facts) -> list[tuple[Ask, ...]]:
    """Return one unit after another from the order's own upward, up to the first where somebody's limit covers it."""
    people = sorted(_others(facts), key=lambda person: -len(person.unit_path))
    found: dict[int, tuple[Ask, ...]] = {}
    covering: str | None = None
    for person in people:
        if covering is not None and person.unit_path != covering:
            break
        found[person.unit_id] = (Ask(kind=AskKind.UNIT, id=person.unit_id, label=person.unit_name),)
        if person.covers(facts.amounts):
            covering = person.unit_path
    return list(found.values()) or [(ANY_ACCEPTOR,)]


def _others(facts: Facts) -> list[Acceptor]:
    return [person for person in facts.acceptors if person.reaches(facts.unit_path) and _may_answer(person, facts)]


def _may_answer(person: Acceptor, facts: Facts) -> bool:
    return facts.self_acceptance or person.member_id != facts.requester_id


#: Whom nobody knows: they come before everybody whose limit covers anything.
_UNKNOWN: Final = (Decimal(0), 0)
#: How far those reach whom one ask of a key means: the least of them, and the furthest.
_Reach = tuple[tuple[Decimal, int], tuple[Decimal, int]]


def _reach(facts: Facts) -> dict[tuple[str, int], _Reach]:
    """Return it for everything a step may ask for, the acceptors looked through once however many steps there are."""
    found: dict[tuple[str, int], _Reach] = {}
    for person in facts.acceptors:
        if not _may_answer(person, facts):
            continue
        rank = _rank(facts, person)
        for ask in _meant_by(person, facts):
            low, high = found.get(ask, (rank, rank))
            found[ask] = (min(low, rank), max(high, rank))
    return found


def _meant_by(person: Acceptor, facts: Facts) -> Iterable[tuple[str, int]]:
    """Yield the parts of a key that mean an acceptor, see `asking.answers`."""
    yield AskKind.MEMBER.value, person.member_id
    yield AskKind.UNIT.value, person.unit_id
    if person.reaches(facts.unit_path):
        yield AskKind.ACCEPTORS.value, 0
        yield from ((AskKind.ROLE.value, role_id) for role_id in person.role_ids)


def _authority(reach: Mapping[tuple[str, int], _Reach], key: Key, quorum: int) -> tuple[Decimal, int]:
    """Return how high a step ranks: how far the least of those it asks reaches (of "all of them" the furthest)."""
    asked = [reach[ask] for ask in key if ask in reach]
    if not asked:
        return _UNKNOWN
    return max(high for _low, high in asked) if quorum == 0 else min(low for low, _high in asked)


def is_asked(person: Acceptor, asks: Iterable[Ask], facts: Facts) -> bool:
    """Whether an acceptor belongs to those asked about an order, limits aside."""
    return _may_answer(person, facts) and answers(person, asks, unit_path=facts.unit_path, amounts=None)


def _rank(facts: Facts, person: Acceptor) -> tuple[Decimal, int]:
    known = [limit.amount for limit in person.limits if limit.currency == facts.amounts.currency]
    reach = max(known, default=Decimal(0)) if person.limits else _NO_LIMIT
    return reach, -person.unit_path.count("/")


# --- why ---


class Verdict(StrEnum):
    """What came of a rule for one order."""

    MATCHED = "matched"
    #: It could not be told; an ask rule asks then, the others do nothing.
    UNCLEAR = "unclear"
    FAILED = "failed"
    #: A rule before it ended the looking.
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition of a rule against one order: `seen` is what the order had to show."""

    condition: Condition
    found: bool | None
    seen: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the check as it is kept with a step."""
        return {"condition": as_json(self.condition), "seen": self.seen, "found": self.found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule in effect for an order, and what came of it; `once`: its steps were read as asking nobody twice."""

    rule: Rule
    verdict: Verdict
    checks: tuple[Check, ...]
    once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The plan of an order and, rule by rule, why it is this one."""

    plan: Plan
    findings: tuple[Finding, ...]


def explain(facts: Facts, policy: Policy = NO_POLICY) -> Explanation:
    """Return the plan of an order together with what came of every rule in effect."""
    walked = _walk(facts, policy)
    known = policy.currencies(facts.unit_ids)
    findings, reached = [], True
    for rule in policy.in_effect(facts.unit_ids):
        verdict = _verdict(rule.holds(facts, known)) if reached else Verdict.NOT_REACHED
        checks = _checks(facts, rule, known) if reached else ()
        findings.append(Finding(rule=rule, verdict=verdict, checks=checks, once=facts.asks_once))
        reached = reached and rule is not walked.ended_by
    planned = replace(_plan_of(facts, walked), policy_version=policy.version)
    return Explanation(plan=planned, findings=tuple(findings))


def _verdict(found: bool | None) -> Verdict:
    if found is None:
        return Verdict.UNCLEAR
    return Verdict.MATCHED if found else Verdict.FAILED


def _checks(facts: Facts, rule: Rule, known: frozenset[str]) -> tuple[Check, ...]:
    return tuple(
        Check(condition=condition, found=condition.holds(facts, known), seen=condition.seen(facts))
        for condition in rule.conditions
    )


def _because(facts: Facts, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the rules that asked, with each condition and what the order had to show for it."""
    # Which currencies are known matters only to rules that fail; these have not.
    none: frozenset[str] = frozenset()
    return {
        "because": [
            {"rule": rule.name, "checks": [check.as_json() for check in _checks(facts, rule, none)]}
            for rule in rules[:NAMED_RULES]
        ]
    }
