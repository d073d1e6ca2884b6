"""What offers cost a basket in statements: as many for one line as for six, for some products or for all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.ordering.ports import order_reader
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support import offers
from tests.support.statements import statements


def _records(number: int) -> list[Any]:
    return [carts.stock(f"R{number}-{each}", price="10.00") for each in range(number)]


def _page(cast: Cast, visit: Visit, records: list[Any]) -> list[str]:
    cart = apps.get_model("basket.Basket").objects.get(pk=carts.fill(cast.anna, records=records, quantity=1))
    client = visit(cast.anna)
    client.get("/basket/")  # what is remembered between pages is read
    found = statements(lambda: client.get("/basket/"))
    cart.delete()
    return found


@pytest.mark.parametrize("on_some", [True, False])
def test_an_offer_costs_a_basket_the_same_however_many_lines_it_has(cast: Cast, visit: Visit, on_some: bool) -> None:
    one, three, six = _records(1), _records(3), _records(6)
    on = [*one, *three[:2], *six[:5]] if on_some else []
    offers.percent("10", on=on)
    offers.absolute("1.00", on=on)
    counts = [len(_page(cast, visit, records)) for records in (one, three, six)]
    assert counts[0] == counts[1] == counts[2], counts


def test_products_beside_the_range_stay_at_their_price(cast: Cast, visit: Visit) -> None:
    inside, outside = carts.stock("IN", price="10.00"), carts.stock("OUT", price="10.00")
    offers.percent("10", on=[inside])
    carts.fill(cast.anna, records=[inside, outside], quantity=1)
    page = visit(cast.anna).get("/basket/").content.decode()
    assert ("9.00" in page, "19.00" in page) == (True, True)


class Own:
    """A range of a shop's own, for what costs ten."""

    name = "Ten"

    def contains_product(self, product: Any) -> bool:
        return bool(product.stockrecords.get().price == Decimal(10))

    def num_products(self) -> None:
        return None


def test_a_shops_own_range_answers_itself(cast: Cast, visit: Visit) -> None:
    ten, eleven = carts.stock("TEN", price="10.00"), carts.stock("ELEVEN", price="11.00")
    offers.percent("10")
    apps.get_model("offer.Range").objects.update(proxy_class=f"{__name__}.Own")
    carts.fill(cast.anna, records=[ten, eleven], quantity=1)
    page = visit(cast.anna).get("/basket/").content.decode()
    assert ("9.00" in page, "20.00" in page) == (True, True)


@pytest.mark.parametrize("named", [True, False])
def test_offers_on_the_same_lines_are_asked_once_what_they_go_together_with(
    cast: Cast, visit: Visit, named: bool
) -> None:
    """Each line asked the database about each pair of them."""
    made = [offers.percent(value, exclusive=False, priority=-int(value)) for value in ("10", "20", "30")]
    if named:
        made[0].combinations.add(*made[1:])
    counts = [len(_page(cast, visit, _records(number))) for number in (1, 3)]
    assert counts[0] == counts[1], counts


def test_an_offer_shares_lines_with_those_it_names_only(cast: Cast) -> None:
    """2 x 10.00: 10 % names 20 %; 30 %, which nobody names, comes after them and finds the line taken."""
    made = [offers.percent(value, exclusive=False, priority=-int(value)) for value in ("10", "20", "30")]
    made[0].combinations.add(made[1])
    placed = orders.place_cart(cast.anna, carts.fill(cast.anna, records=_records(1)), delivery_code="pickup")
    assert str(order_reader().document(placed.order_id).lines[0].net) == "14.00"
