"""Where a rule would leave an order that nobody can decide (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from akcept.approvals.conditions import Among, Compare, Condition, Group, Value
from akcept.approvals.facts import Acceptor
from akcept.approvals.rules import Outcome, Rule, RuleStep, as_asked, repeated
from akcept.kernel.amounts import Basis, Limit
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, answers
from akcept.organizations.paths import ids_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit whose orders a rule may meet."""

    name: str
    path: str

    @property
    def ids(self) -> frozenset[int]:
        """The unit and those above it."""
        return frozenset(ids_in(self.path))


class Lack(StrEnum):
    """What is missing."""

    #: Nobody, or too few people, could answer a step in these units.
    PEOPLE = "people"
    #: Only for those who order there themselves: their own orders would have too few.
    OTHERS = "others"
    #: Nobody asked last may accept orders above an amount; with a person, nobody but them, who order there themselves.
    COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """One way in which a rule's step (from 1) leaves orders of some units without a decision."""

    lack: Lack
    #: 0 is the question every order is asked where no rule matches.
    step: int
    units: tuple[str, ...]
    #: The rule's name where it is not the one that is being written.
    rule: str = ""
    #: Of whom (OTHERS, perhaps COVER), and above how much (COVER; in `currency`, on `basis`).
    person: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    basis: Basis = Basis.GOODS_NET


def dead_ends(
    rule: Rule,
    places: Iterable[Place],
    acceptors: Sequence[Acceptor],
    *,
    self_acceptance: bool = False,
    asks_once: bool = True,
) -> list[DeadEnd]:
    """Return where a rule in force leads nowhere, with the people as they are now; empty where it never does."""
    if rule.outcome is not Outcome.ASK or not rule.active:
        return []
    found: dict[DeadEnd, list[str]] = {}
    for place in places:
        if rule.unit_id in place.ids and _may_apply(rule, place):
            for end in _ends_in(rule, place, acceptors, self_acceptance=self_acceptance, asks_once=asks_once):
                found.setdefault(end, []).append(place.name)
    return [replace(end, units=tuple(units)) for end, units in found.items()]


_UNRULED = Rule(id=0, name="", unit_id=0, steps=(RuleStep(asks=(ANY_ACCEPTOR,)),))


def left_behind(
    former: Rule,
    before: Sequence[Rule],
    after: Sequence[Rule],
    places: Iterable[Place],
    acceptors: Sequence[Acceptor],
    *,
    self_acceptance: bool = False,
    asks_once: bool = True,
) -> list[DeadEnd]:
    """Return where orders that a rule in force took lead nowhere once it is changed, moved, switched off or removed.

    They go on to the rules that ask after it, where it let them pass or refused them, and to the question asked where
    no rule matches, unless another rule takes all of the unit's orders.
    """
    if not former.active:
        return []
    found: dict[DeadEnd, list[str]] = {}
    for place in places:
        if former.unit_id in place.ids and _may_apply(former, place):
            for rule in _met_instead(former, before, after, place):
                met = replace(rule, conditions=(*former.conditions, *rule.conditions))
                own = self_acceptance or rule is _UNRULED
                for end in _ends_in(met, place, acceptors, self_acceptance=own, asks_once=asks_once):
                    named = replace(end, rule=rule.name, step=end.step if rule.id else 0)
                    found.setdefault(named, []).append(place.name)
    return [replace(end, units=tuple(units)) for end, units in found.items()]


def _met_instead(former: Rule, before: Sequence[Rule], after: Sequence[Rule], place: Place) -> Iterator[Rule]:
    """Yield what asks about the rule's orders now and did not before, as far as it can be told without an order."""
    wanted = next((rule for rule in _in_effect(after, place) if rule.id == former.id), None)
    taken = wanted is not None and (wanted.unit_id, wanted.conditions) == (former.unit_id, former.conditions)
    if former.outcome is not Outcome.ASK:
        rules = _in_effect(before, place)
        later = {rule.id for rule in rules[rules.index(former) + 1 :]}
        for rule in _in_effect(after, place):
            if rule.outcome is Outcome.ASK and rule.id in later:
                yield rule
            elif rule.outcome is not Outcome.ASK and (_takes_all(rule) or (taken and rule is wanted)):
                break
    if not taken and not any(_takes_all(rule) for rule in _in_effect(after, place)):
        yield _UNRULED


