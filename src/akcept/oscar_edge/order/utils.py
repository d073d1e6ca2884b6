"""Oscar's order creation, led into ours: code that calls Oscar directly cannot place an order past acceptance."""

from __future__ import annotations

from typing import Any

from oscar.apps.order.utils import OrderCreator as OscarOrderCreator
from oscar.apps.order.utils import OrderDispatcher, OrderNumberGenerator
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.ordering import actions
from akcept.ordering.ports import Address
from akcept.organizations.queries import name_of

__all__ = ["OrderCreator", "OrderDispatcher", "OrderNumberGenerator"]


class OrderCreator(OscarOrderCreator):
    """Takes Oscar's arguments, does what `akcept.ordering.actions.place` does."""

    def place_order(
        self,
        basket: Any,
        total: Any,
        shipping_method: Any,
        shipping_charge: Any,
        user: Any = None,
        shipping_address: Any = None,
        billing_address: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Place the basket as its owner and return the order, held where it has to be accepted.

        Prices are computed anew from the basket; `status`, `order_number` and surcharges of the caller are not
        taken, because each of them could pass acceptance by. Must not be called inside a transaction. Raises the
        refusals of `akcept.ordering.actions.place`; an anonymous basket is refused.
        """
        owner = user if user is not None else basket.owner
        actor = Actor.person(owner.pk, name_of(owner)) if owner is not None else Actor.anonymous()
        placed = actions.place(
            actor=actor,
            cart_id=basket.pk,
            delivery_code=shipping_method.code,
            delivery_address=_address(shipping_address),
            invoice_address=_address(billing_address) if billing_address is not None else None,
        )
        return get_model("order", "Order").objects.get(pk=placed.order_id)


def _address(row: Any) -> Address:
    if row is None:
        return Address(name="", line1="", postcode="", city="")
    return Address(
        name=row.name,
        line1=row.line1,
        postcode=row.postcode,
        city=row.line4,
        country=row.country_id,
        notes=getattr(row, "notes", "") or "",
    )
