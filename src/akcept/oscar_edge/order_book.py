"""Oscar's orders behind the port of `akcept.ordering`: written in bulk, moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_class, get_model

from akcept.kernel.errors import AlreadyPlaced, EmptyCart, Invalid, NotFound, Stale
from akcept.kernel.money import cents
from akcept.ordering import status
from akcept.ordering.ports import (
    Address,
    AgreedSince,
    Cart,
    DeliveryOption,
    Obstacles,
    OrderDraft,
    OrderRef,
    Quote,
    WantedLine,
)
from akcept.organizations import countries
from akcept.oscar_edge import (
    agreed,
    agreed_since,
    baskets,
    delivery,
    discounts,
    facts,
    figures,
    quotes,
    repricing,
    revising,
    stock,
    validity,
)
from akcept.oscar_edge.basket import lists
from akcept.oscar_edge.figures import LineFigures
from akcept.oscar_edge.guards import moving_held_order
from akcept.oscar_edge.line_columns import before_discounts, line_price
from akcept.oscar_edge.terms import Priced
from akcept.transactions.locking import lock

if TYPE_CHECKING:
    from akcept.agreements.queries import Heads


class OscarOrderBook:
    """See `akcept.ordering.ports.OrderBook`."""

    def new_cart(
        self, wanted: Sequence[WantedLine], *, buyer_id: int, member_id: int | None, origin: int | None = None
    ) -> int:
        """Make a basket of a list; its products are found in at most three statements, the rest is five."""
        buyer = get_user_model().objects.get(pk=buyer_id)
        return lists.fill_new(wanted, buyer=buyer, member_id=member_id, origin=origin)

    def open_cart(
        self,
        cart_id: int,
        *,
        buyer_id: int,
        member_id: int | None,
        delivery_code: str,
        looking: bool = False,
        heads: Heads | None = None,
    ) -> Cart:
        """Lock basket and stock, then price; four statements, more only where vouchers, options or offers apply."""
        basket = self._locked_basket(cart_id, buyer_id, member_id)
        user = basket.owner
        basket.strategy = quotes.strategy_for(user, agreed.Buyer(member_id=member_id, known=heads))
        lines = quotes.load_lines(basket, lock_stock=not looking)
        if not any(line.quantity for line in lines):
            raise EmptyCart(pgettext("shop", "Your basket is empty."))
        quotes.require_available(lines)
        get_class("offer.applicator", "Applicator")().apply(basket, user)
        method = quotes.shipping_method(basket, user=user, code=delivery_code)
        quote = quotes.quote_for(basket, method)
        again, is_sent = baskets.origin_of(basket, lines), bool(basket.is_shipping_required())
        return Cart(id=cart_id, quote=quote, handle=(basket, method), again=again, is_sent=is_sent)

    def _locked_basket(self, cart_id: int, buyer_id: int, member_id: int | None) -> Any:
        Basket, vouchers = get_model("basket", "Basket"), get_model("voucher", "Voucher").objects.all()
        own = baskets.at_home(Basket.objects.all(), user_id=buyer_id, member_id=member_id)
        basket = (
            lock(own.filter(pk=cart_id))
            .select_related("owner", "akcept_origin")
            .annotate(has_vouchers=Exists(vouchers.filter(basket=OuterRef("pk"))))
            .first()
        )
        if basket is None:
            raise NotFound(_("This basket is not yours, or it is gone."))
        if basket.status == Basket.SUBMITTED:
            number = (
                get_model("order", "Order").objects.filter(basket_id=cart_id).values_list("number", flat=True).first()
            )
            raise AlreadyPlaced(
                _("This basket has already been ordered, as order %(number)s.") % {"number": number},
                order_number=str(number),
            )
        if basket.status != Basket.OPEN:
            raise NotFound(_("This basket is no longer open."))
        used = vouchers if basket.has_vouchers else vouchers.none()
        prefetch_related_objects([basket], Prefetch("vouchers", queryset=used))
        return basket

    def write(self, cart: Cart, draft: OrderDraft) -> OrderRef:
        """Write the order; seven statements (eight with an invoice address), more only for options and discounts."""
        basket, method = cart.handle
        order = self._insert_order(cart, draft, basket=basket, method=method)
        found = figures.of_basket(basket)
        lines = [line for line, _figures in found]
        discounts.record(order, basket, method, [each for _line, each in found])
        rows = self._insert_lines(order, found, cart, draft)
        discounts.record_by_line(order, [each for _line, each in found], rows)
        charge = figures.of_delivery(method, basket, strategy=basket.strategy)
        facts.keep(order, zip(rows, (each.terms for _line, each in found), strict=True), charge)
        stock.allocate(lines)
        agreed.keep(order.pk, basket.strategy, [(line, each.quantity) for line, each in found])
        basket.status, basket.date_submitted = basket.SUBMITTED, draft.placed_at
        basket.save(update_fields=["status", "date_submitted"])
        return OrderRef(id=order.pk, number=str(order.number), status=draft.status, buyer_id=draft.buyer_id)

    def _insert_order(self, cart: Cart, draft: OrderDraft, *, basket: Any, method: Any) -> Any:
        quote = cart.quote
        invoice = draft.invoice_address
        order = get_model("order", "Order")(
            number=str(get_class("order.utils", "OrderNumberGenerator")().order_number(basket)),
            site=Site.objects.get_current(),
            basket=basket,
            user_id=draft.buyer_id,
            currency=quote.currency,
            total_incl_tax=quote.total_gross,
            total_excl_tax=quote.total_net,
            shipping_incl_tax=quote.delivery_gross,
            shipping_excl_tax=quote.delivery_net,
            shipping_method=str(method.name),
            shipping_code=method.code,
            shipping_address=_saved_address("ShippingAddress", draft.delivery_address)
            if draft.delivery_address
            else None,
            billing_address=_saved_address("BillingAddress", invoice) if invoice else None,
            status=draft.status,
            date_placed=draft.placed_at,
        )
        order.save(force_insert=True)
        return order

    def _insert_lines(
        self, order: Any, found: Sequence[tuple[Any, LineFigures]], cart: Cart, draft: OrderDraft
    ) -> list[Any]:
        Line = get_model("order", "Line")
        rows = [
            Line(
                order=order,
                partner=line.stockrecord.partner,
                partner_name=line.stockrecord.partner.name,
                partner_sku=line.stockrecord.partner_sku,
                stockrecord=line.stockrecord,
                product=line.product,
                title=line.product.get_title(),
                upc=line.product.upc,
                quantity=line.quantity,
                line_price_excl_tax=quoted.net,
                line_price_incl_tax=quoted.gross,
                **before_discounts(each.terms, Priced(net=quoted.net, gross=quoted.gross), line.quantity),
                unit_price_excl_tax=cents(each.terms.unit_net),
                unit_price_incl_tax=cents(each.terms.unit_gross),
                tax_code=line.purchase_info.price.tax_code,
                status=draft.status,
                num_allocated=line.quantity,
            )
            for (line, each), quoted in zip(found, cart.quote.lines, strict=True)
        ]
        rows = Line.objects.bulk_create(rows)
        get_model("order", "LinePrice").objects.bulk_create(line_price(order, row) for row in rows)
        _copy_attributes([line for line, _each in found], rows)
        return list(rows)

    def lock(self, order_id: int) -> OrderRef:
        """Lock one order's row; one statement."""
        order = lock(get_model("order", "Order").objects.filter(pk=order_id)).first()
        if order is None:
            raise NotFound(_("There is no such order."))
        return OrderRef(id=order.pk, number=str(order.number), status=order.status, buyer_id=order.user_id)

    def release(self, order: OrderRef, *, at: datetime) -> None:
        """Make a held order work for the shop; three statements, a few more to say why that is not possible."""
        self._move_held(order, status.UNHANDLED, at=at, only_if=validity.can_be_delivered(order.id))

    def cancel(self, order: OrderRef, *, status: str, at: datetime) -> None:
        """End a held order, give stock and the use of offers and vouchers back; at most eight statements."""
        self._move_held(order, status, at=at)
        stock.give_back(order.id)
        discounts.give_back(order.id)

    def revise(self, order: OrderRef, quantities: Mapping[int, int], *, delivery_code: str | None = None) -> Quote:
        """Change lines' quantities and delivery; at most sixteen statements, more only where offers apply."""
        return revising.revise(order.id, quantities, delivery_code=delivery_code)

    def would_cost(
        self,
        order_id: int,
        quantities: Mapping[int, int],
        *,
        delivery_code: str | None = None,
        today: bool = False,
    ) -> Quote:
        """Compute other quantities, another delivery or today's prices without writing anything."""
        if today:
            return repricing.would_cost(order_id, quantities, delivery_code=delivery_code)
        return revising.would_cost(order_id, quantities, delivery_code=delivery_code)

    def obstacles(self, order_id: int, delivery_code: str) -> Obstacles:
        """Return what cannot be had as it was ordered; one statement, a few more where its delivery was given up."""
        gone = not self.still_delivers(order_id, delivery_code)
        return validity.obstacles(order_id, delivery_gone=gone)

    def agreed_since(self, order_id: int, unit_id: int | None) -> AgreedSince:
        """Return what has changed of what an order was placed under; one statement where nothing was agreed then."""
        return agreed_since.changed_since(order_id, unit_id)

    def still_delivers(self, order_id: int, code: str) -> bool:
        """Whether the shop still has the order's delivery method; no statement for one that everybody is offered."""
        if delivery.known(code) is not None:
            return True
        order = get_model("order", "Order").objects.select_related("basket", "user").get(pk=order_id)
        return delivery.is_offered(order)

    def delivery_options(self, order_id: int) -> tuple[DeliveryOption, ...]:
        """Return the ways of delivery for an order; six statements."""
        return revising.delivery_options(order_id)

    def hold_again(self, order: OrderRef, *, at: datetime) -> None:
        """Take a released order back; four statements."""
        if not self.is_untouched(order.id):
            raise Stale(_("The shop has begun with this order."))
        self._move(order, status.UNHANDLED, status.AWAITING_ACCEPTANCE, at=at)

    def is_untouched(self, order_id: int) -> bool:
        """Whether nothing was shipped or paid; one statement. What the shop noted is no work (ADR 0005)."""
        traces = [
            Exists(get_model(app, model).objects.filter(order_id=OuterRef("pk")))
            for app, model in (
                ("order", "ShippingEvent"),
                ("order", "PaymentEvent"),
                ("payment", "Source"),
            )
        ]
        untouched = get_model("order", "Order").objects.filter(pk=order_id, status=status.UNHANDLED)
        for trace in traces:
            untouched = untouched.exclude(trace)
        return bool(untouched.exists())

    def reprice(self, order: OrderRef) -> Quote | None:
        """Bring prices up to date; two statements when nothing differs."""
        return repricing.reprice(order.id)

    def _move_held(self, order: OrderRef, following: str, *, at: datetime, only_if: Q | None = None) -> None:
        self._move(order, status.AWAITING_ACCEPTANCE, following, at=at, only_if=only_if)

    def _move(self, order: OrderRef, before: str, following: str, *, at: datetime, only_if: Q | None = None) -> None:
        standing = get_model("order", "Order").objects.filter(pk=order.id, status=before)
        with moving_held_order():
            moved = (standing.filter(only_if) if only_if is not None else standing).update(status=following)
            if moved != 1 and only_if is not None and standing.exists():
                validity.require_deliverable(order.id)
                moved = standing.update(status=following)
            if moved != 1:
                raise Stale(_("Somebody else has changed this order in the meantime. Please review it again."))
            get_model("order", "Line").objects.filter(order_id=order.id).update(status=following)
        change = get_model("order", "OrderStatusChange")(order_id=order.id, old_status=before, new_status=following)
        change.date_created = at
        change.save(force_insert=True)


