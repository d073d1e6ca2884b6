"""Which pieces an offer lowers where there are several (A2): values worked out by hand."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from akcept.ordering.ports import order_reader
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support import offers


def _records(*prices: str) -> list[Any]:
    return [carts.stock(f"S{n}", price=price, number=100_000) for n, price in enumerate(prices)]


def _nets(cast: Cast, records: list[Any], *pieces: int) -> list[str]:
    cart = carts.fill(cast.anna, records=records)
    for record, number in zip(records, pieces, strict=True):
        apps.get_model("basket.Line").objects.filter(basket_id=cart, stockrecord=record).update(quantity=number)
    placed = orders.place_cart(cast.anna, cart, delivery_code="pickup")
    return [str(line.net) for line in order_reader().document(placed.order_id).lines]


def test_a2_per_cent_reach_dearer_lines_past_one_that_another_offer_took(cast: Cast) -> None:
    """20 % off one product, 10 % off everything else, not on top of each other; the first product is the cheapest."""
    records = _records("1.00", "10.00", "100.00")
    offers.percent("20", on=records[:1], priority=2)
    offers.percent("10", priority=1)
    assert _nets(cast, records, 1, 1, 1) == ["0.80", "9.00", "90.00"]


def test_a2_the_free_piece_is_none_that_an_exclusive_offer_has_lowered(cast: Cast) -> None:
    records = _records("1.00", "10.00", "100.00")
    offers.percent("20", on=records[:1], priority=2)
    offers.cheapest_free(pieces=2, priority=1)
    assert _nets(cast, records, 1, 1, 1) == ["0.80", "0.00", "100.00"]


def test_a2_the_free_piece_is_given_once(cast: Cast) -> None:
    offers.cheapest_free(pieces=3)
    assert _nets(cast, _records("10.00"), 6) == ["50.00"]


def test_a2_per_cent_on_so_many_pieces_at_most(cast: Cast) -> None:
    """The cheapest first: 2 at 1.00, then 1 of the 3 at 10.00."""
    offers.percent("50", most=3)
    assert _nets(cast, _records("1.00", "10.00"), 2, 3) == ["1.00", "25.00"]
