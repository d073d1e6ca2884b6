"""Where orders meet budgets: which bind an order, what they refuse, and whom they ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.approvals.rules import key_of
from akcept.budgets import binding, wording
from akcept.budgets.binding import Standing
from akcept.budgets.ledger import Booking
from akcept.budgets.models import Budget
from akcept.budgets.scope import Bearer
from akcept.budgets.standing import Effect
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts, covered
from akcept.kernel.errors import OverBudget
from akcept.ordering.models import Placement
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.organizations.seats import Seat

Standings = tuple[Standing, ...]
#: Budgets locked by this transaction, so that what is free in them cannot be used twice.
Locked = Sequence[Budget]


def of(organization_id: Any) -> QuerySet[Budget]:
    """Return an organisation's budgets, to be asked for as part of another statement."""
    return binding.open_budgets(organization_id)


def lock_for_new_order(seat: Seat) -> Locked:
    """Let nobody else use the budgets that bind an order of a seat until the transaction ends; one statement."""
    return binding.locked(_bearer(seat))


def lock_of_order(order_id: int) -> Locked:
    """Let nobody else use the budgets an order was booked on until the transaction ends; one statement."""
    return binding.locked_of_order(order_id)


def of_new_order(seat: Seat, amounts: Amounts, *, at: datetime, locked: Locked | None) -> Standings:
    """Return the budgets that bind an order of a seat, of those that were locked where any were.

    Raises OverBudget where one of them refuses it.
    """
    found = binding_new_order(seat, amounts, at=at, locked=locked)
    require_room(found, placed=False)
    return found


def binding_new_order(seat: Seat, amounts: Amounts, *, at: datetime, locked: Locked | None = None) -> Standings:
    """Return the same, those that refuse it too."""
    return binding.standings(_bearer(seat), amounts, at=at, held=locked)


def _bearer(seat: Seat) -> Bearer:
    return Bearer(
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        unit_path=seat.unit_path,
        member_id=seat.member_id,
    )


def of_order(order_id: int, amounts: Amounts, *, locked: Locked | None = None) -> Standings:
    """Return the budgets an order was booked on, with what it takes of each at these sums."""
    return binding.standings_of_order(order_id, amounts, held=locked)


def require_room(standings: Iterable[Standing], *, placed: bool) -> None:
    """Raise OverBudget where a budget refuses what an order takes; one that is `placed`, what it takes more."""
    refusing = [found for found in standings if found.refuses]
    if refusing:
        raise OverBudget(wording.refusal(refusing, placed=placed))


def exceeded_names(standings: Iterable[Standing]) -> tuple[str, ...]:
    """Return the names of the budgets the order exceeds, as the rules ask for them."""
    return tuple(found.name for found in standings if found.over)


def act(placement: Placement, name: str, *, actor: Actor, at: datetime) -> Booking:
    """Return how the budgets' ledger knows what happens to an order of an organisation."""
    assert placement.organization_id is not None  # noqa: S101  the caller's to know
    return Booking(
        order_id=placement.order_id,
        order_number=placement.number,
        organization_id=placement.organization_id,
        name=name,
        actor=actor,
        at=at,
    )


def with_budget_steps(plan: Plan, standings: Sequence[Standing], *, amounts: Amounts, once: bool) -> Plan:
    """Return the plan with the budgets' owners asked first, one step for each; without an owner whoever may accept.

    One step still is asked of somebody whose limit covers the order. Where nobody is asked twice (`once`), what a rule
    asks of an owner alone is asked with the budget.
    """
    asked: dict[Ask, list[Standing]] = {}
    for found in standings:
        if found.over and found.effect is Effect.ASK:
            asked.setdefault(_ask(found), []).append(found)
    if not asked:
        return plan
    anybody = asked.pop(ANY_ACCEPTOR, [])
    owners = [_step(ask, group, needs_cover=False) for ask, group in asked.items()]
    rest = _asking_anybody(plan.steps, anybody)
    if not rest:  # nobody else is asked: the last owner releases the order, if their limit reaches that far
        limits = next(iter(reversed(asked.values())))[0].owner_limits
        if covered(limits, amounts):
            owners[-1] = replace(owners[-1], needs_cover=True)
        else:
            rest = [replace(owners[-1], asks=(ANY_ACCEPTOR,), needs_cover=True)]
    elif once:
        reach = {ask: covered(group[0].owner_limits, amounts) for ask, group in asked.items()}
        owners, rest = _asked_once(owners, rest, reach)
    return replace(plan, steps=(*owners, *rest))


def _asked_once(
    owners: Sequence[PlannedStep], rest: Sequence[PlannedStep], covers: Mapping[Ask, bool]
) -> tuple[list[PlannedStep], list[PlannedStep]]:
    """Return both without the later steps that owners are asked alone, each reason kept with the owner's own step.

    What only somebody whose limit covers the order may answer stays, unless the owner's does.
    """
    first = {step.asks[0]: step for step in owners}
    left = []
    for step in rest:
        ask = next((ask for ask in first if key_of(step.asks) == key_of((ask,))), None)
        if ask is None or step.quorum > 1 or (step.needs_cover and not covers[ask]):
            left.append(step)
            continue
        owner = first[ask]
        because = [*owner.detail.get("because", ()), *step.detail.get("because", ())]
        first[ask] = replace(
            owner,
            needs_cover=owner.needs_cover or step.needs_cover,
            detail={**owner.detail, **({"because": because} if because else {})},
        )
    return list(first.values()), left


def _ask(standing: Standing) -> Ask:
    if standing.owner_id is None or not standing.asks_owner:
        return ANY_ACCEPTOR
    return Ask(kind=AskKind.MEMBER, id=standing.owner_id, label=standing.owner_name)


def _step(ask: Ask, standings: Iterable[Standing], *, needs_cover: bool) -> PlannedStep:
    detail = {"budgets": [wording.excess_of(found).as_json() for found in standings]}
    return PlannedStep(reason=Reason.OVER_BUDGET, asks=(ask,), needs_cover=needs_cover, detail=detail)


def _asking_anybody(steps: Sequence[PlannedStep], standings: Sequence[Standing]) -> list[PlannedStep]:
    """Let a step that asks whoever may accept, for no rule's sake, ask about the budgets too: nobody answers twice."""
    if not standings:
        return list(steps)
    step = _step(ANY_ACCEPTOR, standings, needs_cover=True)
    same = [old for old in steps if old.asks == (ANY_ACCEPTOR,) and old.quorum == 1 and not old.rule]
    return [step, *(old for old in steps if old not in same)]
