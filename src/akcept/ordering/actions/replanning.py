"""A held order that costs something else by now: what the rules it was placed under ask about its new value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import grounds, routing, sentences
from akcept.approvals import queries as rules
from akcept.approvals.facts import Facts
from akcept.approvals.routing import Plan, PlannedStep
from akcept.approvals.standing import terms_of
from akcept.kernel.errors import RefusedByRule
from akcept.ordering import budgeting
from akcept.ordering.actions.rows import Held
from akcept.ordering.budgeting import Standings
from akcept.ordering.facts import facts_of, subject_of_order
from akcept.ordering.ports import Quote
from akcept.ordering.rechecking import asks_more, steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """The plan of an order at its new value; `more` are the steps that ask somebody its present ones do not."""

    plan: Plan
    more: tuple[PlannedStep, ...]
    #: What the rules looked at; None where none binds the unit.
    facts: Facts | None

    def keep(self, held: Held, *, at: datetime) -> None:
        """Keep what the order is routed by now; one statement where rules bind it."""
        if self.facts is not None:
            grounds.keep(held.order.id, self.facts, self.plan, organization_id=held.case.organization_id, now=at)

    def in_words(self) -> str:
        """Return whom it asks beside those asked so far; empty for nobody."""
        if not self.more:
            return ""
        asked = "; ".join(sentences.asked(step.asks, step.quorum) for step in self.more)
        return _("At this value these are asked too: %(asked)s.") % {"asked": asked}


def plan_again(held: Held, quote: Quote, budgets: Standings) -> Replanned:
    """Plan an order at the value it has now, by the version of the rules its case was planned by.

    People are taken as they are now, earlier orders as they were when it was placed. Raises RefusedByRule. Nine
    statements at most.
    """
    case, placement = held.case, held.placement
    placement.requester, placement.unit = case.requester, case.unit
    subject = subject_of_order(placement, quote)
    policy = rules.policy_at(case.organization_id, case.policy_version)
    binds = policy.binds(subject.unit_path)
    needs = policy.needs
    people = (
        rules.acceptors_of(case.organization_id, unit_path=subject.unit_path, member_ids=needs.people) if binds else ()
    )
    (facts,) = facts_of(
        [subject],
        needs,
        acceptors=tuple(people),
        self_acceptance=terms_of(case).self_acceptance,
        over_budgets={held.order.id: budgeting.exceeded_names(budgets)},
    )
    plan = routing.plan(facts, policy)
    if plan.refused:
        raise RefusedByRule(
            _(
                "At the value it would have now, the rules of %(organization)s do not allow this order: “%(text)s”. "
                "It waits as it is until it is reduced or sent back to be changed, or rejected."
            )
            % {"organization": case.organization.name, "text": plan.refused}
        )
    plan = budgeting.with_budget_steps(plan, budgets, amounts=quote.amounts)
    return Replanned(plan=plan, more=asks_more(steps_of([case])[case.pk], plan), facts=facts if binds else None)
