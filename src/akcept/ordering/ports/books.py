"""Writing the shop's carts and orders, inside the transaction of the action that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from akcept.ordering.ports.quotes import Address, AgreedSince, DeliveryOption, Obstacles, Quote

if TYPE_CHECKING:
    from akcept.agreements.queries import Heads

#: No cart and no order holds more pieces, whatever the shop's own limit is.
MOST_PIECES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """One line of a list that is ordered without a basket: a product by its code or EAN, and how many pieces."""

    code: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """A cart, locked for this transaction, with its price; `handle` is the shop's own object, opaque to us."""

    id: int
    quote: Quote
    handle: Any
    #: The order it was filled from to order that once more, while it still holds a product of it.
    again: int | None = None
    #: Whether anything in it has to be sent somewhere.
    is_sent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """Everything an order needs besides its cart."""

    buyer_id: int
    status: str
    placed_at: datetime
    delivery_code: str
    #: None for goods that are not sent anywhere.
    delivery_address: Address | None
    invoice_address: Address | None
    payment_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRef:
    """An order of the shop as ordering knows it."""

    id: int
    number: str
    status: str
    buyer_id: int | None


class OrderBook(Protocol):
    """The shop's orders. One implementation: `akcept.oscar_edge.order_book.OscarOrderBook`."""

    def new_cart(
        self, wanted: Sequence[WantedLine], *, buyer_id: int, member_id: int | None, origin: int | None = None
    ) -> int:
        """Make a cart of a list, beside the buyer's own, and return its id; locks nothing, for nobody knows it yet.

        `origin` is the ended order it is ordered in place of, if any.
        A constant number of statements. Raises InvalidLines (each line that names no product, or more than is there).
        """
        raise NotImplementedError("this shop takes no lists")

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
        """Lock the buyer's open cart and price it as it is now; `member_id` is the membership they order from.

        `looking` leaves the stock unlocked, for a cart that is only looked at. `heads` is what was agreed with the
        buyer, where the caller has read it already: it is not read again.
        Raises NotFound (not this buyer's, or of another of their organisations), AlreadyPlaced (it is an order
        already), EmptyCart, OutOfStock (a product cannot be had), Invalid (unknown delivery method, field `delivery`).
        """

    def write(self, cart: Cart, draft: OrderDraft) -> OrderRef:
        """Write order, lines, prices, discounts; allocate stock; close the cart. Constant number of statements.

        Locks stock in primary-key order and raises OutOfStock naming the product when it went meanwhile.
        Sends no signal and no mail: that is the release's.
        """

    def lock(self, order_id: int) -> OrderRef:
        """Lock the order's row for this transaction. Raises NotFound."""

    def release(self, order: OrderRef, *, at: datetime) -> None:
        """Move a held order to `unhandled`: from now on it is work for the shop.

        Raises Stale when it is not held, Unavailable naming every product that was withdrawn or whose stock no longer
        suffices, and the delivery method where the shop has given it up; the order stays as it is then.
        """

    def cancel(self, order: OrderRef, *, status: str, at: datetime) -> None:
        """End a held order with `status` and give its stock back. Raises Stale when it is not held."""

    def revise(self, order: OrderRef, quantities: Mapping[int, int], *, delivery_code: str | None = None) -> Quote:
        """Give lines of a held order, by their id, other quantities; 0 drops one. Return what it costs now.

        Prices stay the frozen ones: a line's net value changes in proportion, VAT and the delivery charge are computed
        anew. Stock is reserved or given back by the difference, locked in primary-key order. `delivery_code` has it
        delivered in another way; what offers took off the delivery stays off. A constant number of statements. Raises
        OutOfStock naming what cannot be had, EmptyCart when no line is left, Invalid (field `delivery`: not offered;
        field `quantity-<line>`: more than an order holds).
        """

    def agreed_since(self, order_id: int, unit_id: int | None) -> AgreedSince:
        """Return what has changed of what an order of a unit was placed under, and writes nothing."""

    def still_delivers(self, order_id: int, code: str) -> bool:
        """Whether the shop still offers an order's way of delivery, given by its code."""

    def delivery_options(self, order_id: int) -> tuple[DeliveryOption, ...]:
        """Return the ways in which the shop would deliver an order now; none for goods that are not sent."""

    def reprice(self, order: OrderRef) -> Quote | None:
        """Give a held order today's prices, and its delivery today's charge; None when nothing differs.

        What offers and vouchers took off stays, in proportion. Products without a price keep theirs. A constant number
        of statements.
        """

    def would_cost(
        self,
        order_id: int,
        quantities: Mapping[int, int],
        *,
        delivery_code: str | None = None,
        today: bool = False,
    ) -> Quote:
        """Return what an order would cost with other quantities or delivery, as `revise`, writing nothing.

        `today` takes today's prices, as `reprice`; `fingerprint` then says which they are. Stock is not looked at.
        Three statements. Raises EmptyCart when no line would be left, Invalid as `revise`.
        """

    def obstacles(self, order_id: int, delivery_code: str) -> Obstacles:
        """Return what `release` would refuse an order for; one statement, more where its delivery was given up."""

    def hold_again(self, order: OrderRef, *, at: datetime) -> None:
        """Take a released order back from the shop's work. Raises Stale when the shop has begun: see `is_untouched`."""

    def is_untouched(self, order_id: int) -> bool:
        """Whether the shop has not begun with a released order: unhandled, nothing shipped or paid (ADR 0005)."""


def order_book() -> OrderBook:
    """Return the order book named by the setting `AKCEPT_ORDER_BOOK`."""
    path = getattr(settings, "AKCEPT_ORDER_BOOK", "akcept.oscar_edge.order_book.OscarOrderBook")
    return import_string(path)()  # type: ignore[no-any-return]
