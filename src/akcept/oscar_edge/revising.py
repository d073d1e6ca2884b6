"""A held order with other quantities or delivery: at its frozen prices, with VAT, stock and discounts that fit.

A line keeps what a piece of it cost after discounts: what an approver was shown is what is charged, whatever the offer
or the price list says by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.errors import EmptyCart, OutOfStock
from akcept.kernel.money import cents
from akcept.ordering.ports import DeliveryOption, Quote
from akcept.oscar_edge import delivery, discounts, quotes, stock, vat
from akcept.oscar_edge.guards import moving_held_order
from akcept.oscar_edge.order_reader import line_of, rate_of
from akcept.oscar_edge.vat import Taxed


def revise(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Write the lines' new quantities and everything that follows; see `ports.OrderBook.revise`."""
    order = get_model("order", "Order").objects.get(pk=order_id)
    rows = lines_of(order_id)
    asked = delivery.asked(order, rows)
    method = delivered_by(order, delivery_code)
    before = {row.pk: row.quantity for row in rows}
    wanted = wanted_of(rows, quantities)
    _move_stock(rows, before, wanted)
    discounts.scale(order_id, before=before, after=wanted)
    kept = scaled(rows, wanted)
    with moving_held_order():
        get_model("order", "Line").objects.filter(pk__in=[pk for pk, number in wanted.items() if not number]).delete()
    charge = delivery.charge(order, kept, method=method, before=asked)
    return write(order, kept, charge, changed={pk for pk in wanted if wanted[pk] != before[pk]})


def delivered_by(order: Any, code: str | None) -> Any | None:
    """Set another delivery method on an order, unsaved, and return it; None where it stays. Raises Invalid."""
    if code is None or code == order.shipping_code:
        return None
    method = delivery.chosen(order, code)
    order.shipping_code, order.shipping_method = method.code, str(method.name)
    return method


def lines_of(order_id: int) -> list[Any]:
    """Return an order's lines with what pricing looks at; one statement."""
    rows = get_model("order", "Line").objects.filter(order_id=order_id)
    related = ("stockrecord", "product__product_class", "product__parent__product_class")
    return list(rows.select_related(*related).order_by("pk"))


def write(
    order: Any, rows: Sequence[Any], charge: delivery.Charge, *, changed: set[int], also: Sequence[str] = ()
) -> Quote:
    """Write the lines as they are now (`also` more of their columns), VAT, delivery and the order's sums."""
    taxed = _tax(rows, charge)
    _write_lines(order, rows, taxed, changed=changed, also=also)
    return _write_order(order, rows, charge, taxed)


