"""Oscar's order creation; code that calls Oscar directly cannot place an organisation's order past acceptance."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.apps.order.abstract_models import AbstractOrder as OscarOrder
from oscar.apps.order.utils import OrderCreator as OscarOrderCreator
from oscar.apps.order.utils import OrderDispatcher, OrderNumberGenerator
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotAllowed
from akcept.ordering import actions, status
from akcept.ordering.ports import Address
from akcept.organizations.queries import name_of, seat_of
from akcept.organizations.seats import Seat
from akcept.oscar_edge import facts, figures, quotes
from akcept.oscar_edge.terms import Priced, Terms
from akcept.oscar_edge.vat import Taxed

__all__ = ["OrderCreator", "OrderDispatcher", "OrderNumberGenerator"]


class OrderCreator(OscarOrderCreator):
    """Takes Oscar's arguments: for a member does what `actions.place` does, for anybody else what Oscar does."""

    def place_order(
        self,
        basket: Any,
        total: Any,
        shipping_method: Any,
        shipping_charge: Any,
        user: Any = None,
        shipping_address: Any = None,
        billing_address: Any = None,
        order_number: Any = None,
        status: str | None = None,
        request: Any = None,
        surcharges: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Place the basket for `user`, else for its owner, and return the order; may be called in a transaction.

        A member's is held where it has to be accepted: prices are computed anew from the basket, which has to be their
        own, and `status`, `order_number` and surcharges of the caller are not taken, because each of them could pass
        acceptance by. Raises then the refusals of `akcept.ordering.actions.place`.
        Raises NotAllowed for a member's basket ordered by somebody else, ValueError as Oscar does, and for a status
        that only acceptance leads to.
        """
        _require_own_status(status)
        buyer = user if user is not None and user.is_authenticated else None
        person = buyer or basket.owner
        if _seat(person) is not None:
            return _placed(basket, person, shipping_method, shipping_address, billing_address, kwargs)
        if buyer is not None and basket.owner_id not in (None, buyer.pk):
            _require_nobodys(_seat(basket.owner))
        order = super().place_order(
            basket,
            total,
            shipping_method,
            shipping_charge,
            user=user,
            shipping_address=shipping_address,
            billing_address=billing_address,
            order_number=order_number,
            status=status,
            request=request,
            surcharges=surcharges,
            **kwargs,
        )
        _keep_prices(order, basket, shipping_method)
        return order


def _keep_prices(order: Any, basket: Any, method: Any) -> None:
    """Keep what an order of Oscar's making was priced by, as far as its values say so; three statements.

    Oscar taxes each line by itself. Where the total it was given has VAT once per rate on the sum, the lines get their
    shares of it, so that they add up to what is paid.
    """
    rows, found = list(order.lines.order_by("pk")), [each for _line, each in figures.of_basket(basket)]
    same = len(rows) == len(found) and all(
        row.line_price_excl_tax == each.terms.price(each.quantity).net for row, each in zip(rows, found, strict=True)
    )
    if not same:
        return
    delivery, taxed = _taxed_as_paid(order, basket, method)
    if taxed is not None:
        for row, part in zip(rows, taxed.parts[: len(rows)], strict=True):
            row.line_price_incl_tax = part.gross
        type(rows[0]).objects.bulk_update(rows, ["line_price_incl_tax"])
    lines = [
        (row, replace(each.terms, on_sums=taxed is not None and each.terms.on_sums))
        for row, each in zip(rows, found, strict=True)
    ]
    facts.keep(order, lines, delivery)


def _taxed_as_paid(order: Any, basket: Any, method: Any) -> tuple[Terms, Taxed | None]:
    """Return the terms of the delivery, and what taxes of sums make of the order; None where it does not cost that."""
    beside = sum((each.incl_tax for each in order.surcharges.all()), Decimal(0))
    goods, paid = figures.of_basket(basket), order.total_incl_tax - beside
    whole = figures.of_delivery(method, basket, strategy=basket.strategy)
    taxed = quotes.taxed_goods(goods, whole)
    if taxed.gross == paid and taxed.parts[-1] == Priced(net=order.shipping_excl_tax, gross=order.shipping_incl_tax):
        return whole, taxed
    rate = figures.number(getattr(figures.unwrapped(method)[0], "vat_rate", None))
    charged = Terms(unit_net=order.shipping_excl_tax, unit_gross=order.shipping_incl_tax, rate=rate)
    taxed = quotes.taxed_goods(goods)
    return charged, taxed if taxed.gross == paid - order.shipping_incl_tax else None


def _require_own_status(wanted: str | None) -> None:
    if wanted in status.NOT_WORK:
        raise ValueError(f"No order begins as {wanted!r}: only a member's that has to be accepted does, by itself.")


def _actor(person: Any) -> Actor:
    return Actor.person(person.pk, name_of(person))


def _seat(person: Any) -> Seat | None:
    return seat_of(_actor(person)) if person is not None else None


def _require_nobodys(owners: Seat | None) -> None:
    if owners is not None and owners.module_enabled:
        raise NotAllowed(
            _("This basket belongs to a member of %(organization)s: nobody else can order it.")
            % {"organization": owners.organization_name}
        )


def _placed(
    basket: Any, person: Any, method: Any, shipping_address: Any, billing_address: Any, more: dict[str, Any]
) -> Any:
    """Place a member's basket; of `more`, fields that the shop's own order has and Oscar's has not are filled."""
    orders = get_model("order", "Order").objects
    theirs = {field.name for field in orders.model._meta.concrete_fields}
    oscars = {field.name for field in OscarOrder._meta.fields}
    own = {name: value for name, value in more.items() if name in theirs - oscars}
    with transaction.atomic():
        placed = actions.place_within(
            actor=_actor(person),
            cart_id=basket.pk,
            delivery_code=method.code,
            delivery_address=_address(shipping_address),
            invoice_address=_address(billing_address),
        )
        if own:
            orders.filter(pk=placed.order_id).update(**own)
        return orders.get(pk=placed.order_id)


def _address(row: Any) -> Address | None:
    if row is None:
        return None
    return Address(
        name=row.name,
        line1=row.line1,
        postcode=row.postcode,
        city=row.line4,
        country=row.country_id,
        notes=getattr(row, "notes", "") or "",
    )
