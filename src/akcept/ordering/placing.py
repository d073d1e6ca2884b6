"""What decides how an order goes in, shared by the checkout's preview and by placing itself, so both say the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from akcept.approvals import routing
from akcept.approvals.routing import Facts, Plan
from akcept.approvals.standing import terms_for
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import Invalid, NobodyCanDecide, NotAllowed
from akcept.ordering.ports import Address, OrderDocument, Quote
from akcept.organizations import policies, queries
from akcept.organizations.grants import Amounts
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Matter, Person, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who places and what will happen: `plan` without steps goes straight to the shop."""

    seat: Seat | None
    plan: Plan
    approvers: tuple[Person, ...]

    @property
    def waits(self) -> bool:
        """Whether the order will wait for somebody's acceptance."""
        return self.plan.waits


def require_buyer(actor: Actor) -> Seat | None:
    """Return the seat orders are placed from, None for a customer without an organisation.

    Raises NotAllowed (nobody logged in, no permission, deactivated, organisation not confirmed or blocked); the text
    names whom to ask. While the module is off, members of an active organisation order like any other customer.
    """
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        raise NotAllowed(_("Log in to place an order."))
    seat = queries.seat_of(actor)
    if seat is None:
        return None
    if not seat.active:
        raise NotAllowed(
            _("Your account in %(organization)s has been deactivated. Ask an administrator of your organisation.")
            % {"organization": seat.organization_name}
        )
    policies.require_active_organization(seat)
    if seat.module_enabled and not seat.holds(Permission.PLACE_ORDERS):
        raise NotAllowed(_no_permission(seat))
    return seat


def require_address(seat: Seat | None, address: Address) -> None:
    """Raise Invalid unless a member's goods go to an address of his unit, or he may have them sent anywhere."""
    if seat is None or not seat.module_enabled or seat.holds(Permission.USE_FREE_ADDRESS):
        return
    own = {(row.recipient, row.line1, row.postcode, row.city, row.country) for row in queries.delivery_addresses(seat)}
    if (address.name, address.line1, address.postcode, address.city, address.country) not in own:
        raise Invalid(
            _("Choose one of the delivery addresses of %(unit)s; delivery elsewhere needs a permission of its own.")
            % {"unit": seat.unit_name},
            field="address",
        )


def _no_permission(seat: Seat) -> str:
    names = [person.name for person in queries.administrators(seat.organization_id)]
    if not names:
        return _("You may look at prices, but not place orders for %(organization)s.") % {
            "organization": seat.organization_name
        }
    return _("You may look at prices, but not place orders. Ask %(names)s for the permission to place orders.") % {
        "names": listed(names)
    }


def route(seat: Seat | None, quote: Quote | OrderDocument) -> Route:
    """Plan what a cart of this quote, or an order that is changed, goes through.

    Raises NobodyCanDecide rather than let it wait for ever.
    """
    if seat is None or not seat.module_enabled:
        return Route(seat=seat, plan=Plan(), approvers=())
    plan = routing.plan(
        Facts(
            requester_may_accept=seat.holds(Permission.ACCEPT_ORDERS),
            requester_limits=seat.limits,
            amounts=quote.amounts,
        )
    )
    if not plan.waits:
        return Route(seat=seat, plan=plan, approvers=())
    approvers = queries.who_may_accept(_first_matter(seat, plan, quote.amounts))
    if not approvers:
        raise NobodyCanDecide(_nobody(seat))
    return Route(seat=seat, plan=plan, approvers=tuple(approvers))


def _first_matter(seat: Seat, plan: Plan, amounts: Amounts) -> Matter:
    step = plan.steps[0]
    return Matter(
        organization_id=seat.organization_id,
        unit_path=seat.unit_path,
        requester_id=seat.member_id,
        amounts=amounts if step.needs_cover else None,
        asks=step.asks,
        requester_may=terms_for(seat.organization_id).self_acceptance,
    )


def _nobody(seat: Seat) -> str:
    names = [person.name for person in queries.administrators(seat.organization_id)]
    words = {"unit": seat.unit_name, "names": listed(names)}
    if not names:
        return _("Nobody may accept this order of %(unit)s, so it would wait for ever.") % words
    return (
        _(
            "Nobody may accept this order of %(unit)s, so it would wait for ever. "
            "Ask %(names)s to give somebody the permission; your basket stays as it is."
        )
        % words
    )


def listed(names: list[str]) -> str:
    """Return "Ben Nowak or Cora Wiśniewska" in the active language."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