def _copy_attributes(lines: Sequence[Any], rows: Sequence[Any]) -> None:
    LineAttribute = get_model("order", "LineAttribute")
    copies = [
        LineAttribute(line=row, option=attribute.option, type=attribute.option.code, value=attribute.value)
        for line, row in zip(lines, rows, strict=True)
        for attribute in line.attributes.all()
    ]
    if copies:
        LineAttribute.objects.bulk_create(copies)


@cache
def _country(code: str) -> Any:
    """Return Oscar's row of a country; it never changes, and an address's search text asks for its name.

    Raises Invalid for one the shop does not know.
    """
    found = get_model("address", "Country").objects.filter(pk=code).first()
    if found is None:
        raise Invalid(
            _("This shop does not deliver to the country “%(country)s”.") % {"country": code}, field="address"
        )
    return found


def _saved_address(model: str, address: Address) -> Any:
    # As Oscar's own forms want them; read again they are the whole name (`row.name`).
    first_name, _blank, last_name = " ".join(address.name.split()).partition(" ")
    row = get_model("order", model)(
        first_name=first_name[:255] if last_name else "",
        last_name=(last_name or first_name)[:255],
        line1=address.line1,
        line4=address.city,
        postcode=address.postcode,
        country=_country(address.country or countries.default()),
    )
    if model == "ShippingAddress":
        row.phone_number = address.phone
        row.notes = address.notes
    row.save(force_insert=True)
    return row
