"""Which products of a basket a range of an offer holds: asked once for all of them, where Oscar asks for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from oscar.apps.offer.abstract_models import AbstractRange
from oscar.core.loading import get_model


def ask_at_once(offers: Iterable[Any], basket: Any) -> None:
    """Let the ranges of offers answer for a basket's products from one statement each, and be read in one.

    A range with a class of the shop's own answers itself, as before.
    """
    parts = [part for offer in offers for part in _parts(offer) if part.range_id is not None]
    if not parts:
        return
    products = frozenset(line.product_id for line in basket.all_lines())
    ranges = get_model("offer", "Range").objects.in_bulk({part.range_id for part in parts})
    for found in ranges.values():
        if not found.proxy_class and type(found).contains_product is AbstractRange.contains_product:
            found.contains_product = _from_one_statement(found, products)
    for part in parts:
        part.range = ranges[part.range_id]


def _parts(offer: Any) -> tuple[Any, ...]:
    """Return an offer's condition and benefit as what computes them, made once; Oscar makes them for each question."""
    try:
        condition, benefit = offer.condition.proxy(), offer.benefit.proxy()
    except Exception:  # of a class that is gone: the applicator leaves it out, and says so
        return ()
    offer.condition, offer.benefit = condition, benefit
    return condition, benefit


def _from_one_statement(found: Any, products: frozenset[int]) -> Callable[[Any], bool]:
    asks_each, held = found.contains_product, list[frozenset[int]]()

    def contains(product: Any) -> bool:
        if product.pk not in products:
            return bool(asks_each(product))
        if not held:
            held.append(frozenset(found.product_queryset.filter(pk__in=products).values_list("pk", flat=True)))
        return product.pk in held[0]

    return contains
