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

from akcept.kernel.errors import EmptyCart, Invalid, OutOfStock
from akcept.ordering.ports import DeliveryOption, Quote
from akcept.oscar_edge import delivery, discounts, facts, limits, packs, stock, vat
from akcept.oscar_edge.guards import moving_held_order
from akcept.oscar_edge.line_columns import before_discounts, line_price
from akcept.oscar_edge.order_reader import line_of
from akcept.oscar_edge.terms import Priced, Terms
from akcept.oscar_edge.vat import Taxed
from akcept.transactions.locking import lock


def revise(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Write the lines' new quantities and everything that follows; see `ports.OrderBook.revise`."""
    order = order_of(order_id)
    rows = lines_of(order_id)
    asked = delivery.asked(order, rows)
    method = delivered_by(order, delivery_code)
    before = {row.pk: row.quantity for row in rows}
    wanted = wanted_of(rows, quantities)
    _require_packs(order, rows, wanted)
    _move_stock(rows, before, wanted)
    discounts.fit(order_id, {row.pk: facts.of_line(row).taken_off(wanted[row.pk]) for row in rows})
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


def order_of(order_id: int) -> Any:
    """Return an order with what pricing looks at; one statement."""
    return (
        get_model("order", "Order")
        .objects.select_related("user", facts.OF_DELIVERY, *packs.of_order())
        .get(pk=order_id)
    )


def lines_of(order_id: int) -> list[Any]:
    """Return an order's lines with what pricing looks at, their terms too; one statement."""
    rows = get_model("order", "Line").objects.filter(order_id=order_id)
    related = ("stockrecord", "product__product_class", "product__parent__product_class", facts.OF_LINE)
    found = list(rows.select_related(*related).order_by("pk"))
    for row in found:
        facts.of_line(row)  # remembers them before the columns change
    return found


def write(order: Any, rows: Sequence[Any], charge: Terms, *, changed: set[int], also: Sequence[str] = ()) -> Quote:
    """Write the lines as they are now (`also` more of their columns), VAT, delivery and the order's sums."""
    taxed = _tax(rows, charge)
    _write_lines(order, rows, changed=changed, also=also)
    return _write_order(order, rows, charge, taxed)


def would_cost(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Return what the order would cost otherwise; see `ports.OrderBook.would_cost`."""
    order = order_of(order_id)
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


def quoted(order: Any, rows: Sequence[Any], charge: Terms) -> Quote:
    """Return what an order of these lines costs, unsaved."""
    taxed = _tax(rows, charge)
    return _quote(order, rows, taxed)


def delivery_options(order_id: int) -> tuple[DeliveryOption, ...]:
    """Return the ways of delivery offered for an order; see `ports.OrderBook.delivery_options`."""
    return delivery.options(order_id, lines_of(order_id))


def wanted_of(rows: Sequence[Any], quantities: Mapping[int, int]) -> dict[int, int]:
    """Return the quantity of every line. Raises EmptyCart when none is left, Invalid for more than an order holds."""
    wanted = {row.pk: quantities.get(row.pk, row.quantity) for row in rows}
    if not any(wanted.values()):
        raise EmptyCart(_("Nothing would be left of this order."))
    limits.require_room(rows, wanted)
    return wanted


def _require_packs(order: Any, rows: Sequence[Any], wanted: Mapping[int, int]) -> None:
    """Raise Invalid where a changed quantity does not fit the pack the order was placed under; names each product."""
    totals: dict[int, int] = {}
    for row in rows:
        totals[row.product_id] = totals.get(row.product_id, 0) + wanted[row.pk]
    titles = {row.product_id: row.title for row in rows if wanted[row.pk] != row.quantity}
    refused = packs.not_sold_of(order, {key: number for key, number in totals.items() if key in titles})
    if refused:
        raise Invalid(" ".join(f"“{titles[key]}”: {how}." for key, how in refused.items()))


def _move_stock(rows: Sequence[Any], before: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    """Reserve or give back the difference; the records are locked in primary-key order as at placing."""
    changes: dict[int, int] = {}
    for row in rows:
        if row.stockrecord_id and row.product and row.product.get_product_class().track_stock:
            delta = wanted[row.pk] - before[row.pk]
            changes[row.stockrecord_id] = changes.get(row.stockrecord_id, 0) + delta
    changes = {pk: delta for pk, delta in changes.items() if delta}
    records = get_model("partner", "StockRecord").objects.filter(pk__in=changes).order_by("pk")
    locked = {record.pk: record for record in lock(records)} if changes else {}
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
            problems.append(_("You can order up to %(most)d of “%(title)s”.") % words)
    if problems:
        raise OutOfStock(" ".join(problems))
    stock.change(changes)


_PRICED: Final = (
    "line_price_excl_tax",
    "line_price_incl_tax",
    "line_price_before_discounts_excl_tax",
    "line_price_before_discounts_incl_tax",
)


def _scale(row: Any, quantity: int) -> None:
    price = facts.priced(row, quantity)
    row.line_price_excl_tax, row.line_price_incl_tax = price.net, price.gross
    row.quantity = quantity
    row.num_allocated = quantity if row.num_allocated else row.num_allocated


def _tax(rows: Sequence[Any], charge: Terms) -> Taxed:
    """Set the lines' values with their VAT, unsaved."""
    prices = [Priced(net=row.line_price_excl_tax, gross=row.line_price_incl_tax) for row in rows]
    terms = [facts.of_line(row) for row in rows]
    limits.require_sum(sum((own.full(row.quantity).gross for row, own in zip(rows, terms, strict=True)), Decimal(0)))
    taxed = vat.taxed([*prices, charge.price(1)], [*terms, charge])
    for row, own, price in zip(rows, terms, taxed.parts[:-1], strict=True):
        row.line_price_excl_tax, row.line_price_incl_tax = price.net, price.gross
        for name, value in before_discounts(own, price, row.quantity).items():
            setattr(row, name, value)
    return taxed


def _write_lines(order: Any, rows: Sequence[Any], *, changed: set[int], also: Sequence[str]) -> None:
    get_model("order", "Line").objects.bulk_update(rows, ["quantity", "num_allocated", *_PRICED, *also])
    LinePrice = get_model("order", "LinePrice")
    again = [row for row in rows if row.pk in changed]
    with moving_held_order():
        LinePrice.objects.filter(line_id__in=changed).delete()
    LinePrice.objects.bulk_create(line_price(order, row) for row in again)


_ORDER: Final = (
    "shipping_code",
    "shipping_method",
    "shipping_excl_tax",
    "shipping_incl_tax",
    "total_excl_tax",
    "total_incl_tax",
)


def _write_order(order: Any, rows: Sequence[Any], charge: Terms, taxed: Taxed) -> Quote:
    quote = _quote(order, rows, taxed)
    former = facts.of_delivery(order)
    if charge != former:
        facts.change_delivery(order, charge)
        if charge.discount and charge.taken_off(1) != former.taken_off(1):
            discounts.save_on_delivery(order.pk, charge.taken_off(1))
    order.shipping_excl_tax, order.shipping_incl_tax = quote.delivery_net, quote.delivery_gross
    order.total_excl_tax, order.total_incl_tax = quote.total_net, quote.total_gross
    order.save(update_fields=_ORDER)
    return quote


def _quote(order: Any, rows: Sequence[Any], taxed: Taxed) -> Quote:
    delivered = taxed.parts[-1]
    return Quote(
        currency=order.currency,
        lines=tuple(line_of(row) for row in rows),
        goods_net=taxed.net - delivered.net,
        delivery_net=delivered.net,
        delivery_gross=delivered.gross,
        total_net=taxed.net,
        total_gross=taxed.gross,
        vat=tuple(row for row in taxed.rows if row.net or row.vat),
        fingerprint="",
        delivery_code=order.shipping_code,
        delivery_name=order.shipping_method,
    )
