"""What was agreed is changed while an order is placed, accepted, ordered again: it is of one version, or of the other.

Real threads on PostgreSQL. The naive way, which takes what it reads at two moments for one, is the control that fails.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted, Terms
from akcept.agreements.inputs import AgreementInput, GoodsInput, PackInput, PriceInput
from akcept.agreements.models import Agreement, AgreementVersion, OrderedUnder, PriceList
from akcept.agreements.queries import Heads
from akcept.agreements.queries import terms as reading
from akcept.kernel.errors import Changed, OutOfStock
from akcept.ordering import actions as ordering
from akcept.ordering.actions import Placed
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.oscar_edge.test_agreed import agree, net, price_list
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 15
#: Seconds: longer than another thread needs to change an agreement.
PAUSE = 0.05


@pytest.fixture
def slow_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass between the reads of agreements and of what they say of products."""
    real = reading.terms_of

    def slow(heads: Heads, product_ids: Collection[int]) -> Terms:
        time.sleep(PAUSE)
        return real(heads, product_ids)

    monkeypatch.setattr("akcept.agreements.queries.terms_of", slow)


class Two:
    """An agreement that is one thing or the other: the first product at 1.00 by 2, or the second at 2.00 by 3."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.records = [carts.stock("ONE"), carts.stock("TWO")]
        self.lists = [price_list(cast, f"L{n}", _all(f"{n}.00")) for n in (1, 2)]
        self.row = actions.add_agreement(self._wanted(0), actor=cast.mia.actor, unit_id=cast.krakow.pk)

    def _wanted(self, which: int) -> AgreementInput:
        goods = GoodsInput(product_id=self.records[which].product_id)
        packs = tuple(PackInput(product_id=record.product_id, multiple=which + 2) for record in self.records)
        list_ids = (self.lists[which].pk,)
        return AgreementInput(name="A", list_ids=list_ids, assorted=Assorted.ONLY, goods=(goods,), packs=packs)

    def change(self) -> Agreement:
        """Let it be the other."""
        seen = Agreement.objects.get(pk=self.row.pk).version
        return actions.change_agreement(self.row.pk, self._wanted(seen % 2), actor=self.cast.mia.actor, version=seen)

    def mixed(self, order_id: int) -> list[str]:
        """Return what of an order is not what its version of the agreement says."""
        under = OrderedUnder.objects.get(pk=order_id)
        content = AgreementVersion.objects.get(agreement=self.row, version=under.agreements[0]["version"]).content
        (line,) = apps.get_model("order.Line").objects.filter(order_id=order_id)
        which = self.lists.index(PriceList.objects.get(pk=content["lists"][0]))
        wrong = [] if [line.product_id] == content["products"] else ["product"]
        wrong += [] if line.unit_price_excl_tax == Decimal(which + 1) else ["price"]
        return wrong + ([] if line.quantity % (which + 2) == 0 else ["pack"])


def _all(price: str) -> PriceInput:
    return PriceInput(goods=GoodsInput(), net=Decimal(price))


def _placed_while_changed(cast: Cast, two: Two) -> list[str]:
    """Place an order for each thing it may be while it is changed; return what is mixed in those that were placed."""
    mixed: list[str] = []
    for _round in range(ROUNDS):
        tries = [(cast.anna, two.records[0], 2), (cast.ewa, two.records[1], 3)]
        baskets = [(who, carts.fill(who, records=[record], quantity=many)) for who, record, many in tries]
        _changed, *results = together(two.change, *(partial(orders.place_cart, who, cart) for who, cart in baskets))
        assert not [each for each in results if not isinstance(each, Placed | OutOfStock | Changed)], results
        mixed += [word for each in results if isinstance(each, Placed) for word in two.mixed(each.order_id)]
        apps.get_model("basket.Basket").objects.filter(status="Open").delete()
    return mixed


@pytest.mark.usefixtures("slow_reads")
def test_an_order_is_placed_under_one_version_of_an_agreement(cast: Cast) -> None:
    """Price, product and pack are all of the version that the order keeps."""
    assert _placed_while_changed(cast, Two(cast)) == []
    assert OrderedUnder.objects.count() >= ROUNDS // 2, "or nothing was tried"


@pytest.mark.usefixtures("slow_reads")
def test_naive_way_mixes_two_versions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: if this ever stops failing, the race above proves nothing."""

    def unasked(_seen: dict[int, int], _read: Collection[tuple[int, int]]) -> None:
        """Take what was read at two moments for one."""

    monkeypatch.setattr(reading, "_require_same", unasked)
    assert _placed_while_changed(cast, Two(cast)) != []


