"""F6: whoever may not order is told at once, and is offered nothing that would lead nowhere."""

from __future__ import annotations

import pytest
from oscar.core.loading import get_model

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.statements import statements

_ADDS = ("Add to basket", "/basket/add/", 'href="/checkout/"', 'id="basket-button"')


@pytest.mark.parametrize("page", ["/catalogue/", "/search/?q=produkt", "product", "/quick-order/", "/basket/"])
def test_f6_pages_say_whom_to_ask_and_offer_no_basket(cast: Cast, visit: Visit, page: str) -> None:
    product = carts.stock("S1").product
    client = visit(cast.cora)  # accepts, and places nothing
    told = client.get(product.get_absolute_url() if page == "product" else page, follow=True).content.decode()
    assert "Dora Zielińska" in told
    assert [adds for adds in _ADDS if adds in told] == []


def test_f6_nothing_gets_into_the_basket_of_who_may_not_order_from_an_old_page(cast: Cast, visit: Visit) -> None:
    record = carts.stock("S1")
    number = orders.place(cast.anna, records=[record]).order_number
    client = visit(cast.cora)  # who may see the order, too
    product = f"/basket/add/{record.product_id}/"
    for path, typed, status in (
        (product, {"quantity": "1"}, 422),
        ("/basket/quick-order/", {"lines": "S1 2"}, 422),
        (f"/basket/order-again/{number}/", {}, 200),
    ):
        answer = client.post(path, typed, follow=True)
        assert (answer.status_code, answer.content.decode().count("Dora Zielińska")) == (status, 1), path
    assert not get_model("basket", "Line").objects.filter(basket__owner=cast.cora.user).exists()


def test_f6_who_may_order_sees_the_buttons_and_no_such_note(cast: Cast, visit: Visit) -> None:
    carts.stock("S1")
    for person in (cast.anna, cast.otto, cast.paul):
        told = visit(person).get("/catalogue/").content.decode()
        assert "/basket/add/" in told
        assert 'id="basket-button"' in told


def test_f6_an_order_is_not_offered_again_to_who_may_not_place_it(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    actions.accept(number, actor=cast.cora.actor, version=1)
    assert "Order again" in visit(cast.anna).get(f"/orders/{number}/").content.decode()
    assert "Order again" not in visit(cast.cora).get(f"/orders/{number}/").content.decode()


def test_f6_the_note_is_read_only_where_a_page_says_it(cast: Cast, visit: Visit) -> None:
    cora = visit(cast.cora)
    cora.get("/orders/")
    for page, reads in (("/orders/", 0), ("/catalogue/", 1)):
        asked = statements(lambda page=page: cora.get(page))  # type: ignore[misc]
        assert len([sql for sql in asked if '"manage_members" AND' in sql]) == reads, asked


def test_f6_the_note_costs_who_may_order_nothing(cast: Cast, visit: Visit) -> None:
    carts.stock("S1")
    client = visit(cast.anna)
    client.get("/catalogue/")
    asked = statements(lambda: client.get("/catalogue/"))
    assert len([sql for sql in asked if "akcept_organizations_member" in sql]) <= 2, asked
