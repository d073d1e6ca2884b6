"""Rules and the policy they make up (pure)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from akcept.approvals.conditions import (
    Among,
    Condition,
    Expression,
    Flag,
    Group,
    Is,
    OfMoney,
    Together,
    Unread,
    as_json,
    condition_from,
    meaning,
    work_of,
)
from akcept.approvals.expressions import EXPRESSION_LIMIT
from akcept.approvals.facts import Facts, Window
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.paths import ids_in


class Outcome(StrEnum):
    """What a rule leads to when all its conditions hold."""

    ASK = "ask"
    ALLOW = "allow"
    REFUSE = "refuse"


#: Whom a step asks, whatever the order: steps of the same key are one.
Key = tuple[tuple[str, int], ...]


def key_of(asks: Iterable[Ask]) -> Key:
    """Return the key of a step that asks these."""
    return tuple(sorted({(ask.kind.value, ask.id or 0) for ask in asks}))


@dataclass(frozen=True, kw_only=True)
class RuleStep:
    """One tier a rule asks for.

    Either `quorum` different people (0: all of them) of those in `asks`; or, with `climb`, the acceptors of one unit
    after another from the order's own upward, until one of them may accept as much as the order is worth.
    """

    asks: tuple[Ask, ...] = ()
    quorum: int = 1
    climb: bool = False

    @cached_property
    def key(self) -> Key:
        """Whom it asks, whatever the order."""
        return key_of(self.asks)

    def as_json(self) -> dict[str, Any]:
        """Return the step as it is stored."""
        if self.climb:
            return {"climb": True}
        asks = [{"kind": ask.kind.value, "id": ask.id, "label": ask.label} for ask in self.asks]
        return {"asks": asks, "quorum": self.quorum}


def stricter(quorum: int, other: int) -> int:
    """Return the stricter of two numbers of people; 0 is all of them."""
    return 0 if 0 in (quorum, other) else max(quorum, other)


def as_asked(steps: Iterable[RuleStep], *, once: bool) -> tuple[RuleStep, ...]:
    """Return the steps of a rule as orders go through them: as written, or each once where nobody is asked twice.

    With `once` a step that asks the same people is there at its first place only, with the stricter number. Placing,
    the search for dead ends and the words of a rule all read a rule's steps through this.
    """
    if not once:
        return tuple(steps)
    found: dict[tuple[Key, bool], RuleStep] = {}
    for step in steps:
        first = found.get((step.key, step.climb))
        found[step.key, step.climb] = (
            step if first is None else replace(first, quorum=stricter(first.quorum, step.quorum))
        )
    return tuple(found.values())


def repeated(steps: Sequence[RuleStep]) -> dict[int, int]:
    """Return which steps (from 1) ask the same people as an earlier one, and as which."""
    first: dict[tuple[Key, bool], int] = {}
    numbered = ((number, first.setdefault((step.key, step.climb), number)) for number, step in enumerate(steps, 1))
    return {number: same for number, same in numbered if same != number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is to happen with orders of a unit, and of every unit below it, that meet all conditions.

    `id` stays the same from version to version. `refusal` is what somebody whose order is refused reads.
    """

    id: int
    name: str
    unit_id: int
    conditions: tuple[Condition, ...] = ()
    outcome: Outcome = Outcome.ASK
    steps: tuple[RuleStep, ...] = ()
    refusal: str = ""
    active: bool = True

    def holds(self, facts: Facts, known: frozenset[str]) -> bool | None:
        """Whether all conditions hold; None when none fails, but of some it cannot be told."""
        sure = True
        for condition in self.conditions:
            found = condition.holds(facts, known)
            if found is False:
                return False
            if found is None:
                sure = False
        return True if sure else None

    @property
    def says(self) -> tuple[object, ...]:
        """What it does with which orders of which unit: rules of which this is equal differ in their names only."""
        conditions = frozenset(meaning(condition) for condition in self.conditions)
        steps = tuple((step.key, step.quorum, step.climb) for step in self.steps)
        return (self.unit_id, conditions, self.outcome, steps, self.refusal)

    def as_json(self) -> dict[str, Any]:
        """Return the rule as it is stored."""
        return {
            "id": self.id,
            "name": self.name,
            "unit": self.unit_id,
            "active": self.active,
            "conditions": [as_json(condition) for condition in self.conditions],
            "outcome": self.outcome.value,
            "steps": [step.as_json() for step in self.steps],
            "refusal": self.refusal,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which facts the rules look at, beyond those every order has: what nobody asks for is not read."""

    windows: frozenset[Window] = frozenset()
    #: Members that steps ask by name: they may sit anywhere.
    people: frozenset[int] = frozenset()
    categories: bool = False
    first_bought: bool = False
    budgets: bool = False
    texts: bool = False

    def joined(self, other: Needs) -> Needs:
        """Return what either looks at."""
        return Needs(
            windows=self.windows | other.windows,
            people=self.people | other.people,
            categories=self.categories or other.categories,
            first_bought=self.first_bought or other.first_bought,
            budgets=self.budgets or other.budgets,
            texts=self.texts or other.texts,
        )


class Policy:
    """An organisation's rules, indexed by the unit they hang on so that an order only meets those of its branch.

    Of expressions the first `EXPRESSION_LIMIT` of the active rules are worked out; the rest cannot be told (`Unread`).
    """

    def __init__(self, rules: Iterable[Rule] = (), *, version: int | None = None) -> None:
        self.rules = tuple(rules)
        self.version = version
        self._at: dict[int, list[Rule]] = {}
        self._currencies: dict[int, frozenset[str]] = {}
        for rule in _readable(rule for rule in self.rules if rule.active):
            self._at.setdefault(rule.unit_id, []).append(rule)
        for unit_id, rules_here in self._at.items():
            named = {c.currency for rule in rules_here for c in rule.conditions if isinstance(c, OfMoney)}
            self._currencies[unit_id] = frozenset(named)
        self.needs = _needs_of([rule for rule in self.rules if rule.active])

    def in_effect(self, unit_ids: Iterable[int]) -> Iterator[Rule]:
        """Yield the rules that bind a unit in their order: those of the head office first, those of the unit last."""
        for unit_id in unit_ids:
            yield from self._at.get(unit_id, ())

    @property
    def in_force(self) -> Iterator[Rule]:
        """The active rules, unit by unit."""
        for rules in self._at.values():
            yield from rules

    def binds(self, unit_path: str) -> bool:
        """Whether any rule binds a unit."""
        return any(unit_id in self._at for unit_id in ids_in(unit_path))

    def currencies(self, unit_ids: Iterable[int]) -> frozenset[str]:
        """Return the currencies that the rules in effect name."""
        return frozenset().union(*(self._currencies.get(unit_id, ()) for unit_id in unit_ids))

    @cached_property
    def work(self) -> int:
        """What looking at all of them costs for one order (see `conditions.work_of`)."""
        return 1 + sum(work_of(each) for rule in self.in_force for each in rule.conditions)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rules as they are stored, in their order."""
        return [rule.as_json() for rule in self.rules]


def _readable(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules, their expressions past the limit left unread: what an order costs is bounded by their number."""
    left = EXPRESSION_LIMIT
    for rule in rules:
        found = sum(isinstance(condition, Expression) for condition in rule.conditions)
        if found <= left:
            yield rule
        else:
            yield replace(rule, conditions=tuple(_unread(condition) for condition in rule.conditions))
        left = max(left - found, 0)


def _unread(condition: Condition) -> Condition:
    return Unread(text=condition.text) if isinstance(condition, Expression) else condition


def _needs_of(rules: Sequence[Rule]) -> Needs:
    conditions = [condition for rule in rules for condition in rule.conditions]
    asks = [ask for rule in rules for step in rule.steps for ask in step.asks]
    groups = {condition.kind for condition in conditions if isinstance(condition, Among)}
    flags = {condition.kind for condition in conditions if isinstance(condition, Is)}
    texts = any(isinstance(condition, Expression) for condition in conditions)
    return Needs(
        windows=frozenset(condition.window for condition in conditions if isinstance(condition, Together)),
        people=frozenset(ask.id for ask in asks if ask.kind is AskKind.MEMBER and ask.id is not None),
        categories=texts or Group.CATEGORY in groups,
        first_bought=texts or Flag.FIRST_BOUGHT in flags,
        budgets=texts or Flag.OVER_BUDGET in flags,
        texts=texts,
    )


def rule_from(stored: Mapping[str, Any]) -> Rule:
    """Return a stored rule."""
    return Rule(
        id=stored["id"],
        name=stored["name"],
        unit_id=stored["unit"],
        active=stored["active"],
        conditions=tuple(condition_from(row) for row in stored["conditions"]),
        outcome=Outcome(stored["outcome"]),
        steps=tuple(_step_from(row) for row in stored["steps"]),
        refusal=stored["refusal"],
    )


def digest_of(stored: Sequence[Mapping[str, Any]]) -> str:
    """Return what says which rules these stored ones are."""
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()


def _step_from(stored: Mapping[str, Any]) -> RuleStep:
    if stored.get("climb"):
        return RuleStep(climb=True)
    asks = tuple(Ask(kind=AskKind(row["kind"]), id=row["id"], label=row["label"]) for row in stored["asks"])
    return RuleStep(asks=asks, quorum=stored["quorum"])


#: What an organisation without rules has.
NO_POLICY = Policy()