def _line_of(order_id: int) -> Any:
    (line,) = apps.get_model("order.Line").objects.filter(order_id=order_id)
    return line


def test_a_list_changed_while_an_order_is_placed_is_the_old_one_or_the_new_one(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"))
    agree(cast, cast.krakow, found)
    for number in range(ROUNDS):
        version = PriceList.objects.get(pk=found.pk).version
        price = f"{8 + number}.00"
        change = partial(actions.set_prices, found.pk, [net(record, price)], actor=cast.mia.actor, version=version)
        cart = carts.fill(cast.anna, records=[record], quantity=1)
        _changed, placed = together(change, partial(orders.place_cart, cast.anna, cart))
        assert isinstance(placed, Placed), placed
        kept = OrderedUnder.objects.get(pk=placed.order_id).lines[0]
        paid = _line_of(placed.order_id).unit_price_excl_tax
        assert paid == Decimal(kept["net"])
        assert paid == (Decimal(price) if kept["list_version"] == version + 1 else Decimal(7 + number))


def test_an_agreement_that_ends_while_an_order_is_accepted_changes_nothing_of_it(cast: Cast) -> None:
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"))
    yesterday = timezone.localdate() - timedelta(days=1)
    for number in range(ROUNDS):
        made = agree(cast, cast.krakow, found, name=f"A{number}")
        placed = orders.place(cast.anna, records=[record], quantity=2)
        ended = AgreementInput(name=made.name, ends=yesterday)
        change = partial(actions.change_agreement, made.pk, ended, actor=cast.mia.actor, version=1)
        accept = partial(ordering.accept, placed.order_number, actor=cast.ben.actor, version=1)
        results = together(change, accept)
        assert not [each for each in results if isinstance(each, Exception)], results
        assert _line_of(placed.order_id).line_price_excl_tax == Decimal("14.00")
        assert orders.order(placed).status == "unhandled"


def _again(person: Person, number: str) -> int:
    client = Client()
    client.force_login(person.user)
    return client.post(f"/basket/order-again/{number}/").status_code


def test_a_product_that_leaves_while_it_is_ordered_again_is_never_ordered(cast: Cast) -> None:
    """Whether it got into the basket before it left or not: the order that follows is refused with its name."""
    inside, leaves = carts.stock("IN1"), carts.stock("OUT1")
    before = orders.place(cast.anna, records=[inside, leaves])
    goods = (GoodsInput(product_id=leaves.product_id),)
    for _round in range(ROUNDS):
        apps.get_model("basket.Basket").objects.filter(status="Open").delete()
        wanted = AgreementInput(name="A", assorted=Assorted.ALL_BUT, goods=goods)
        add = partial(actions.add_agreement, wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
        _added, status = together(add, partial(_again, cast.anna, before.order_number))
        assert status == 302
        basket = apps.get_model("basket.Basket").objects.get(status="Open")
        got_in = basket.lines.filter(product_id=leaves.product_id).exists()
        if got_in:
            with pytest.raises(OutOfStock, match="OUT1"):
                orders.place_cart(cast.anna, basket.pk)
        else:
            placed = orders.place_cart(cast.anna, basket.pk)
            assert _line_of(placed.order_id).product_id == inside.product_id
        Agreement.objects.all().delete()
