"""A held order at today's prices, after the term for which the merchant keeps them has passed.

What an offer or voucher took off a line at placing stays, in proportion: the customer keeps what he was shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from oscar.core.loading import get_model

from akcept.kernel.money import cents
from akcept.ordering.ports import Quote
from akcept.oscar_edge import delivery, discounts, quotes, revising


def reprice(order_id: int) -> Quote | None:
    """Write today's unit prices and what follows from them; see `ports.OrderBook.reprice`."""
    order = get_model("order", "Order").objects.select_related("user").get(pk=order_id)
    rows = revising.lines_of(order_id)
    before = {row.pk: row.line_price_before_discounts_excl_tax for row in rows}
    changed = _new_prices(order, rows)
    charge = delivery.charge(order, rows)
    if not changed and charge.net == order.shipping_excl_tax:
        return None
    after = {row.pk: row.line_price_before_discounts_excl_tax for row in rows}
    moved = {pk for pk in changed if before[pk]}
    discounts.scale(
        order_id,
        before={pk: before[pk] if pk in moved else Decimal(1) for pk in before},
        after={pk: after[pk] if pk in moved else Decimal(1) for pk in before},
    )
    return revising.write(order, rows, charge, changed=changed, also=("unit_price_excl_tax", "unit_price_incl_tax"))


def would_cost(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Return what an order would cost at today's prices; see `ports.OrderBook.would_cost`."""
    order = get_model("order", "Order").objects.select_related("user").get(pk=order_id)
    rows = revising.lines_of(order_id)
    method = revising.delivered_by(order, delivery_code)
    _new_prices(order, rows)
    kept = revising.scaled(rows, revising.wanted_of(rows, quantities))
    quote = revising.quoted(order, kept, delivery.charge(order, kept, method=method))
    return replace(quote, fingerprint=_fingerprint(rows))


def _fingerprint(rows: Sequence[Any]) -> str:
    """Return what says which prices these are, whatever the quantities."""
    prices = "|".join(f"{row.pk}:{row.unit_price_excl_tax}" for row in rows)
    return hashlib.sha256(prices.encode()).hexdigest()[:32]


def _new_prices(order: Any, rows: Sequence[Any]) -> set[int]:
    """Set today's prices on the rows, unsaved; return which differ. What has no price any more keeps its own."""
    strategy = quotes.strategy_for(order.user)
    changed = set()
    for row in rows:
        if row.product is None or row.stockrecord is None:
            continue
        price = strategy.fetch_for_product(row.product, stockrecord=row.stockrecord).price
        if not price.exists or price.currency != order.currency or not price.is_tax_known:
            continue
        net, gross = cents(price.excl_tax), cents(price.incl_tax)
        if net != row.unit_price_excl_tax:
            _set(row, net, gross)
            changed.add(row.pk)
    return changed


def _set(row: Any, net: Decimal, gross: Decimal) -> None:
    former = row.line_price_before_discounts_excl_tax
    full_net, full_gross = cents(net * row.quantity), cents(gross * row.quantity)
    kept = row.line_price_excl_tax / former if former else Decimal(1)
    row.unit_price_excl_tax, row.unit_price_incl_tax = net, gross
    row.line_price_before_discounts_excl_tax, row.line_price_before_discounts_incl_tax = full_net, full_gross
    row.line_price_excl_tax, row.line_price_incl_tax = cents(full_net * kept), cents(full_gross * kept)
