"""Oscar's orders as documents for pages and mails; a constant number of statements each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.errors import NotFound
from akcept.ordering import status
from akcept.ordering.ports import Address, OrderDocument, QuoteLine, VatRow
from akcept.oscar_edge import delivery, facts, figures, packs, vat
from akcept.oscar_edge.terms import Priced


class OscarOrderReader:
    """See `akcept.ordering.ports.OrderReader`."""

    def document(self, order_id: int) -> OrderDocument:
        """Return an order with its lines; two statements."""
        found = self.documents([order_id]).get(order_id)
        if found is None:
            raise NotFound(_("There is no such order."))
        return found

    def documents(self, order_ids: Sequence[int]) -> dict[int, OrderDocument]:
        """Return orders with their lines, by key; two statements for any number."""
        joined = ("shipping_address", "billing_address", facts.OF_DELIVERY, *packs.of_order())
        orders = list(get_model("order", "Order").objects.select_related(*joined).filter(pk__in=order_ids))
        lines: dict[int, list[Any]] = {order.pk: [] for order in orders}
        if orders:
            found = get_model("order", "Line").objects.select_related(facts.OF_LINE)
            for row in found.filter(order_id__in=list(lines)).order_by("order_id", "pk"):
                lines[row.order_id].append(row)
        return {order.pk: _document(order, lines[order.pk]) for order in orders}

    def delivery_name(self, code: str, *, stood: str, surcharged: bool = False) -> str:
        """Return a delivery method's name; no statement."""
        return delivery.named(code, stood, surcharged=surcharged)

    def shop_steps(self, order_id: int) -> tuple[tuple[datetime, str], ...]:
        """Return when the shop moved an order on, and to which status, oldest first; one statement."""
        rows = get_model("order", "OrderStatusChange").objects.filter(order_id=order_id)
        told = rows.exclude(new_status__in=status.UNTOLD).order_by("date_created", "pk")
        return tuple(told.values_list("date_created", "new_status"))

    def last_bought(
        self, product_ids: list[int], *, unit_id: int, before_order_id: int
    ) -> dict[int, tuple[datetime, int]]:
        """Return when the unit last bought each product, and how many; one statement."""
        rows = (
            get_model("order", "Line")
            .objects.filter(
                product_id__in=product_ids,
                order__akcept_placement__unit_id=unit_id,
                order_id__lt=before_order_id,
            )
            .exclude(order__status__in=[*status.NOT_WORK, status.CANCELLED])
            .values_list("product_id", "order__date_placed")
            .annotate(n=Sum("quantity"))
            .order_by("order__date_placed")
        )
        return {product_id: (at, number) for product_id, at, number in rows}

    def stock(self, product_ids: list[int]) -> dict[int, int | None]:
        """Return what could still be sold of each product; one statement."""
        records = (
            get_model("partner", "StockRecord")
            .objects.filter(product_id__in=product_ids)
            .select_related("product__product_class", "product__parent__product_class")
            .only("product", "num_in_stock", "num_allocated", *_COUNTED_BY)
            .order_by("-pk")
        )
        return {
            record.product_id: (record.net_stock_level if track else None)
            for record, track in ((record, record.product.get_product_class().track_stock) for record in records)
        }


#: What says whether stock is counted; a product's descriptions are long.
_COUNTED_BY = (
    "product__structure",
    "product__product_class__track_stock",
    "product__parent__structure",
    "product__parent__product_class__track_stock",
)


def _document(order: Any, rows: Sequence[Any]) -> OrderDocument:
    surcharged = delivery.is_surcharged(order)
    return OrderDocument(
        id=order.pk,
        number=str(order.number),
        status=order.status,
        currency=order.currency,
        lines=tuple(line_of(row) for row in rows),
        goods_net=order.total_excl_tax - order.shipping_excl_tax,
        delivery_net=order.shipping_excl_tax,
        delivery_gross=order.shipping_incl_tax,
        total_net=order.total_excl_tax,
        total_gross=order.total_incl_tax,
        vat=_vat_rows(order, rows),
        delivery_code=order.shipping_code,
        delivery_name=delivery.named(order.shipping_code, order.shipping_method, surcharged=surcharged),
        delivery_address=_address(order.shipping_address),
        invoice_address=_address(order.billing_address),
        delivery_rate=facts.of_delivery(order).rate,
        surcharged=surcharged,
    )


def line_of(row: Any) -> QuoteLine:
    """Return an order's line as the core knows it; prices are the line's, discounts included."""
    terms = facts.of_line(row)
    return QuoteLine(
        product_id=row.product_id,
        title=row.title,
        sku=row.partner_sku,
        quantity=row.quantity,
        unit_net=figures.tidy(terms.unit_net),
        unit_gross=figures.tidy(terms.unit_gross),
        net=row.line_price_excl_tax,
        gross=row.line_price_incl_tax,
        vat_rate=terms.rate,
        line_id=row.pk,
        discount=terms.net_off(row.quantity, row.line_price_excl_tax),
        ean=row.upc or "",
    )


def _vat_rows(order: Any, rows: Sequence[Any]) -> tuple[VatRow, ...]:
    parts = [Priced(net=row.line_price_excl_tax, gross=row.line_price_incl_tax) for row in rows]
    rates = [facts.of_line(row).rate for row in rows]
    parts.append(Priced(net=order.shipping_excl_tax, gross=order.shipping_incl_tax))
    rates.append(facts.of_delivery(order).rate)
    return tuple(row for row in vat.rows_of(parts, rates) if row.net or row.vat)


def _address(row: Any) -> Address | None:
    if row is None:
        return None
    return Address(
        name=row.name or row.salutation,
        line1=row.line1,
        postcode=row.postcode,
        city=row.line4,
        country=row.country_id,
        phone=str(getattr(row, "phone_number", "") or ""),
        notes=getattr(row, "notes", "") or "",
    )