def would_cost(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Return what the order would cost otherwise; see `ports.OrderBook.would_cost`."""
    order = get_model("order", "Order").objects.get(pk=order_id)
    rows = lines_of(order_id)
    asked = delivery.asked(order, rows)
    method = delivered_by(order, delivery_code)
    wanted = wanted_of(rows, quantities)
    kept = scaled(rows, wanted)
    return quoted(order, kept, delivery.charge(order, kept, method=method, before=asked))


def scaled(rows: Sequence[Any], wanted: Mapping[int, int]) -> list[Any]:
    """Return the rows that are left with other quantities, unsaved."""
    kept = [row for row in rows if wanted[row.pk]]
    for row in kept:
        _scale(row, wanted[row.pk])
    return kept


def quoted(order: Any, rows: Sequence[Any], charge: delivery.Charge) -> Quote:
    """Return what an order of these lines costs, unsaved."""
    taxed = _tax(rows, charge)
    for row, gross in zip(rows, taxed.gross[:-1], strict=True):
        row.line_price_incl_tax = gross
    return _quote(order, rows, charge, taxed)


def delivery_options(order_id: int) -> tuple[DeliveryOption, ...]:
    """Return the ways of delivery offered for an order; see `ports.OrderBook.delivery_options`."""
    return delivery.options(order_id, lines_of(order_id))


def wanted_of(rows: Sequence[Any], quantities: Mapping[int, int]) -> dict[int, int]:
    """Return the quantity of every line. Raises EmptyCart when none is left."""
    wanted = {row.pk: quantities.get(row.pk, row.quantity) for row in rows}
    if not any(wanted.values()):
        raise EmptyCart(_("Nothing would be left of this order."))
    return wanted


def _move_stock(rows: Sequence[Any], before: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    """Reserve or give back the difference; the records are locked in primary-key order as at placing."""
    changes: dict[int, int] = {}
    for row in rows:
        if row.stockrecord_id and row.product and row.product.get_product_class().track_stock:
            delta = wanted[row.pk] - before[row.pk]
            changes[row.stockrecord_id] = changes.get(row.stockrecord_id, 0) + delta
    changes = {pk: delta for pk, delta in changes.items() if delta}
    records = get_model("partner", "StockRecord").objects.filter(pk__in=changes).order_by("pk")
    locked = {record.pk: record for record in records.select_for_update(no_key=True)} if changes else {}
    problems = []
    for row in rows:
        more = wanted[row.pk] - before[row.pk]
        if more <= 0:
            continue
        record = locked.get(row.stockrecord_id)
        if row.product is None or row.stockrecord is None or not row.product.is_public:
            problems.append(_("“%(title)s” cannot be ordered at the moment.") % {"title": row.title})
        elif record is not None and record.net_stock_level < changes[record.pk]:
            words = {"title": row.title, "most": before[row.pk] + max(0, record.net_stock_level)}
            problems.append(_("Of “%(title)s” you can have %(most)d at most.") % words)
    if problems:
        raise OutOfStock(" ".join(problems))
    stock.change(changes)


_SCALED = (
    "line_price_excl_tax",
    "line_price_incl_tax",
    "line_price_before_discounts_excl_tax",
    "line_price_before_discounts_incl_tax",
)


def _scale(row: Any, quantity: int) -> None:
    for name in _SCALED:
        setattr(row, name, cents(getattr(row, name) * quantity / row.quantity))
    row.quantity = quantity
    row.num_allocated = quantity if row.num_allocated else row.num_allocated


def _tax(rows: Sequence[Any], charge: delivery.Charge) -> Taxed:
    strategy = quotes.strategy_for(None)
    if hasattr(strategy, "vat_rate"):
        goods = [(row.line_price_excl_tax, rate_of(row) or Decimal(0)) for row in rows]
        return vat.by_rate([*goods, (charge.net, charge.rate)])
    return vat.as_priced(
        [*((row.line_price_excl_tax, row.line_price_incl_tax) for row in rows), (charge.net, charge.gross)]
    )


def _write_lines(order: Any, rows: Sequence[Any], taxed: Taxed, *, changed: set[int], also: Sequence[str]) -> None:
    for row, gross in zip(rows, taxed.gross[:-1], strict=True):
        row.line_price_incl_tax = gross
    get_model("order", "Line").objects.bulk_update(rows, ["quantity", "num_allocated", *_SCALED, *also])
    LinePrice = get_model("order", "LinePrice")
    again = [row for row in rows if row.pk in changed]
    with moving_held_order():
        LinePrice.objects.filter(line_id__in=changed).delete()
    LinePrice.objects.bulk_create(
        LinePrice(
            order=order,
            line=row,
            quantity=row.quantity,
            price_incl_tax=cents(row.line_price_incl_tax / row.quantity),
            price_excl_tax=cents(row.line_price_excl_tax / row.quantity),
            tax_code=row.tax_code,
        )
        for row in again
    )


_ORDER: Final = (
    "shipping_code",
    "shipping_method",
    "shipping_excl_tax",
    "shipping_incl_tax",
    "total_excl_tax",
    "total_incl_tax",
)


def _write_order(order: Any, rows: Sequence[Any], charge: delivery.Charge, taxed: Taxed) -> Quote:
    quote = _quote(order, rows, charge, taxed)
    if charge.saved is not None:
        discounts.save_on_delivery(order.pk, charge.saved)
    order.shipping_excl_tax, order.shipping_incl_tax = quote.delivery_net, quote.delivery_gross
    order.total_excl_tax, order.total_incl_tax = quote.total_net, quote.total_gross
    order.save(update_fields=_ORDER)
    return quote


def _quote(order: Any, rows: Sequence[Any], charge: delivery.Charge, taxed: Taxed) -> Quote:
    goods_net = sum((row.line_price_excl_tax for row in rows), Decimal(0))
    return Quote(
        currency=order.currency,
        lines=tuple(line_of(row) for row in rows),
        goods_net=goods_net,
        delivery_net=charge.net,
        delivery_gross=taxed.gross[-1],
        total_net=goods_net + charge.net,
        total_gross=sum(taxed.gross, Decimal(0)),
        vat=tuple(row for row in taxed.rows if row.net or row.vat),
        fingerprint="",
        delivery_code=order.shipping_code,
        delivery_name=order.shipping_method,
    )