def _in_effect(rules: Sequence[Rule], place: Place) -> list[Rule]:
    """Return the rules that may meet the place's orders, in the order in which they are looked at."""
    order = {unit_id: number for number, unit_id in enumerate(ids_in(place.path))}
    here = [rule for rule in rules if rule.active and rule.unit_id in order and _may_apply(rule, place)]
    return sorted(here, key=lambda rule: order[rule.unit_id])


def _takes_all(rule: Rule) -> bool:
    """Whether a rule that may apply to the place meets each of its orders."""
    return len(list(_of_units(rule))) == len(rule.conditions)


def _may_apply(rule: Rule, place: Place) -> bool:
    return all(any(named.id in place.ids for named in each.of) is each.inside for each in _of_units(rule))


def _of_units(rule: Rule) -> Iterator[Among]:
    yield from (each for each in rule.conditions if isinstance(each, Among) and each.kind is Group.UNIT)


def _ends_in(
    rule: Rule, place: Place, acceptors: Sequence[Acceptor], *, self_acceptance: bool, asks_once: bool
) -> Iterator[DeadEnd]:
    people: list[Acceptor] = []
    number = len(rule.steps)
    for number, step in _numbered(rule, asks_once=asks_once):
        people = [person for person in acceptors if answers(person, _asks(step), unit_path=place.path, amounts=None)]
        needed = _needed(step)
        if len(people) < needed:
            yield DeadEnd(lack=Lack.PEOPLE, step=number, units=())
            return
        if not self_acceptance:
            yield from _without_others(people, needed, number, place)
    if not people:
        return
    if (end := _uncovered(rule, people)) is not None:
        yield replace(end, step=number)
    elif not self_acceptance:
        yield from (replace(end, step=number) for end in _uncovered_own(rule, people, place))


def _numbered(rule: Rule, *, asks_once: bool) -> Iterator[tuple[int, RuleStep]]:
    """Yield the steps an order goes through, numbered as the rule is written."""
    left_out = repeated(rule.steps) if asks_once else {}
    numbers = (number for number in range(1, len(rule.steps) + 1) if number not in left_out)
    yield from zip(numbers, as_asked(rule.steps, once=asks_once), strict=True)


def _asks(step: RuleStep) -> tuple[Ask, ...]:
    return (ANY_ACCEPTOR,) if step.climb else step.asks


def _needed(step: RuleStep) -> int:
    return 1 if step.climb else max(step.quorum, 1)


def _without_others(people: Sequence[Acceptor], needed: int, number: int, place: Place) -> Iterator[DeadEnd]:
    if len(people) > needed:
        return
    for person in _ordering_there(people, place):
        yield DeadEnd(lack=Lack.OTHERS, step=number, units=(), person=person.name)


def _ordering_there(people: Iterable[Acceptor], place: Place) -> list[Acceptor]:
    return [person for person in people if person.places_orders and person.unit_path == place.path]


def _uncovered(rule: Rule, people: Sequence[Acceptor]) -> DeadEnd | None:
    """Return the amount above which nobody of the last step may accept, unless the rule ends before it."""
    limits = [limit for person in people for limit in person.limits]
    if not limits or any(not person.limits for person in people):
        return None
    furthest = max(limits, key=lambda limit: limit.amount)
    if any(_within(each, limits) for each in rule.conditions):
        return None
    return DeadEnd(
        lack=Lack.COVER,
        step=len(rule.steps),
        units=(),
        amount=furthest.amount,
        currency=furthest.currency,
        basis=furthest.basis,
    )


def _uncovered_own(rule: Rule, people: Sequence[Acceptor], place: Place) -> Iterator[DeadEnd]:
    """Yield those who order in the unit themselves while nobody else of the last step may accept as much."""
    for person in _ordering_there(people, place):
        others = [other for other in people if other is not person]
        if others and (end := _uncovered(rule, others)) is not None:
            yield replace(end, person=person.name)


def _within(condition: Condition, limits: Iterable[Limit]) -> bool:
    """Whether a condition keeps orders above all these limits away from the rule."""
    if not isinstance(condition, Value) or condition.compare not in (Compare.UP_TO, Compare.BELOW):
        return False
    alike = (limit for limit in limits if (limit.currency, limit.basis) == (condition.currency, condition.basis))
    return any(limit.amount >= condition.amount for limit in alike)
