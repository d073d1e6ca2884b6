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


def test_a2_pieces_that_a_free_one_was_given_for_are_used_up(cast: Cast) -> None:
    """For two of one product the other one is free; of the first, three pieces, only one is left for 10 % off."""
    wanted, free = _records("10.00", "4.00")
    offers.cheapest_free(pieces=2, on=[free], of=[wanted], priority=2)
    offers.percent("10", on=[wanted], priority=1)
    assert _nets(cast, [wanted, free], 3, 1) == ["29.00", "0.00"]


def test_a2_the_free_piece_is_one_that_costs_something(cast: Cast) -> None:
    """Another offer gives the cheapest product away; of what is left the cheapest piece is free."""
    records = _records("1.00", "10.00", "100.00")
    offers.percent("100", on=records[:1], exclusive=False, priority=2)
    offers.cheapest_free(pieces=2, exclusive=False, priority=1)
    assert _nets(cast, records, 1, 1, 1) == ["0.00", "0.00", "100.00"]


def test_a2_a_free_piece_for_a_value_uses_up_the_dearest_pieces_for_that_value(cast: Cast) -> None:
    """For goods for 25.00 one piece at 1.00 is free; two at 12.00 are used up, the third one is lowered by 10 %."""
    records = _records("1.00", "12.00")
    offers.make("Multibuy", None, condition="Value", needed="25.00", priority=2)
    offers.percent("10", on=records[1:], priority=1)
    assert _nets(cast, records, 1, 3) == ["0.00", "34.80"]


def test_a2_a_free_piece_for_different_products_uses_up_one_piece_of_each(cast: Cast) -> None:
    """For three different products the cheapest is free; one piece of each other one is used up."""
    records = _records("1.00", "10.00", "100.00")
    offers.make("Multibuy", None, condition="Coverage", needed="3", priority=2)
    offers.percent("10", on=records[1:], priority=1)
    assert _nets(cast, records, 1, 2, 2) == ["0.00", "19.00", "190.00"]


def test_a2_a_cheaper_delivery_uses_up_what_it_was_given_for(cast: Cast) -> None:
    """For two pieces the delivery costs 1.00; of three pieces one is left for 10 % off."""
    offers.delivery("Shipping fixed price", "1.00", needed="2", priority=2)
    offers.percent("10", priority=1)
    assert _nets(cast, _records("10.00"), 3) == ["29.00"]
