"""What ordering needs from the shop underneath; `akcept.oscar_edge` provides it, a fake in `akcept.testing` too.

Everything that crosses is a small frozen dataclass. All methods that write must be called inside the
action's transaction and never open a connection to anything but the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from akcept.kernel.amounts import Amounts

#: No cart and no order holds more pieces, whatever the shop's own limit is.
MOST_PIECES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where goods go. `country` is ISO 3166-1 alpha-2, empty for the shop's own."""

    name: str
    line1: str
    postcode: str
    city: str
    country: str = ""
    phone: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """One line of a cart or order. Money is in the quote's currency; `net` and `gross` are after discounts.

    Each row adds up: pieces times `unit_net`, to the cent, less `discount`, are `net`. In a shop that sells with VAT
    `gross` is what was agreed, and `net`, which is `gross` without its share of the rate's VAT, may be a cent off.
    """

    product_id: int | None
    title: str
    sku: str
    quantity: int
    unit_net: Decimal
    net: Decimal
    gross: Decimal
    vat_rate: Decimal | None
    #: The order's line; None for one of a cart.
    line_id: int | None = None
    #: What offers and vouchers take off the row, net.
    discount: Decimal = Decimal(0)
    #: The product's EAN or other number of the trade, of an order's line only; empty without one.
    ean: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRow:
    """The VAT of one rate: computed on the sum of net values of that rate, delivery included, rounded half up."""

    rate: Decimal | None
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a cart costs now, for one customer and one delivery method."""

    currency: str
    lines: tuple[QuoteLine, ...]
    goods_net: Decimal
    delivery_net: Decimal
    delivery_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    vat: tuple[VatRow, ...]
    #: Changes when a product, quantity, price or the delivery charge changes: what the buyer saw is what is placed.
    fingerprint: str
    delivery_code: str = ""
    delivery_name: str = ""

    @property
    def amounts(self) -> Amounts:
        """The sums, to compare with limits."""
        return Amounts(
            currency=self.currency,
            goods_net=self.goods_net,
            goods_gross=self.total_gross - self.delivery_gross,
            total_net=self.total_net,
            total_gross=self.total_gross,
        )

    @property
    def total_vat(self) -> Decimal:
        """All VAT, in the quote's currency."""
        return self.total_gross - self.total_net


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
class DeliveryOption:
    """A way of delivery the shop offers, and what it charges for it; net, in the order's currency."""

    code: str
    name: str
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineObstacle:
    """A line that cannot be delivered as it was ordered: `left` pieces are there, None for what is no longer sold."""

    line_id: int
    title: str
    quantity: int
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What is in the way of an order; `delivery` names the method the shop has given up."""

    lines: tuple[LineObstacle, ...] = ()
    delivery: str = ""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.lines or self.delivery)


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

    def new_cart(self, wanted: Sequence[WantedLine], *, buyer_id: int, member_id: int | None) -> int:
        """Make a cart of a list, beside the buyer's own, and return its id; locks nothing, for nobody knows it yet.

        A constant number of statements. Raises InvalidLines (each line that names no product, or more than is there).
        """
        raise NotImplementedError("this shop takes no lists")

    def open_cart(
        self, cart_id: int, *, buyer_id: int, member_id: int | None, delivery_code: str, looking: bool = False
    ) -> Cart:
        """Lock the buyer's open cart and price it as it is now; `member_id` is the membership they order from.

        `looking` leaves the stock unlocked, for a cart that is only looked at.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDocument:
    """An order as it was placed, for showing: prices are the frozen ones, in `currency`."""

    id: int
    number: str
    status: str
    currency: str
    lines: tuple[QuoteLine, ...]
    goods_net: Decimal
    delivery_net: Decimal
    delivery_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    vat: tuple[VatRow, ...]
    delivery_code: str
    delivery_name: str
    delivery_address: Address | None
    invoice_address: Address | None
    #: The VAT rate of the delivery charge as a fraction; None where nobody knows it.
    delivery_rate: Decimal | None = None

    @property
    def amounts(self) -> Amounts:
        """The sums, to compare with limits."""
        return Amounts(
            currency=self.currency,
            goods_net=self.goods_net,
            goods_gross=self.total_gross - self.delivery_gross,
            total_net=self.total_net,
            total_gross=self.total_gross,
        )


class OrderReader(Protocol):
    """Reading the shop's orders for display; who may see them is decided before asking."""

    def document(self, order_id: int) -> OrderDocument:
        """Return one order with its lines; a constant number of statements. Raises NotFound."""

    def documents(self, order_ids: Sequence[int]) -> dict[int, OrderDocument]:
        """Return orders with their lines, by key; the number of statements does not depend on how many there are."""

    def delivery_name(self, code: str, *, stood: str) -> str:
        """Return a delivery method's name in the active language, `stood` where the shop no longer has it."""

    def shop_steps(self, order_id: int) -> tuple[tuple[datetime, str], ...]:
        """Return when the shop moved an order on, and to which status, oldest first; one statement."""

    def last_bought(
        self, product_ids: list[int], *, unit_id: int, before_order_id: int
    ) -> dict[int, tuple[datetime, int]]:
        """Return, per product, when a unit last bought it (an order that was not rejected) and how many; one statement.

        A product missing from the answer is bought for the first time in that unit.
        """

    def stock(self, product_ids: list[int]) -> dict[int, int | None]:
        """Return how many of each product could still be sold; None where stock is not counted; one statement."""


