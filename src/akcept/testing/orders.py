"""Orders for tests, placed the way the checkout places them."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.ports import Address
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
    """Order a basket, delivered to Kraków by courier unless `terms` (arguments of `actions.place`) say otherwise."""
    usual: dict[str, Any] = {"delivery_code": COURIER, "delivery_address": ADDRESS}
    return actions.place(actor=person.actor, cart_id=cart_id, **(usual | terms))


def order(placed: Placed) -> Any:
    """Return the shop's row of a placed order, as it is now."""
    return apps.get_model("order.Order").objects.get(pk=placed.order_id)
