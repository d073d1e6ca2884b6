"""Giving a waiting order the steps of rules that came after it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases, grounds, routing, sentences
from akcept.approvals import queries as approvals
from akcept.approvals.current import terms_of
from akcept.approvals.models import Case
from akcept.approvals.routing import Plan
from akcept.approvals.states import State
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, NobodyCanDecide, NotFound
from akcept.ordering import topics
from akcept.ordering.actions.parts.locked import asked_payload
from akcept.ordering.models import Placement
from akcept.ordering.money import order_budgets
from akcept.ordering.routing.newer_rules import asks_more, steps_of
from akcept.ordering.routing.trials import facts_now
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Matter, Person
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def recheck(order_number: str, *, actor: Actor, now: datetime | None = None) -> None:
    """Give a waiting order the steps of the rules in force; they start anew, and whoever is asked is mailed.

    For whoever manages rules, of the own unit and below. Earlier acceptances of the order count no more. Journal:
    `order.replanned`. Raises NotAllowed, NotFound, IllegalMove (it no longer waits, or would not be asked about
    further), NobodyCanDecide.
    """
    at = now or utc_now()
    seat = approvals.policy_maker(actor)
    case = lock(
        Case.objects.filter(
            organization_id=seat.organization_id, unit__path__startswith=seat.unit_path, order__number=order_number
        ).select_related(
            "organization__acceptance_terms",
            "order__akcept_placement__requester__user",
            "order__akcept_placement__requester__unit",
            "order__akcept_placement__unit",
        ),
        of=("self", "order"),
    ).first()
    if case is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    if case.state != State.AWAITING:
        raise IllegalMove(_("This order is no longer waiting for acceptance."))
    placement: Placement = case.order.akcept_placement
    policy = approvals.policy_of(seat.organization_id)
    (facts,) = facts_now([placement], seat.organization_id, policy)
    plan = routing.plan(facts, policy)
    if not asks_more(steps_of([case])[case.pk], plan):
        raise IllegalMove(_("The current rules would not ask for any more acceptances of this order."))
    standings = order_budgets.of_order(case.order_id, placement.amounts)
    plan = order_budgets.with_budget_steps(
        plan, standings, amounts=placement.amounts, once=terms_of(case).skip_already_accepted
    )
    people = _who_is_asked(case, placement, facts.unit_path, plan)
    cases.replan(case, plan=plan, asked=[person.member_id for person in people], now=at)
    grounds.keep(case.order_id, facts, plan, organization_id=case.organization_id, now=at)
    payload = {"order_id": case.order_id, "policy_version": plan.policy_version, **asked_payload(people)}
    journal.write(
        Event(topics.REPLANNED, ("order", order_number), payload),
        actor=actor,
        organization_id=case.organization_id,
        now=at,
    )


def _who_is_asked(case: Case, placement: Placement, unit_path: str, plan: Plan) -> list[Person]:
    """Return who answers the first of the new steps. Raises NobodyCanDecide where one of them has too few people."""
    found = organizations.who_may_accept_each(
        [
            Matter(
                organization_id=case.organization_id,
                unit_path=unit_path,
                requester_id=case.requester_id,
                amounts=placement.amounts if step.needs_cover else None,
                asks=step.asks,
                requester_may=terms_of(case).self_acceptance,
            )
            for step in plan.steps
        ]
    )
    for step, people in zip(plan.steps, found, strict=True):
        if sum(not person.stands_for for person in people) < max(step.quorum, 1):
            raise NobodyCanDecide(
                _(
                    "Under the current rules this order would need %(who)s, but there is nobody, or not enough "
                    "people: it keeps its steps."
                )
                % {"who": sentences.asked(step.asks, step.quorum)}
            )
    return found[0]
