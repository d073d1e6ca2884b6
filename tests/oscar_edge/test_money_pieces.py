"""How many pieces an order holds: one limit for baskets, the checkout and changes."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.kernel.errors import Invalid
from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.oscar_edge.money import CHECKOUT, cart_of, document_of, model, seen_on

# --- how many pieces an order holds: one limit for baskets, the checkout, and changes ---

TOO_MANY = "an order holds up to 10,000 pieces, and this one would hold 10,001."


def test_a3_an_order_is_changed_to_no_more_pieces_than_a_basket_holds(cast: Cast, visit: Visit) -> None:
    """It was 100,000 of each line, where a basket holds 10,000 in all."""
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("1.00", "23", 5_000), ("2.00", "23", 1)))
    first, second = model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")
    with pytest.raises(Invalid, match=TOO_MANY) as refused:
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={second.pk: 5_001})
    assert (refused.value.field, second.title in str(refused.value)) == (f"quantity-{second.pk}", True)
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_999, second.pk: 5_001}
    )
    assert str(document_of(placed).goods_net) == "15001.00"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", TOO_MANY),
        ("pl", "zamówienie mieści do 10\xa0000 sztuk, a to miałoby ich 10\xa0001."),
    ],
)
def test_a3_the_page_that_changes_an_order_says_so_beside_the_line_and_keeps_what_was_typed(
    cast: Cast, visit: Visit, language: str, told: str
) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("1.00", "23", 5_000)))
    line = model("order.Line").objects.get(order_id=placed.order_id)
    anna = visit(cast.anna)
    anna.cookies["django_language"] = language
    page = f"/orders/{placed.order_number}/change/"
    form = {"version": "1", f"quantity-{line.pk}": "10001"}
    for sent in (form | {"preview": "1"}, form):
        answer = anna.post(page, sent)
        text = answer.content.decode()
        assert (answer.status_code, told in text, 'value="10001"' in text) == (422, True, True)


def test_a3_an_order_that_has_more_than_it_may_is_made_smaller_only(cast: Cast, settings: Any) -> None:
    placed = orders.place_cart(cast.anna, cart_of(cast.anna, ("1.00", "23", 5_000), ("2.00", "23", 10)))
    first, second = model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")
    settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 100
    with pytest.raises(Invalid, match="up to 100 pieces"):
        actions.resubmit(
            placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_000, second.pk: 11}
        )
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={first.pk: 4_000})
    assert str(document_of(placed).goods_net) == "4020.00"


def test_a3_a_basket_that_came_to_hold_too_much_is_told_at_the_checkout_and_not_ordered(
    cast: Cast, visit: Visit
) -> None:
    """Two baskets become one at the login, and a limit may be lowered."""
    told = "An order holds up to 10,000 pieces, and your basket has 10,001. Order less."
    cart = cart_of(cast.anna, ("1.00", "23", 10_001))
    assert told in seen_on(visit(cast.anna).get(CHECKOUT))
    with pytest.raises(Invalid, match="up to 10,000 pieces"):
        orders.place_cart(cast.anna, cart)
