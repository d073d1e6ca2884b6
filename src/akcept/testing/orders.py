"""Orders for tests, placed the way the checkout places them."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.ports import Address
from akcept.organizations.queries import delivery_addresses
from akcept.testing import carts
from akcept.testing.cast import Person

ADDRESS = Address(name="Acme, Oddział Kraków", line1="ul. Wadowicka 6", postcode="30-415", city="Kraków")
COURIER = "courier"


def place(
    person: Person,
    *,
    lines: int = 3,
    quantity: int = 2,
    records: list[Any] | None = None,
    **terms: Any,
) -> Placed:
    """Place an order of so many lines for the person; `terms` as in `place_cart`."""
    return place_cart(person, carts.fill(person, lines=lines, quantity=quantity, records=records), **terms)


def place_cart(person: Person, cart_id: int, **terms: Any) -> Placed:
    """Order a basket, sent to their unit by courier unless `terms` (arguments of `actions.place`) say otherwise."""
    terms.setdefault("delivery_code", COURIER)
    if "delivery_address" not in terms:
        terms["delivery_address"] = address_of(person)
    return actions.place(actor=person.actor, cart_id=cart_id, **terms)


def address_of(person: Person) -> Address:
    """Return the default address of a member's unit, `ADDRESS` for everybody else."""
    seat = person.seat
    if seat is None:
        return ADDRESS
    row = delivery_addresses(seat)[0]
    return Address(name=row.recipient, line1=row.line1, postcode=row.postcode, city=row.city, country=row.country)


def order(placed: Placed) -> Any:
    """Return the shop's row of a placed order, as it is now."""
    return apps.get_model("order.Order").objects.get(pk=placed.order_id)
