"""What decides how an order goes in, shared by the checkout's preview and by placing itself, so both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BigIntegerField, DateField, Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from akcept.agreements.answers import Conditions
from akcept.approvals import queries as rules
from akcept.approvals import routing, sentences
from akcept.approvals.facts import Facts
from akcept.approvals.models import Terms
from akcept.approvals.routing import Plan, PlannedStep
from akcept.approvals.rules import Needs, Policy
from akcept.kernel.amounts import Amounts
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NobodyCanDecide, RefusedByRule
from akcept.ordering import shop_terms
from akcept.ordering.money import order_budgets
from akcept.ordering.money.order_budgets import Locked, Standings
from akcept.ordering.ports import OrderDocument, Quote
from akcept.ordering.routing.facts import facts_of, one_after_another, subject_of_cart
from akcept.ordering.shop_terms import require_value
from akcept.organizations import queries
from akcept.organizations.seats import Matter, Person, Seat
from akcept.organizations.wording import either, money

if TYPE_CHECKING:
    from akcept.agreements.queries import Heads


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who places and what will happen: `plan` without steps goes straight to the shop."""

    seat: Seat | None
    plan: Plan
    approvers: tuple[Person, ...]
    #: What the rules looked at; None where no rule binds the unit.
    facts: Facts | None = None
    #: The budgets that bind it, each with what the order takes of it.
    budgets: Standings = ()
    #: Whether people who accepted a step are not asked by a later one.
    asks_once: bool = True

    @property
    def waits(self) -> bool:
        """Whether the order will wait for somebody's acceptance."""
        return self.plan.waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an order is planned on: its organisation's rules and terms, whether the shop's terms bind it, its budgets.

    `locked`: the budgets, and the unit where rules add its orders up, are nobody else's until the transaction ends.
    """

    policy: Policy
    terms: Terms
    bound_by_shop: bool
    has_budgets: bool
    #: What was agreed with the unit, where that says something of its orders; else None.
    heads: Heads | None = None
    locked: bool = False
    budgets: Locked = ()

    @property
    def agreed(self) -> Conditions | None:
        """What was agreed with the unit of its orders; None where nothing was."""
        return None if self.heads is None else shop_terms.said_of_orders(self.heads)


def _beside(*, organization_id: Any, unit_id: Any, today: Any) -> dict[str, Any]:
    return {
        "bound_by_shop": Exists(shop_terms.saying_something()),
        "has_budgets": Exists(order_budgets.of(organization_id)),
        "is_agreed": shop_terms.is_agreed(unit_id, today),
    }


_in_force: Final = rules.InForce(_beside, unit_id=BigIntegerField(), today=DateField())


def _ground(seat: Seat) -> Ground:
    policy, terms, found = _in_force(seat.organization_id, unit_id=seat.unit_id, today=timezone.localdate())
    return Ground(
        policy=policy,
        terms=terms,
        bound_by_shop=found.bound_by_shop,
        has_budgets=found.has_budgets,
        heads=shop_terms.heads_with(seat.unit_id) if found.is_agreed else None,
    )


def look(seat: Seat | None) -> Ground | None:
    """Return the same as `stand`, with nothing locked."""
    return None if seat is None or not seat.module_enabled else _ground(seat)


def stand(seat: Seat | None, *, budgets: Locked | None = None) -> Ground | None:
    """Lock what an order of a seat is planned on, before its basket or stock.

    The budgets, so that what they have left is not used twice: those that bind a new order, or the `budgets` that one
    which is there was booked on, locked by the caller. The unit, so that rules count its orders one after another.
    None for whom nothing is planned.
    """
    if seat is None or not seat.module_enabled:
        return None
    ground = _ground(seat)
    if budgets is None:
        budgets = order_budgets.lock_for_new_order(seat) if ground.has_budgets else ()
    if ground.policy.needs.windows and ground.policy.binds(seat.unit_path):
        one_after_another(seat.unit_id)
    return replace(ground, locked=True, budgets=budgets)


def route(
    seat: Seat | None,
    quote: Quote | OrderDocument,
    *,
    order_id: int | None = None,
    at: datetime | None = None,
    ground: Ground | None = None,
) -> Route:
    """Plan what a cart of this quote, or an order (`order_id`) that is changed, goes through.

    `ground` is what `stand` locked for it; without one it is looked at as it is now. Raises OutOfBounds (the shop's
    smallest or largest order), OverBudget, RefusedByRule, and NobodyCanDecide rather than let it wait for ever: each
    step has to find somebody.
    """
    if seat is None or not seat.module_enabled:
        return Route(seat=seat, plan=Plan(), approvers=())
    now = at or utc_now()
    ground = ground or _ground(seat)
    policy, terms, locked = ground.policy, ground.terms, ground.budgets if ground.locked else None
    budgets: Standings = ()
    if order_id is not None:
        budgets = order_budgets.of_order(order_id, quote.amounts, locked=locked)
    elif ground.has_budgets:
        budgets = order_budgets.of_new_order(seat, quote.amounts, at=now, locked=locked)
    if ground.bound_by_shop or ground.agreed is not None:
        require_value(shop_terms.in_force(agreed=ground.agreed, bound=ground.bound_by_shop), quote.amounts)
    binds = policy.binds(seat.unit_path)
    people = _acceptors(seat, policy, budgets) if binds else None
    (facts,) = facts_of(
        [subject_of_cart(seat, quote, at=now, order_id=order_id)],
        policy.needs if binds else Needs(),
        acceptors=tuple(map(rules.acceptor_of, people.members)) if people is not None else (),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
        over_budgets={order_id: order_budgets.exceeded_names(budgets)},
    )
    plan = routing.plan(facts, policy)
    if plan.refused:
        raise RefusedByRule(
            _("The rules of %(organization)s do not allow this order: “%(text)s”")
            % {"organization": seat.organization_name, "text": plan.refused}
        )
    plan = order_budgets.with_budget_steps(plan, budgets, amounts=quote.amounts, once=terms.skip_already_accepted)
    return Route(
        seat=seat,
        plan=plan,
        approvers=_asked_first(seat, plan, quote.amounts, among=people, requester_may=terms.self_acceptance),
        facts=facts if binds else None,
        budgets=budgets,
        asks_once=terms.skip_already_accepted,
    )


def _asked_first(
    seat: Seat, plan: Plan, amounts: Amounts, *, among: queries.Acceptors | None, requester_may: bool
) -> tuple[Person, ...]:
    """Return who answers the first step, when each step has somebody. Raises NobodyCanDecide."""
    matters = [_matter(seat, step, amounts, requester_may=requester_may) for step in plan.steps]
    people = queries.who_may_accept_each(matters, among=among)
    for step, matter, found in zip(plan.steps, matters, people, strict=True):
        if not _enough(found, step):
            raise NobodyCanDecide(_nobody(seat, step, matter, amounts))
    return tuple(people[0]) if people else ()


def _enough(people: Sequence[Person], step: PlannedStep) -> bool:
    """Whether those who may answer a step are as many as it wants; substitutes stand beside whom they substitute."""
    return len([person for person in people if not person.stands_for]) >= max(step.quorum, 1)


def _acceptors(seat: Seat, policy: Policy, budgets: Standings) -> queries.Acceptors:
    """Return all that rules or budgets could make answer, read once."""
    owners = {found.owner_id for found in budgets if found.owner_id is not None}
    return queries.acceptors_of_unit(seat.organization_id, seat.unit_path, named=policy.needs.people | owners)


def _matter(seat: Seat, step: PlannedStep, amounts: Amounts, *, requester_may: bool) -> Matter:
    return Matter(
        organization_id=seat.organization_id,
        unit_path=seat.unit_path,
        requester_id=seat.member_id,
        amounts=amounts if step.needs_cover else None,
        asks=step.asks,
        requester_may=requester_may,
    )


class _Cause(StrEnum):
    """Why a step finds nobody, or too few."""

    NOBODY = "nobody"
    #: Whoever it asks has a limit that the order's value is above.
    LIMITS = "limits"
    #: Their limits are in other currencies.
    CURRENCY = "currency"
    #: Only whoever places the order.
    ONESELF = "oneself"


def _cause(step: PlannedStep, matter: Matter) -> _Cause:
    """Return what would have to be different for a step to find enough people; two statements at most."""
    without_limits = replace(matter, amounts=None)
    anybody, with_oneself = queries.who_may_accept_each([without_limits, replace(without_limits, requester_may=True)])
    if _enough(anybody, step):
        currency = matter.amounts.currency if matter.amounts else ""
        limits = queries.limits_of([person.member_id for person in anybody])
        known = any(limit.currency == currency for own in limits for limit in own)
        return _Cause.LIMITS if known else _Cause.CURRENCY
    return _Cause.ONESELF if _enough(with_oneself, step) else _Cause.NOBODY


def _nobody(seat: Seat, step: PlannedStep, matter: Matter, amounts: Amounts) -> str:
    """Return that an order would find nobody to decide it, why, and whom to ask."""
    cause = _cause(step, matter)
    names = [person.name for person in queries.administrators(seat.organization_id)]
    words = {
        "unit": seat.unit_name,
        "who": sentences.asked(step.asks, step.quorum),
        "value": money(amounts.total_net, amounts.currency),
        "currency": amounts.currency,
    }
    wants = _("Nobody may accept this order for %(unit)s, so it would wait forever.") % words
    if step.rule:
        wants = _("The rule “%(rule)s” wants this order of %(unit)s accepted by %(who)s.") % {
            **words,
            "rule": step.rule,
        }
    parts = [wants, _cause_text(cause, ruled=bool(step.rule)) % words]
    if names:
        parts.append(_("Ask %(names)s; your basket stays as it is.") % {"names": either(names)})
    return " ".join(filter(None, parts))


def _cause_text(cause: _Cause, *, ruled: bool) -> str:
    if cause is _Cause.LIMITS:
        return _("It is worth %(value)s net, and nobody's limit reaches that far: somebody needs a higher one.")
    if cause is _Cause.CURRENCY:
        return _("Limits are in other currencies and do not cover an order in %(currency)s: somebody needs one in it.")
    if cause is _Cause.ONESELF:
        return _("Only you could accept it, and nobody accepts what they placed: somebody else needs the permission.")
    if ruled:
        return _("Nobody can do that, or not enough people can.")
    return _("Somebody needs the permission to accept orders.")
