"""What an ERP books from an order: a row a line and one for delivery, which together are the order's sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from akcept.kernel import price_sight
from akcept.ordering import payments, status
from akcept.ordering.ports import Address
from akcept.ordering.queries.whole import WholeOrder

#: A unit on an invoice in KSeF: `Podmiot3` with `Rola` 2, "odbiorca".
RECIPIENT_ROLE: Final = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of an order, or its delivery (`kind`); money is in the order's currency, the rate a fraction.

    Pieces times `unit_net`, to the cent, less `discount`, are `net`; `discount` is net. In a shop that sells with VAT
    the row's own sums count, as in `ordering.ports.QuoteLine`: there `unit_gross` is what was agreed.
    """

    order: WholeOrder
    position: int
    kind: str
    sku: str
    ean: str
    title: str
    quantity: int
    unit_net: Decimal
    unit_gross: Decimal
    discount: Decimal
    net: Decimal
    rate: Decimal | None
    gross: Decimal

    @property
    def vat(self) -> Decimal:
        """The row's share of the VAT of its rate."""
        return self.gross - self.net


def rows_of(order: WholeOrder) -> Iterator[Row]:
    """Yield an order's rows: its lines in order, then its delivery where that costs anything."""
    document = order.document
    for position, line in enumerate(document.lines, start=1):
        yield Row(
            order=order,
            position=position,
            kind="line",
            sku=line.sku,
            ean=line.ean,
            title=line.title,
            quantity=line.quantity,
            unit_net=line.unit_net,
            unit_gross=line.unit_gross,
            discount=line.discount,
            net=line.net,
            rate=line.vat_rate,
            gross=line.gross,
        )
    if document.delivery_net or document.delivery_gross:
        yield Row(
            order=order,
            position=len(document.lines) + 1,
            kind="delivery",
            sku=document.delivery_code,
            ean="",
            title=document.delivery_name,
            quantity=1,
            unit_net=document.delivery_net,
            unit_gross=document.delivery_gross,
            discount=Decimal(0),
            net=document.delivery_net,
            rate=document.delivery_rate,
            gross=document.delivery_gross,
        )


def moment(at: datetime | None) -> str:
    """Return a time with its offset, to the second: "2026-11-27T09:12:00+01:00"; empty for none."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def percent(rate: Decimal | None) -> Decimal | None:
    """Return a rate in per cent: 0.23 is 23."""
    return None if rate is None else Decimal(f"{(rate * 100).normalize():f}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the files: its name for programs, its heading for people, what is in it, whether that is a price."""

    name: str
    heading: Any
    value: Callable[[Row], Any]
    priced: bool = False


def _address(found: Address | None) -> str:
    if found is None:
        return ""
    return ", ".join(part for part in (found.name, found.line1, f"{found.postcode} {found.city}".strip()) if part)


def nip_of(order: WholeOrder) -> str:
    """Return the customer's tax number; empty for a private customer."""
    return order.placement.organization.nip if order.placement.organization else ""


def customer_of(order: WholeOrder) -> str:
    """Return the customer's name: the organisation's, or that of whoever bought privately."""
    return order.placement.organization.name if order.placement.organization else order.requester


def unit_of(order: WholeOrder) -> str:
    """Return the unit's name; empty for a private customer."""
    return order.placement.unit.name if order.placement.unit else ""


def unit_code_of(order: WholeOrder) -> str:
    """Return the code that the customer's files name the unit by; empty without one."""
    return order.placement.unit.code if order.placement.unit else ""


_KINDS: Final[dict[str, Any]] = {"line": _("goods"), "delivery": _("delivery")}
#: A value is text (codes, too), a whole number or a Decimal; sums of the order repeat in each of its rows.
COLUMNS: Final = (
    Column("order_number", _("Order"), lambda row: row.order.number),
    Column("position", _("Row"), lambda row: row.position),
    Column("kind", _("Kind of row"), lambda row: str(_KINDS[row.kind])),
    Column("sku", _("SKU"), lambda row: row.sku),
    Column("ean", "EAN", lambda row: row.ean),
    Column("title", _("Product"), lambda row: row.title),
    Column("quantity", _("Quantity"), lambda row: row.quantity),
    Column("unit_net", _("Unit price, net"), lambda row: row.unit_net, priced=True),
    Column("unit_gross", _("Unit price, gross"), lambda row: row.unit_gross, priced=True),
    Column("discount_net", _("Discount of the row, net"), lambda row: row.discount, priced=True),
    Column("net", _("Net"), lambda row: row.net, priced=True),
    Column("vat_rate", _("VAT rate, %"), lambda row: percent(row.rate), priced=True),
    Column("vat", _("VAT"), lambda row: row.vat, priced=True),
    Column("gross", _("Gross"), lambda row: row.gross, priced=True),
    Column("currency", _("Currency"), lambda row: row.order.document.currency),
    Column("customer", _("Customer"), lambda row: customer_of(row.order)),
    Column("nip", "NIP", lambda row: nip_of(row.order)),
    Column("po_number", _("Customer's own number"), lambda row: row.order.placement.po_number),
    Column("unit", _("Unit"), lambda row: unit_of(row.order)),
    Column("unit_code", _("Unit code"), lambda row: unit_code_of(row.order)),
    Column("cost_centre", _("Cost centre"), lambda row: row.order.placement.cost_centre),
    Column("ksef_role", _("Unit's role in KSeF (Podmiot3)"), lambda row: RECIPIENT_ROLE if unit_of(row.order) else ""),
    Column("requester", _("Ordered by"), lambda row: row.order.requester),
    Column("placed_at", _("Placed"), lambda row: moment(row.order.placement.placed_at)),
    Column("accepted_by", _("Accepted by"), lambda row: row.order.accepted_by),
    Column("accepted_at", _("Accepted at"), lambda row: moment(row.order.accepted_at)),
    Column("status", _("Status"), lambda row: str(status.LABELS.get(row.order.status, row.order.status))),
    Column("delivery", _("Delivery"), lambda row: row.order.document.delivery_name),
    Column("delivery_address", _("Delivery address"), lambda row: _address(row.order.document.delivery_address)),
    Column("payment", _("Payment"), lambda row: payment_of(row.order)),
    Column("order_net", _("Order total, net"), lambda row: row.order.document.total_net, priced=True),
    Column("order_gross", _("Order total, gross"), lambda row: row.order.document.total_gross, priced=True),
)


def payment_of(order: WholeOrder) -> str:
    """Return how it is paid, in words."""
    return payments.within(order.placement.payment_code, order.placement.pay_days)


#: What a customer's own file does not repeat in each row, and what only the shop books by.
_OWN: Final = frozenset({"customer", "nip", "ksef_role"})


def customers_columns() -> tuple[Column, ...]:
    """Return the columns of a customer's file, in the customer's words; without prices for who sees none."""
    priced = price_sight.are_seen()
    return tuple(
        _CUSTOMERS.get(column.name, column)
        for column in COLUMNS
        if column.name not in _OWN and (priced or not column.priced)
    )


_CUSTOMERS: Final = {
    "status": Column(
        "status", _("Status"), lambda row: str(status.CUSTOMER_LABELS.get(row.order.status, row.order.status))
    ),
    "po_number": Column("po_number", _("Your order number"), lambda row: row.order.placement.po_number),
}
