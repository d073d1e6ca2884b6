"""What was agreed and no longer is while an order waits: told to all who see it, and what accepting does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PriceInput
from akcept.agreements.models import Agreement, PriceList
from akcept.kernel.clock import utc_now
from akcept.ordering import actions
from akcept.ordering.models import ShopTerms
from akcept.ordering.ports import AgreedSince, order_book
from akcept.ordering.validity.agreed_since import in_words
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.statements import statements

AS_IT_STANDS = "Accepting the order sends it to the shop as it stands, at the prices shown here."


class Agreed:
    """A list with two products, agreed with Kraków; they can be changed."""

    def __init__(self, cast: Cast, *, number: int = 2) -> None:
        self.cast = cast
        self.records = [carts.stock(f"A{n}", price="10.00") for n in range(number)]
        self.prices: PriceList = agreements.add_list(
            ListInput(name="Hurt", currency="PLN"), prices=self.rows("8.00"), actor=cast.mia.actor
        )
        self.row: Agreement = agreements.add_agreement(self.wanted(), actor=cast.mia.actor, unit_id=cast.krakow.pk)

    def rows(self, net: str) -> list[PriceInput]:
        return [PriceInput(goods=GoodsInput(product_id=each.product_id), net=Decimal(net)) for each in self.records]

    def wanted(self, **said: Any) -> AgreementInput:
        return AgreementInput(name="Umowa", list_ids=(self.prices.pk,), **said)

    def change(self, **said: Any) -> None:
        agreements.change_agreement(self.row.pk, self.wanted(**said), actor=self.cast.mia.actor, version=1)

    def reprice(self, net: str) -> None:
        agreements.set_prices(self.prices.pk, self.rows(net), actor=self.cast.mia.actor, version=1)

    def place(self) -> Any:
        return orders.place(self.cast.anna, records=self.records)


def _since(placed: Any, unit: Any) -> AgreedSince:
    return order_book().agreed_since(orders.order(placed).pk, unit.pk)


def test_nothing_is_told_where_nothing_has_changed_or_nothing_was_agreed(cast: Cast) -> None:
    jan = orders.place(cast.jan, records=[carts.stock("A0", price="10.00")])
    agreed = Agreed(cast)
    placed = agreed.place()
    agreed.change(position=3)
    assert _since(placed, cast.krakow) == AgreedSince(), "another version that leaves everything as it was"
    assert _since(jan, cast.tarnow) == AgreedSince()


def _ended(agreed: Agreed) -> None:
    agreed.change(ends=timezone.localdate() - timedelta(days=1), starts=date(2020, 1, 1))


def _left(agreed: Agreed) -> None:
    goods = (GoodsInput(product_id=agreed.records[0].product_id),)
    agreed.change(assorted=Assorted.ALL_BUT, goods=goods)


def _listed(agreed: Agreed) -> None:
    agreed.reprice("9.00")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (_ended, "“Umowa”, agreed when the order was placed, no longer applies."),
        (_left, "No longer among the products agreed with the shop: “Produkt A0”. The order keeps them."),
        (_listed, "By now another price applies to: “Produkt A0”, “Produkt A1”."),
    ],
)
def test_each_outcome_is_told_to_requester_approver_and_shop_and_is_what_accepting_does(
    cast: Cast, visit: Visit, changed: Any, words: str
) -> None:
    agreed = Agreed(cast)
    placed = agreed.place()
    before = orders.order(placed).total_incl_tax
    pages = [
        (visit(cast.anna), f"/orders/{placed.order_number}/"),
        (visit(cast.ben), f"/orders/{placed.order_number}/"),
        (visit(cast.mia), f"/dashboard/acceptance/{placed.order_number}/"),
    ]
    for client, path in pages:
        assert AS_IT_STANDS not in client.get(path).content.decode(), path
    changed(agreed)
    for client, path in pages:
        page = client.get(path).content.decode()
        assert words in page, path
        assert AS_IT_STANDS in page, path
    for stranger in (cast.otto, cast.jan):
        assert visit(stranger).get(f"/orders/{placed.order_number}/").status_code == 404
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert (orders.order(placed).status, orders.order(placed).total_incl_tax) == ("unhandled", before)
    assert orders.order(placed).lines.count() == 2
    for client, path in pages:
        assert AS_IT_STANDS not in client.get(path).content.decode(), "it waits no more"


def test_after_the_term_of_its_prices_what_accepting_does_is_told_as_of_any_order(cast: Cast, visit: Visit) -> None:
    """A product that has left keeps its price then, too."""
    agreed = Agreed(cast)
    placed = agreed.place()
    ShopTerms.objects.create(pk=1, price_days=7)
    _left(agreed)
    agreed.reprice("9.00")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        page = visit(cast.ben).get(f"/orders/{placed.order_number}/").content.decode()
        panel = visit(cast.mia).get(f"/dashboard/acceptance/{placed.order_number}/").content.decode()
        for each in (page, panel):
            assert "The order keeps them." in each
            assert AS_IT_STANDS not in each
            assert "By now another price applies to" not in each
        assert "Today it costs more" in page
        order = orders.order(placed)
        lines = {row.partner_sku: row.pk for row in order.lines.all()}
        today = {line.line_id: line.unit_net for line in order_book().would_cost(order.pk, {}, today=True).lines}
        assert (today[lines["A0"]], today[lines["A1"]]) == (Decimal("8.00"), Decimal("9.00"))


@pytest.mark.parametrize("lines", [1, 3])
def test_telling_costs_the_same_whatever_the_lines(cast: Cast, lines: int) -> None:
    agreed = Agreed(cast, number=lines)
    placed = agreed.place()
    agreed.reprice("9.00")
    order = orders.order(placed).pk
    sent = statements(lambda: order_book().agreed_since(order, cast.krakow.pk))
    assert len(sent) == 4, sent


def test_many_products_are_counted() -> None:
    said = in_words(AgreedSince(left=tuple("ABCDEFG")))
    assert "“E” and 2 more. The order keeps them." in said[0]
