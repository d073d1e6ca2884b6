"""Money has one source: menu, basket, checkout and order name one sum, to those who may see it."""

from __future__ import annotations

import pytest

from akcept.kernel.errors import NotFound
from akcept.ordering import queries
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.oscar_edge.money import BASKET, CHECKOUT, cart_of, seen_on
from tests.support import offers


def test_the_menu_the_basket_and_the_checkout_name_one_sum(cast: Cast, visit: Visit) -> None:
    """Each line is rounded once: 0.045 and 0.045 are 0.05 and 0.05, not 0.09."""
    offers.percent("10")
    cart_of(cast.anna, ("0.05", "23", 1), ("0.050", "8", 1))
    anna = visit(cast.anna)
    assert ["PLN 0.10" in seen_on(anna.get(page)) for page in (BASKET, CHECKOUT)] == [True, True]


def test_otto_and_the_wrong_branch_see_nothing_of_its_figures(cast: Cast) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("0.02", "23", 10_000)))
    for stranger in (cast.otto, cast.jan):
        with pytest.raises(NotFound):
            queries.order(stranger.actor, placed.order_number)
