"""What was agreed is changed while an order is placed, accepted, ordered again: it is of one version, or of the other.

Real threads on PostgreSQL. The naive way, which takes what it reads at two moments for one, is the control that fails.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted, Terms
from akcept.agreements.inputs import AgreementInput, GoodsInput, PackInput, PriceInput
from akcept.agreements.models import Agreement, AgreementVersion, OrderedUnder, PriceList
from akcept.agreements.queries import Heads
from akcept.agreements.queries import terms as reading
from akcept.kernel.errors import Changed, Invalid, OutOfStock
from akcept.ordering import actions as ordering
from akcept.ordering.actions import Placed
from akcept.ordering.ports import OrderRef, order_book
from akcept.oscar_edge import agreed, packs, quotes
from akcept.oscar_edge.order_book import OscarOrderBook
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


def _packed(number: int) -> PackInput:
    record = apps.get_model("partner.StockRecord").objects.get(partner_sku="P1")
    return PackInput(product_id=record.product_id, multiple=number)


def _refused_while_packs_change(cast: Cast, repacked: threading.Event) -> int:
    """Change the quantity of an order, and accept it, while its product's pack is changed; count what is refused.

    `repacked` is set while the pack is another one.
    """
    record, refused = carts.stock("P1", price="10.00"), 0
    for number in range(ROUNDS):
        made = agree(cast, cast.krakow, name=f"A{number}", packs=(_packed(2),))
        placed = orders.place(cast.anna, records=[record], quantity=2)
        wanted = AgreementInput(name=made.name, packs=(_packed(5),))
        repack = partial(_repack, cast, made.pk, wanted, repacked)
        line = _line_of(placed.order_id)
        more = partial(_revised, placed, {line.pk: 4})
        changed, revised = together(repack, more)
        assert isinstance(changed, Agreement), changed
        refused += isinstance(revised, Invalid)
        assert revised is None or isinstance(revised, Invalid), revised
        accepted = ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
        assert accepted is not None
        assert _line_of(placed.order_id).quantity == (2 if isinstance(revised, Invalid) else 4)
        assert orders.order(placed).status == "unhandled"
        Agreement.objects.all().delete()
        repacked.clear()
    return refused


def _repack(cast: Cast, agreement_id: int, wanted: AgreementInput, repacked: threading.Event) -> Agreement:
    found = actions.change_agreement(agreement_id, wanted, actor=cast.mia.actor, version=1)
    repacked.set()
    return found


def _revised(placed: Placed, quantities: dict[int, int]) -> None:
    with transaction.atomic():
        book = order_book()
        book.revise(book.lock(placed.order_id), quantities)


def test_a_pack_changed_while_an_order_is_changed_and_accepted_does_not_bind_it(cast: Cast) -> None:
    """The order keeps the pack it was placed under: by 2, whatever it is by now."""
    assert _refused_while_packs_change(cast, threading.Event()) == 0


def test_naive_way_asks_todays_pack_of_an_order_that_was_placed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: asked for today's pack, a change is refused whenever the pack was changed first."""
    repacked = threading.Event()

    def of_today(order: Any, quantities: Mapping[int, int]) -> dict[int, str]:
        repacked.wait(20)
        strategy = quotes.strategy_for(order.user, agreed.Buyer(unit_id=cast.krakow.pk))
        products = apps.get_model("catalogue.Product").objects.in_bulk(list(quantities))
        said = {key: packs.not_sold_so(strategy, products[key], number) for key, number in quantities.items()}
        return {key: how for key, how in said.items() if how}

    monkeypatch.setattr(packs, "not_sold_of", of_today)
    assert _refused_while_packs_change(cast, repacked) == ROUNDS


def _sold(multiple: int, smallest: int) -> AgreementInput:
    record = apps.get_model("partner.StockRecord").objects.get(partner_sku="P1")
    pack = PackInput(product_id=record.product_id, multiple=multiple, smallest=smallest)
    return AgreementInput(name="A", packs=(pack,))


#: Sold by 2 from 2 on, or by 3 from 9 on: what fits the one does not fit the other.
PACKS = ((2, 2, 4), (3, 9, 9))


def _unfit_while_packs_change(cast: Cast) -> list[str]:
    """Place orders that fit the one pack or the other, and accept one placed before, while the pack is changed.

    Return what does not fit the pack of the version it was placed under, and what was refused on accepting.
    """
    record, wrong = carts.stock("P1", price="10.00", number=100_000), []
    for number in range(ROUNDS):
        multiple, smallest, fitting = PACKS[number % 2]
        made = actions.add_agreement(_sold(multiple, smallest), actor=cast.mia.actor, unit_id=cast.krakow.pk)
        waits = orders.place(cast.anna, records=[record], quantity=fitting)
        tries = [(cast.anna, PACKS[0][2]), (cast.ewa, PACKS[1][2])]
        baskets = [(who, carts.fill(who, records=[record], quantity=many)) for who, many in tries]
        other = _sold(*PACKS[1 - number % 2][:2])
        change = partial(actions.change_agreement, made.pk, other, actor=cast.mia.actor, version=1)
        accept = partial(ordering.accept, waits.order_number, actor=cast.ben.actor, version=1)
        places = [partial(orders.place_cart, who, cart) for who, cart in baskets]
        changed, accepted, *placed = together(change, accept, *places)
        assert isinstance(changed, Agreement), changed
        assert not [each for each in placed if not isinstance(each, Placed | OutOfStock | Changed)], placed
        wrong += [str(accepted)] if isinstance(accepted, Exception) else []
        wrong += [f"{_line_of(waits.order_id).quantity} accepted"] * (_line_of(waits.order_id).quantity != fitting)
        wrong += [found for each in placed if isinstance(each, Placed) for found in _unfit(made, each)]
        apps.get_model("basket.Basket").objects.filter(status="Open").delete()
        Agreement.objects.all().delete()
    return wrong


