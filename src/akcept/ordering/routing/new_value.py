"""A held order that costs something else by now: what the rules it was placed under ask about its new value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import grounds, routing, sentences
from akcept.approvals import queries as rules
from akcept.approvals.current import CurrentStep, terms_of
from akcept.approvals.facts import Facts
from akcept.approvals.models import Case
from akcept.approvals.routing import Plan, PlannedStep
from akcept.kernel.amounts import Amounts, covered
from akcept.kernel.errors import RefusedByRule
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.money import order_budgets
from akcept.ordering.money.order_budgets import Standings
from akcept.ordering.ports import OrderDocument, Quote
from akcept.ordering.routing.facts import facts_of, subject_of_order
from akcept.ordering.routing.newer_rules import asks_more, steps_of
from akcept.ordering.shop_terms import beyond_tolerance
from akcept.organizations import queries as organizations


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """The plan of an order at its new value; `more` are the steps that ask somebody its present ones do not."""

    plan: Plan
    more: tuple[PlannedStep, ...]
    #: What the rules looked at; None where none binds the unit.
    facts: Facts | None

    def keep(self, case: Case, *, at: datetime) -> None:
        """Keep what the order is routed by now, inside an action's transaction; one statement where rules bind it."""
        if self.facts is not None:
            grounds.keep(case.order_id, self.facts, self.plan, organization_id=case.organization_id, now=at)

    def in_words(self) -> str:
        """Return whom it asks beside those asked so far; empty for nobody."""
        if not self.more:
            return ""
        asked = "; ".join(sentences.asked(step.asks, step.quorum) for step in self.more)
        return _("At this value these are asked too: %(asked)s.") % {"asked": asked}


def plan_again(case: Case, placement: Placement, quote: Quote, budgets: Standings) -> NewPlan:
    """Plan an order at the value it has now, by the version of the rules its case was planned by.

    People are taken as they are now, earlier orders as they were when it was placed. Raises RefusedByRule. Nine
    statements at most.
    """
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
        asks_once=terms_of(case).skip_already_accepted,
        over_budgets={case.order_id: order_budgets.exceeded_names(budgets)},
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
    plan = order_budgets.with_budget_steps(
        plan, budgets, amounts=quote.amounts, once=terms_of(case).skip_already_accepted
    )
    return NewPlan(plan=plan, more=asks_more(steps_of([case])[case.pk], plan), facts=facts if binds else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """What follows from today's prices: `again` is the plan everything starts anew with, None where nothing does."""

    again: NewPlan | None = None
    #: It starts anew because others have to accept the new value too, whatever the tolerance says.
    others_too: bool = False


def repriced(
    case: Case,
    placement: Placement,
    current: CurrentStep,
    *,
    before: OrderDocument,
    after: Quote,
    budgets: Standings,
    terms: ShopTerms,
) -> Repriced:
    """Return whether an order that costs `after` now is asked about anew; nothing is written. Raises RefusedByRule.

    No statement where no sum rose, else as `plan_again` and one more.
    """
    if not after.amounts.exceeds(before.amounts):
        return Repriced()
    again = plan_again(case, placement, after, budgets)
    others_too = bool(again.more) or _outgrown(current, after.amounts)
    if others_too or beyond_tolerance(terms, before.total_net, after.total_net):
        return Repriced(again=again, others_too=others_too)
    return Repriced()


def _outgrown(current: CurrentStep, amounts: Amounts) -> bool:
    """Whether somebody accepted the open step whose limit does not reach so far; one statement where it matters."""
    given = [decision.for_member_id or decision.member_id for decision in current.accepted]
    if not given or not current.step.needs_cover:
        return False
    return not all(covered(limits, amounts) for limits in organizations.limits_of(given))
