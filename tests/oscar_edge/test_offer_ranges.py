"""What offers cost a basket in statements: as many for one line as for six, for some products or for all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.testing import carts
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