def _unfit(made: Agreement, placed: Placed) -> list[str]:
    """Return what of an order does not fit the pack of the version of the agreement that it keeps."""
    under = OrderedUnder.objects.get(pk=placed.order_id)
    kept = AgreementVersion.objects.get(agreement=made, version=under.agreements[0]["version"]).content
    _product, _unit, multiple, smallest = kept["packs"][0]
    quantity = _line_of(placed.order_id).quantity
    wrong = [] if quantity % multiple == 0 and quantity >= smallest else [f"{quantity} by {multiple} from {smallest}"]
    return wrong + ([] if under.lines[0]["pack"][1:] == [multiple, smallest] else ["another pack is kept"])


@pytest.mark.usefixtures("slow_reads")
def test_a_pack_and_smallest_quantity_changed_while_orders_are_placed_and_accepted(cast: Cast) -> None:
    """What is placed fits the pack of the version it keeps; what was placed before is accepted as it stands."""
    assert _unfit_while_packs_change(cast) == []
    assert OrderedUnder.objects.count() >= ROUNDS + ROUNDS // 2, "or nothing was placed meanwhile"


@pytest.mark.usefixtures("slow_reads")
def test_naive_way_sells_by_the_pack_of_another_version(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is read at two moments taken for one, an order keeps a version whose pack it does not fit."""

    def unasked(_seen: dict[int, int], _read: Collection[tuple[int, int]]) -> None:
        """Take it."""

    monkeypatch.setattr(reading, "_require_same", unasked)
    assert _unfit_while_packs_change(cast) != []


def test_naive_way_asks_todays_pack_when_an_order_is_accepted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: judged by today's pack, an order that fitted is refused whenever the pack was changed first."""
    repacked, real = threading.Event(), OscarOrderBook.release

    def of_today(self: OscarOrderBook, order: OrderRef, *, at: datetime) -> None:
        repacked.wait(20)
        (line,) = apps.get_model("order.Line").objects.filter(order_id=order.id)
        strategy = quotes.strategy_for(cast.anna.user, agreed.Buyer(unit_id=cast.krakow.pk))
        if how := packs.not_sold_so(strategy, line.product, line.quantity):
            raise Invalid(f"by today's pack: {how}")
        real(self, order, at=at)

    monkeypatch.setattr(OscarOrderBook, "release", of_today)
    change = actions.change_agreement

    def told(*given: Any, **named: Any) -> Agreement:
        found = change(*given, **named)
        repacked.set()
        return found

    monkeypatch.setattr(actions, "change_agreement", told)
    assert [text for text in _unfit_while_packs_change(cast) if "by today's pack" in text] != []


def _ordered_again_while_a_list_changes(cast: Cast, *, says_seen: bool) -> list[tuple[Decimal, Decimal]]:
    """Order an order again while its list is changed; return what was seen and what it came to, where they differ."""
    record = carts.stock("P1", price="10.00")
    found = price_list(cast, "L", net(record, "7.00"))
    agree(cast, cast.krakow, found)
    before, differ = orders.place(cast.anna, records=[record], quantity=2), []
    for number in range(ROUNDS):
        apps.get_model("basket.Basket").objects.filter(status="Open").delete()
        assert _again(cast.anna, before.order_number) == 302
        basket = apps.get_model("basket.Basket").objects.get(status="Open")
        price = Decimal(7 + number)
        seen = _seen_by(cast.anna)
        version = PriceList.objects.get(pk=found.pk).version
        rows = [net(record, f"{8 + number}.00")]
        change = partial(actions.set_prices, found.pk, rows, actor=cast.mia.actor, version=version)
        place = partial(_later, cast.anna, basket.pk, seen if says_seen else None)
        _changed, placed = together(change, place)
        assert isinstance(placed, Placed | Changed), placed
        paid = _line_of(placed.order_id).unit_price_excl_tax if isinstance(placed, Placed) else price
        differ += [(price, paid)] if paid != price else []
    return differ


def _later(who: Person, cart: int, seen: str | None) -> Placed:
    time.sleep(PAUSE / 5)  # about as long as a change takes: either may be first
    return orders.place_cart(who, cart, **({"seen": seen} if seen is not None else {}))


def _seen_by(person: Person) -> str:
    client = Client()
    client.force_login(person.user)
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', client.get("/checkout/").content.decode())
    return str(seen)


def test_an_order_ordered_again_while_its_list_changes_costs_what_was_seen_or_is_not_placed(cast: Cast) -> None:
    assert _ordered_again_while_a_list_changes(cast, says_seen=True) == []


def test_naive_way_orders_again_at_a_price_nobody_saw(cast: Cast) -> None:
    """The control: without what was seen, the new price is ordered unseen."""
    assert _ordered_again_while_a_list_changes(cast, says_seen=False) != []
