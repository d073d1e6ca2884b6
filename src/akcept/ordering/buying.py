"""Who may buy, where their goods may go, and to whom the invoice is made out."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from akcept.agreements.answers import Addressed, Conditions
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import Invalid, NotAllowed
from akcept.ordering import payments, shop_terms
from akcept.ordering.ports import Address
from akcept.organizations import countries, module, policies, queries
from akcept.organizations.gate import Gate
from akcept.organizations.models import UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.organizations.wording import either


def require_buyer(actor: Actor) -> Seat | None:
    """Return the seat orders are placed from, None for a customer without an organisation.

    Raises NotAllowed (nobody logged in, no permission, deactivated, organisation not confirmed or blocked); the text
    names whom to ask. While the module is off, members of an active organisation order like any other customer.
    """
    _require_login(actor)
    return _require_known(queries.seat_of(actor))


def buyer_and_delivery(actor: Actor, wanted: Address | int | None) -> tuple[Seat | None, Address | None]:
    """Return the seat as `require_buyer` does and where goods go as `delivered_to` does; raises what they raise.

    One of the unit's addresses comes with the seat, in one statement. None is for goods that are not sent anywhere.
    """
    _require_login(actor)
    if wanted is None:
        return _require_known(queries.seat_of(actor)), None
    if not isinstance(wanted, int):
        seat = _require_known(queries.seat_of(actor))
        return seat, delivered_to(seat, wanted)
    found, row = queries.seat_and_address(actor, wanted)
    seat = _require_known(found)
    return seat, _of_unit(seat, row)


def _require_known(seat: Seat | None) -> Seat | None:
    """Return the seat orders may be placed from. Raises as `require_buyer`."""
    if seat is None and module.kept_gate().gate is not Gate.OPEN:
        raise NotAllowed(_("This shop sells to companies it knows. Open an account for your company."))
    return require_seat_buys(seat)


def _require_login(actor: Actor) -> None:
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        raise NotAllowed(_("Log in to place an order."))


def seat_buys(seat: Seat | None) -> bool:
    """Whether orders may be placed from a seat, or by a customer without one; reads nothing."""
    if seat is None:
        return True
    permitted = not seat.module_enabled or seat.holds(Permission.PLACE_ORDERS)
    return seat.active and seat.organization_status == "active" and permitted


def require_seat_buys(seat: Seat | None) -> Seat | None:
    """Return the seat when orders may be placed from it, None for a customer without one; raises as `require_buyer`."""
    if seat is None or seat_buys(seat):
        return seat
    if not seat.active:
        raise NotAllowed(_("Your account has been deactivated. Ask an administrator of your organisation."))
    policies.require_active_organization(seat)
    raise NotAllowed(_no_permission(seat))


def delivered_to(seat: Seat | None, typed: Address) -> Address:
    """Return a typed address that goods may go to.

    Raises Invalid unless it is one of a member's unit's addresses, or the member may have them sent anywhere: by
    permission, or because that was agreed. That only own ones were agreed, `require_agreed_address` says.
    """
    typed = replace(typed, country=typed.country or countries.default())
    if seat is None or not seat.module_enabled or seat.holds(Permission.USE_FREE_ADDRESS):
        return typed
    if not _is_own(seat, typed) and shop_terms.agreed_with(seat.unit_id).addressed is not Addressed.ANYWHERE:
        raise Invalid(
            _("Choose one of the delivery addresses of %(unit)s; delivery elsewhere needs a separate permission.")
            % {"unit": seat.unit_name},
            field="address",
        )
    return typed


def goes_anywhere(seat: Seat, said: Conditions) -> bool:
    """Whether a member may have goods sent to any address: as was agreed, else by their permission."""
    if not seat.module_enabled or said.addressed is Addressed.ANYWHERE:
        return True
    return said.addressed is not Addressed.OWN and seat.holds(Permission.USE_FREE_ADDRESS)


def require_agreed_address(seat: Seat | None, wanted: Address | int | None, said: Conditions) -> None:
    """Raise Invalid (field `address`) for a typed address where only those of the unit were agreed.

    One statement for a typed one there; else none.
    """
    if seat is None or not isinstance(wanted, Address) or said.addressed is not Addressed.OWN:
        return
    if seat.module_enabled and not _is_own(seat, replace(wanted, country=wanted.country or countries.default())):
        text = _("What was agreed with you has goods sent to the addresses of %(unit)s only. Choose one of those.")
        raise Invalid(text % {"unit": seat.unit_name}, field="address")


def _is_own(seat: Seat, typed: Address) -> bool:
    own = [replace(_delivery_to(row), phone="") for row in queries.delivery_addresses(seat)]
    return replace(typed, phone="", notes="") in own


def _of_unit(seat: Seat | None, row: UnitAddress | None) -> Address:
    if seat is None:
        raise Invalid(_("Type the delivery address."), field="address")
    if row is None:
        raise Invalid(
            _("This is not, or no longer, a delivery address of %(unit)s. Choose one of those listed here.")
            % {"unit": seat.unit_name},
            field="address",
        )
    return _delivery_to(row)


def require_address(delivery: Address | None, *, is_sent: bool) -> None:
    """Raise Invalid (field `address`) when there is nowhere to send what has to be sent."""
    if delivery is None and is_sent:
        raise Invalid(_("Type the delivery address."), field="address")


def _delivery_to(row: UnitAddress) -> Address:
    return Address(
        name=row.recipient,
        line1=row.line1,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
        phone=row.phone,
    )


def invoiced_to(seat: Seat | None) -> Address | None:
    """Return where a member's invoices are made out to: their organisation; None for a private customer."""
    if seat is None:
        return None
    at = seat.organization_premises
    return Address(name=seat.organization_name, line1=at.line1, postcode=at.postcode, city=at.city, country=at.country)


def _no_permission(seat: Seat) -> str:
    names = [person.name for person in queries.administrators(seat.organization_id)]
    if not seat.sees_prices:
        return _("You may look at products, but not place orders. Ask an administrator of your organisation.")
    if not names:
        return _("For %(organization)s you may look at prices, but not place orders.") % {
            "organization": seat.organization_name
        }
    return _("You may look at prices, but not place orders. Ask %(names)s for the permission to place orders.") % {
        "names": either(names)
    }


def require_payment(seat: Seat | None, payment_code: str) -> None:
    """Raise Invalid (field `payment`) for a way to pay that this buyer does not have."""
    if payment_code not in payments.choices_for(has_organization=seat is not None):
        raise Invalid(_("Choose one of the ways to pay."), field="payment")


def require_agreed(found: Conditions, *, payment_code: str | None = None, delivery_code: str | None = None) -> None:
    """Raise Invalid (field `payment` or `delivery`) for a way that was not agreed; None is not looked at."""
    if payment_code is not None and found.pays and payment_code not in found.pays:
        ways = either([str(payments.LABELS.get(code, code)) for code in found.pays])
        text = _("What was agreed with you has another way to pay: %(ways)s. Choose that, or ask the shop.")
        raise Invalid(text % {"ways": ways}, field="payment")
    if delivery_code and found.delivers and delivery_code not in found.delivers:
        text = _("What was agreed with you does not have this way of delivery. Choose another one, or ask the shop.")
        raise Invalid(text, field="delivery")
