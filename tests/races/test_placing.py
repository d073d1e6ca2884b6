"""Placing at once: one basket is one order, the last piece is sold once, buyers of the same goods never deadlock."""

from __future__ import annotations

import pytest

from akcept.journal.queries import verify
from akcept.kernel.errors import AlreadyPlaced, OutOfStock
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 25


def test_basket_submitted_twice_is_one_order(cast: Cast) -> None:
    for number in range(ROUNDS):
        cart = carts.fill(cast.anna, records=[carts.stock(f"B{number}")])
        results = together(*[lambda cart=cart: orders.place_cart(cast.anna, cart)] * 2)
        placed = [result for result in results if isinstance(result, Placed)]
        refused = [result for result in results if isinstance(result, AlreadyPlaced)]
        assert (len(placed), len(refused)) == (1, 1), results
        assert refused[0].order_number == placed[0].order_number
        assert carts.stock(f"B{number}").num_allocated == 2
    assert Placement.objects.count() == ROUNDS


def test_last_pieces_are_sold_once(cast: Cast) -> None:
    for number in range(ROUNDS):
        record = carts.stock(f"L{number}", number=3)
        baskets = [(who, carts.fill(who, records=[record], quantity=2)) for who in (cast.anna, cast.otto)]
        results = together(*[lambda who=who, cart=cart: orders.place_cart(who, cart) for who, cart in baskets])
        assert sorted(type(result).__name__ for result in results) == ["OutOfStock", "Placed"], results
        assert any(isinstance(result, OutOfStock) and f"Produkt L{number}" in str(result) for result in results)
        assert carts.stock(f"L{number}").num_allocated == 2


def test_same_goods_in_opposite_order_never_deadlock(cast: Cast) -> None:
    records = [carts.stock(f"X{i}") for i in range(6)]
    for _ in range(ROUNDS):
        forward, backward = carts.fill(cast.anna, records=records), carts.fill(cast.otto, records=records[::-1])
        results = together(
            lambda cart=forward: orders.place_cart(cast.anna, cart),
            lambda cart=backward: orders.place_cart(cast.otto, cart),
        )
        assert [type(result).__name__ for result in results] == ["Placed", "Placed"], results
    assert {carts.stock(f"X{i}").num_allocated for i in range(6)} == {ROUNDS * 4}


def test_journal_of_one_organisation_stays_a_chain_under_many_writers(cast: Cast) -> None:
    baskets = [(who, carts.fill(who, lines=1)) for who in (cast.anna, cast.ewa, cast.jan, cast.piotr) for _ in range(5)]
    results = together(*[lambda who=who, cart=cart: orders.place_cart(who, cart) for who, cart in baskets])
    assert all(isinstance(result, Placed) for result in results), results
    assert len({result.order_number for result in results}) == len(baskets)
    assert verify(cast.acme.pk) is None