def order_reader() -> OrderReader:
    """Return the reader named by the setting `AKCEPT_ORDER_READER`."""
    path = getattr(settings, "AKCEPT_ORDER_READER", "akcept.oscar_edge.order_reader.OscarOrderReader")
    return import_string(path)()  # type: ignore[no-any-return]


def order_book() -> OrderBook:
    """Return the order book named by the setting `AKCEPT_ORDER_BOOK`."""
    path = getattr(settings, "AKCEPT_ORDER_BOOK", "akcept.oscar_edge.order_book.OscarOrderBook")
    return import_string(path)()  # type: ignore[no-any-return]


class Receivables(Protocol):
    """What organisations owe the shop for orders on account."""

    def owed(self, organization_id: int, currency: str) -> Decimal:
        """Return what an organisation owes, gross, for orders on account that joined the shop's work; one statement.

        Called with the organisation's credit locked: whatever another transaction committed before has to be seen.
        """


def receivables() -> Receivables:
    """Return what is owed as the setting `AKCEPT_RECEIVABLES` counts it."""
    path = getattr(settings, "AKCEPT_RECEIVABLES", "akcept.oscar_edge.receivables.OscarReceivables")
    return import_string(path)()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRef:
    """A category of the shop's catalogue; `depth` is 0 at the top."""

    id: int
    name: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRef:
    """A product of the shop's catalogue."""

    id: int
    name: str
    sku: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """One line of a cart or order, as far as rules look at it."""

    product_id: int | None
    sku: str
    quantity: int


class Assortment(Protocol):
    """The shop's catalogue, as far as rules about goods ask for it. What nobody may see is not asked for here."""

    def categories(self) -> list[CategoryRef]:
        """Return all categories in tree order; one statement."""

    def categories_of(self, product_ids: Collection[int]) -> dict[int, tuple[CategoryRef, ...]]:
        """Return each product's categories and all above them, none where it has none; at most two statements."""

    def products(self, codes: Sequence[str]) -> dict[str, ProductRef]:
        """Return products by their SKU or EAN, keyed as typed; unknown ones are missing; one statement."""

    def skus(self, product_ids: Collection[int]) -> dict[int, str]:
        """Return a SKU of each product; one statement."""

    def ordered_lines(self, order_ids: Collection[int]) -> dict[int, tuple[OrderedLine, ...]]:
        """Return the lines of orders; one statement."""

    def first_orders(
        self, product_ids: Collection[int], *, unit_ids: Collection[int], without: Collection[str]
    ) -> dict[tuple[int, int], int]:
        """Return, by (unit, product), the id of the unit's first order with that product; one statement.

        Orders whose status is among `without` do not count; a pair that is missing was never bought.
        """


def assortment() -> Assortment:
    """Return the catalogue named by the setting `AKCEPT_ASSORTMENT`."""
    path = getattr(settings, "AKCEPT_ASSORTMENT", "akcept.oscar_edge.assortment.OscarAssortment")
    return import_string(path)()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsFilter:
    """Which of the products are asked for: words of their name or code, codes or EANs exactly, changed since."""

    text: str = ""
    codes: tuple[str, ...] = ()
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product as one buyer may order it. Prices are of one piece of the smallest quantity, before offers.

    They are None for what has no price now; `stock` is None where it is not counted. `steps` are net prices from so
    many pieces on, `pack` in how many at a time it is sold, from how many, and what such a pack is called.
    """

    product_id: int
    title: str
    sku: str
    ean: str
    currency: str
    unit_net: Decimal | None
    unit_gross: Decimal | None
    vat_rate: Decimal | None
    can_be_ordered: bool
    stock: int | None
    changed_at: datetime
    steps: tuple[tuple[int, Decimal], ...] = ()
    pack: tuple[int, int, str] | None = None


class Catalogue(Protocol):
    """The shop's products with one buyer's prices; what they may not buy does not exist."""

    def goods(
        self, wanted: GoodsFilter, *, buyer_id: int, member_id: int, after: int | None, size: int
    ) -> tuple[list[Goods], int | None]:
        """Return a page of what can be ordered, and the key the next one comes after, None on the last.

        A constant number of statements. By key; what is searched for by words comes in the order of its nearness.
        """


def catalogue() -> Catalogue:
    """Return the catalogue named by the setting `AKCEPT_CATALOGUE`."""
    path = getattr(settings, "AKCEPT_CATALOGUE", "akcept.oscar_edge.goods.OscarCatalogue")
    return import_string(path)()  # type: ignore[no-any-return]
