"""A held order at today's prices, after the term for which the merchant keeps them has passed.

What an offer or voucher took off a line at placing stays, in proportion: the customer keeps what they were shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from akcept.kernel.money import cents
from akcept.ordering.models import Placement
from akcept.ordering.ports import Quote
from akcept.oscar_edge import agreed, delivery, discounts, facts, figures, quotes, revising, stock
from akcept.oscar_edge.terms import Terms


def reprice(order_id: int) -> Quote | None:
    """Write today's unit prices and VAT rates, and what follows from them; see `ports.OrderBook.reprice`."""
    order = revising.order_of(order_id)
    rows = revising.lines_of(order_id)
    strategy = quotes.strategy_for(order.user, _buyer(order))
    changed = _new_prices(order, rows, strategy)
    charge = delivery.charge(order, rows, said=agreed.conditions(strategy))
    agreed.keep_delivery(order, strategy)
    if not changed and charge.asks_as_much_as(facts.of_delivery(order)):
        return None
    stock.lock_of(rows)  # before the offers: a change that comes with the new prices moves stock
    discounts.fit(order_id, {row.pk: facts.of_line(row).taken_off(row.quantity) for row in rows})
    facts.change_lines([row for row in rows if row.pk in changed])
    return revising.write(order, rows, charge, changed=changed, also=("unit_price_excl_tax", "unit_price_incl_tax"))


def would_cost(order_id: int, quantities: Mapping[int, int], *, delivery_code: str | None) -> Quote:
    """Return what an order would cost at today's prices; see `ports.OrderBook.would_cost`."""
    order = revising.order_of(order_id)
    rows = revising.lines_of(order_id)
    method = revising.delivered_by(order, delivery_code)
    strategy = quotes.strategy_for(order.user, _buyer(order))
    _new_prices(order, rows, strategy)
    kept = revising.scaled(rows, revising.wanted_of(rows, quantities))
    charge = delivery.charge(order, kept, method=method, said=agreed.conditions(strategy))
    quote = revising.quoted(order, kept, charge)
    return replace(quote, fingerprint=_fingerprint(rows))


def _fingerprint(rows: Sequence[Any]) -> str:
    """Return what says which prices these are, whatever the quantities."""
    terms = [(row.pk, facts.of_line(row)) for row in rows]
    prices = "|".join(f"{pk}:{each.unit_net.normalize()}:{each.unit_gross.normalize()}" for pk, each in terms)
    return hashlib.sha256(prices.encode()).hexdigest()[:32]


def _new_prices(order: Any, rows: Sequence[Any], strategy: Any) -> set[int]:
    """Set today's prices on the rows, unsaved; return which differ. What has no price any more keeps its own."""
    agreed.know(strategy, [row.product for row in rows])
    changed = set()
    for row in rows:
        if row.product is None or row.stockrecord is None:
            continue
        price = agreed.info_for(strategy, row.product, row.stockrecord, row.quantity).price
        if not price.exists or price.currency != order.currency or not price.is_tax_known:
            continue
        rate = figures.rate_for(strategy, row.product, row.stockrecord, price)
        today = figures.unit_of(price, rate, exact=figures.taxes_sums(strategy))
        if today is not None and not today.asks_as_much_as(facts.of_line(row)):
            _set(row, today.with_discount_of(facts.of_line(row)))
            changed.add(row.pk)
    return changed


def _buyer(order: Any) -> agreed.Buyer:
    """Return the unit an order was placed for, whoever has moved since."""
    if not agreed.are_installed():
        return agreed.Buyer()
    return agreed.Buyer(unit_id=Placement.objects.values_list("unit_id", flat=True).filter(order=order.pk).first())


def _set(row: Any, terms: Terms) -> None:
    facts.set_line(row, terms)
    row.unit_price_excl_tax, row.unit_price_incl_tax = cents(terms.unit_net), cents(terms.unit_gross)
    price = terms.price(row.quantity)
    row.line_price_excl_tax, row.line_price_incl_tax = price.net, price.gross
