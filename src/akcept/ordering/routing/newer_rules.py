"""Waiting orders and rules that came after them: which would be asked about further if they were placed now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from akcept.approvals import queries as approvals
from akcept.approvals import routing, sentences
from akcept.approvals.models import Case, Step
from akcept.approvals.routing import Plan, PlannedStep
from akcept.approvals.rules import Key, Policy, key_of
from akcept.approvals.states import State
from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.ordering.routing.trials import facts_now, how_many
from akcept.organizations.queries import name_of

#: So many waiting orders are looked at, fewer where there are very many rules, the longest waiting first.
LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A waiting order, whom its steps ask and whom those of the rules in force would. `total_net` with delivery."""

    number: str
    requester: str
    unit: str
    currency: str
    total_net: Decimal
    now: tuple[str, ...]
    then: tuple[str, ...]


def to_recheck(actor: Actor) -> list[Recheck]:
    """Return waiting orders of the actor's unit and below that the rules in force would ask more people about.

    A constant number of statements. Raises NotAllowed.
    """
    seat = approvals.policy_maker(actor)
    policy = approvals.policy_of(seat.organization_id)
    if policy.version is None:
        return []
    waiting = (
        Case.objects.filter(
            organization_id=seat.organization_id, state=State.AWAITING.value, unit__path__startswith=seat.unit_path
        )
        .exclude(policy_version=policy.version)
        .select_related(
            "order__akcept_placement__requester__user",
            "order__akcept_placement__requester__unit",
            "order__akcept_placement__unit",
        )
    )
    cases = list(waiting.order_by("order_id")[: how_many(LOOKED_AT, policy)])
    if not cases:
        return []
    plans = plans_now([case.order.akcept_placement for case in cases], seat.organization_id, policy)
    steps = steps_of(cases)
    return [
        _row(case, steps[case.pk], plan)
        for case, plan in zip(cases, plans, strict=True)
        if asks_more(steps[case.pk], plan)
    ]


def plans_now(placements: Sequence[Placement], organization_id: int, policy: Policy) -> list[Plan]:
    """Return what the rules would ask of orders if they were placed now."""
    return [routing.plan(facts, policy) for facts in facts_now(placements, organization_id, policy)]


def steps_of(cases: Sequence[Case]) -> dict[int, list[Step]]:
    """Return the steps of each case's present round, with their selectors; two statements."""
    rounds = {case.pk: case.round for case in cases}
    found: dict[int, list[Step]] = {case.pk: [] for case in cases}
    rows = Step.objects.filter(case_id__in=rounds).order_by("position").prefetch_related("selectors")
    for step in rows:
        if step.round == rounds[step.case_id]:
            found[step.case_id].append(step)
    return found


def asks_more(steps: Iterable[Step], plan: Plan) -> tuple[PlannedStep, ...]:
    """Return the steps of a plan that ask somebody, or more of them, whom the present steps do not."""
    present = [(key_of(selector.ask for selector in step.selectors.all()), step.quorum) for step in steps]
    asked = {turn: quorum for turn, (_key, quorum) in zip(_turns(key for key, _ in present), present, strict=True)}
    turns = _turns(key_of(planned.asks) for planned in plan.steps)
    return tuple(
        planned for turn, planned in zip(turns, plan.steps, strict=True) if _is_more(planned.quorum, asked.get(turn))
    )


def _turns(keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """Tell apart the steps that ask the same people: the second time is one more."""
    times: Counter[Key] = Counter()
    turns = []
    for key in keys:
        turns.append((key, times[key]))
        times[key] += 1
    return turns


def _is_more(quorum: int, before: int | None) -> bool:
    if before is None:
        return True
    return before != 0 and (quorum == 0 or quorum > before)


def _row(case: Case, steps: Iterable[Step], plan: Plan) -> Recheck:
    placement: Placement = case.order.akcept_placement
    return Recheck(
        number=placement.number,
        requester=name_of(placement.requester.user) if placement.requester else "",
        unit=placement.unit.name if placement.unit else "",
        currency=placement.currency,
        total_net=placement.total_net,
        now=tuple(sentences.asked([row.ask for row in step.selectors.all()], step.quorum) for step in steps),
        then=tuple(sentences.asked(planned.asks, planned.quorum) for planned in plan.steps),
    )
