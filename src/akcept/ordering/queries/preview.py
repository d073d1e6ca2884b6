"""What ordering the basket would lead to, before it is ordered."""

from __future__ import annotations

from dataclasses import dataclass

from akcept.approvals import sentences
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import OverBudget, Refused
from akcept.ordering import buying
from akcept.ordering.money import order_budgets
from akcept.ordering.money.credit import Credit, credit_of
from akcept.ordering.money.order_budgets import Standings
from akcept.ordering.ports import Quote
from akcept.ordering.routing import reasons, routes
from akcept.ordering.routing.routes import Route
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPreview:
    """What would happen if the cart were ordered now: exactly one of refused, waits, or neither (goes to the shop)."""

    refused: str
    waits: bool
    reason: str
    approvers: tuple[str, ...]
    unit_name: str
    organization_name: str
    #: The budgets that would bind it, each with what it would take; empty where there is none.
    budgets: Standings = ()
    #: How many of the approvers have to accept the first step; 0 is all of them.
    quorum: int = 1
    #: How often they are asked in a row.
    times: int = 1
    #: Whom the steps after that ask, in words; who is asked several times in a row once, with how often.
    then: tuple[str, ...] = ()


def _refused(refusal: Refused, budgets: Standings = ()) -> BasketPreview:
    return BasketPreview(
        refused=str(refusal),
        waits=False,
        reason="",
        approvers=(),
        unit_name="",
        organization_name="",
        budgets=budgets,
    )


def preview(actor: Actor, quote: Quote) -> BasketPreview:
    """Return what placing this quote would lead to, with the same code placing uses. Never raises Refused."""
    seat: Seat | None = None
    try:
        seat = buying.require_buyer(actor)
        route = routes.route(seat, quote, at=utc_now())
    except OverBudget as refusal:
        return _refused(refusal, order_budgets.binding_new_order(seat, quote.amounts, at=utc_now()) if seat else ())
    except Refused as refusal:
        return _refused(refusal)
    return preview_of(seat, route)


def preview_of(seat: Seat | None, route: Route) -> BasketPreview:
    """Return what a cart leads to that was routed for this seat; reads nothing but names of roles."""
    unit = seat.unit_name if seat else ""
    steps = route.plan.steps
    names = tuple(person.name for person in route.approvers)
    asked = [sentences.asked(step.asks, step.quorum) for step in steps]
    turns = sentences.turns(asked, answers=names, once=route.asks_once)
    return BasketPreview(
        refused="",
        waits=route.waits,
        reason=reasons.to_requester(steps[0].reason.value, steps[0].detail, unit_name=unit) if steps else "",
        approvers=names,
        unit_name=unit,
        organization_name=seat.organization_name if seat else "",
        budgets=route.budgets,
        quorum=steps[0].quorum if steps else 1,
        times=turns.times,
        then=turns.then,
    )


def may_order(seat: Seat | None) -> bool:
    """Whether somebody may order at all; reads nothing."""
    return buying.seat_buys(seat)


def why_no_orders(seat: Seat | None) -> str:
    """Return why somebody may not order at all, naming whom to ask; "" for whoever may. Reads only when refusing."""
    try:
        buying.require_seat_buys(seat)
    except Refused as refusal:
        return str(refusal)
    return ""


def own_credit(seat: Seat | None) -> Credit | None:
    """Return what a member's organisation may still order on account, None where the merchant set no limit.

    One statement without a limit, two with one.
    """
    return credit_of(seat.organization_id, unit_id=seat.unit_id) if seat is not None and seat.active else None
