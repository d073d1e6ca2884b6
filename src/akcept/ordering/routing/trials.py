"""What rules would have done: a draft, or the rules in force, tried on one order or on the last months.

Nothing is written. People are taken as they are now: the question is what would happen, not what did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from akcept.approvals import queries as approvals
from akcept.approvals import routing
from akcept.approvals.current import terms_for
from akcept.approvals.facts import Acceptor, Facts
from akcept.approvals.routing import Explanation, Plan, PlannedStep
from akcept.approvals.rules import Policy, Rule
from akcept.budgets.binding import exceeded_by
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.ordering.models import Placement
from akcept.ordering.routing.facts import facts_of, subjects_of
from akcept.ordering.visibility import visible_placements

DAYS: Final = 92
#: More orders than these are not tried at once; the result says so.
ORDER_LIMIT: Final = 5000
#: So many looks at a condition in one trial (see `Policy.work`): many rules are tried on fewer orders.
WORK_LIMIT: Final = 1_000_000
SHOWN: Final = 20
_BLOCK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One order under the rules: its plan, who would be asked in each step, and the step nobody could answer (or 0)."""

    placement: Placement
    plan: Plan
    people: tuple[tuple[str, ...], ...]
    nobody_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Many orders under the rules."""

    days: int
    total: int
    #: There were more than could be tried.
    cut: bool
    waited: int
    refused: int
    #: How many of the same orders wait under the rules in force; None when those were tried.
    waited_now: int | None
    #: Who would have been asked, and about how many orders, most first.
    asked: tuple[tuple[str, int], ...]
    #: How many orders each rule asked about, most first.
    rules: tuple[tuple[str, int], ...]
    nobody: int
    shown_nobody: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOfOne:
    """One order under the rules, explained."""

    tried: Tried
    explanation: Explanation


def drafted(actor: Actor, rule: Rule) -> Policy:
    """Return the rules in force with a draft in its place: instead of itself, or as the last one of its unit."""
    seat = approvals.policy_maker(actor)
    policy = approvals.policy_of(seat.organization_id)
    if rule.id:
        return Policy([rule if each.id == rule.id else each for each in policy.rules], version=policy.version)
    return Policy([*policy.rules, rule], version=policy.version)


def try_on_orders(actor: Actor, *, draft: Policy | None = None, days: int = DAYS, now: datetime | None = None) -> Trial:
    """Try rules on the orders of the last days of the actor's unit and those below.

    A constant number of statements for each block of 500 orders. Raises NotAllowed.
    """
    seat = approvals.policy_maker(actor)
    in_force = approvals.policy_of(seat.organization_id)
    policy = in_force if draft is None else draft
    found = _orders(seat.organization_id).filter(
        unit__path__startswith=seat.unit_path, placed_at__gte=(now or utc_now()) - timedelta(days=days)
    )
    count = _Count()
    limit = how_many(ORDER_LIMIT, policy, in_force)
    for placements, facts in _blocks(found, limit, seat.organization_id, policy, in_force):
        for placement, each in zip(placements, facts, strict=True):
            count.take(_tried(placement, each, policy))
            count.waited_now += routing.plan(each, in_force).waits
    cut = count.total >= limit and found.count() > count.total
    return count.result(days=days, cut=cut, compared=draft is not None)


def try_on_order(actor: Actor, number: str, *, draft: Policy | None = None) -> TrialOfOne:
    """Try rules on one order the actor may see. Raises NotAllowed, NotFound."""
    seat = approvals.policy_maker(actor)
    visible = visible_placements(actor, seat).filter(organization_id=seat.organization_id, number=number)
    placement = visible.select_related("requester__user", "requester__unit", "unit").first()
    if placement is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    policy = approvals.policy_of(seat.organization_id) if draft is None else draft
    (facts,) = facts_now([placement], seat.organization_id, policy)
    return TrialOfOne(tried=_tried(placement, facts, policy), explanation=routing.explain(facts, policy))


def how_many(most: int, *policies: Policy) -> int:
    """Return how many orders rules are tried on at once: `most`, fewer where there is much to look at, one at least."""
    return max(1, min(most, WORK_LIMIT // sum(policy.work for policy in policies)))


def facts_now(placements: Sequence[Placement], organization_id: int, *policies: Policy) -> list[Facts]:
    """Return what these rules look at of orders of one organisation, with the people as they are now.

    Whether an order exceeds a budget is as it was when it was placed.
    """
    terms = terms_for(organization_id)
    needs = policies[0].needs
    for policy in policies[1:]:
        needs = needs.joined(policy.needs)
    return facts_of(
        subjects_of(placements),
        needs,
        over_budgets=exceeded_by([each.order_id for each in placements]) if needs.budgets else {},
        acceptors=tuple(approvals.acceptors_of(organization_id)),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
    )


def _orders(organization_id: int) -> QuerySet[Placement]:
    own = Placement.objects.filter(organization_id=organization_id, requester__isnull=False, unit__isnull=False)
    return own.select_related("requester__user", "requester__unit", "unit")


def _blocks(
    found: QuerySet[Placement], limit: int, organization_id: int, *policies: Policy
) -> Iterator[tuple[list[Placement], list[Facts]]]:
    """Yield the orders with their facts, the latest first, so that a limit cuts the oldest off."""
    rest, left = found.order_by("-order_id"), limit
    while left > 0 and (block := list(rest[: min(_BLOCK, left)])):
        yield block, facts_now(block, organization_id, *policies)
        rest, left = rest.filter(order_id__lt=block[-1].order_id), left - len(block)


def _tried(placement: Placement, facts: Facts, policy: Policy) -> Tried:
    plan = routing.plan(facts, policy)
    people = tuple(_people(facts, step) for step in plan.steps)
    lacking = (
        number
        for number, (step, asked) in enumerate(zip(plan.steps, people, strict=True), start=1)
        if len(asked) < max(step.quorum, 1)
    )
    return Tried(placement=placement, plan=plan, people=people, nobody_at=next(lacking, 0))


def _people(facts: Facts, step: PlannedStep) -> tuple[str, ...]:
    return tuple(person.name for person in facts.acceptors if _could_answer(person, facts, step))


def _could_answer(person: Acceptor, facts: Facts, step: PlannedStep) -> bool:
    covers = not step.needs_cover or person.member_id == facts.requester_id or person.covers(facts.amounts)
    return covers and routing.is_asked(person, step.asks, facts)


class _Count:
    """Adds tried orders up."""

    def __init__(self) -> None:
        self.total = self.waited = self.refused = self.nobody = self.waited_now = 0
        self.asked: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.shown: list[Tried] = []

    def take(self, tried: Tried) -> None:
        """Count one more order."""
        self.total += 1
        self.waited += tried.plan.waits
        self.refused += bool(tried.plan.refused)
        self.asked.update({name for names in tried.people for name in names})
        self.rules.update(
            {row["rule"] for step in tried.plan.steps for row in step.detail.get("because", ()) if step.rule}
        )
        if tried.nobody_at:
            self.nobody += 1
            if len(self.shown) < SHOWN:
                self.shown.append(tried)

    def result(self, *, days: int, cut: bool, compared: bool) -> Trial:
        """Return the sums."""
        return Trial(
            days=days,
            total=self.total,
            cut=cut,
            waited=self.waited,
            refused=self.refused,
            waited_now=self.waited_now if compared else None,
            asked=tuple(self.asked.most_common(SHOWN)),
            rules=tuple(self.rules.most_common(SHOWN)),
            nobody=self.nobody,
            shown_nobody=tuple(self.shown),
        )
