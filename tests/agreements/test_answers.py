"""The pure answer: literal prices, packs and conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from akcept.agreements.answers import (
    EVERYBODY,
    Agreement,
    Assorted,
    Choice,
    Conditions,
    Off,
    Pack,
    PriceList,
    PriceRow,
    Product,
    Target,
    Term,
    Terms,
    answer,
    conditions,
    is_delivered_free,
    steps,
    surcharge_on,
)
from tests.agreements.building import DAY, terms_of


def test_without_an_agreement_the_shops_own_price_counts() -> None:
    found = answer(Terms(), PAPER, quantity=1, day=DAY)
    assert (found.may_buy, found.pack, _net(Terms())) == (True, Pack(), "10.00 PLN")
    assert _net(Terms(), product=replace(PAPER, net=None)) == "-"


def test_the_first_list_with_a_price_counts_or_the_best() -> None:
    lists = (_list(1), _list(2, _row(1, product=1, net="9.50")), _list(3, _row(2, product=1, net="9.20")))
    assert _net(terms_of([_agreed(1, 2, 3)], *lists)) == "9.50 PLN"
    assert _net(terms_of([_agreed(1, 2, 3, choice=Choice.BEST)], *lists)) == "9.20 PLN"
    dear = _list(4, _row(3, product=1, net="12.00"))
    assert _net(terms_of([_agreed(4)], dear)) == "12.00 PLN"
    assert _net(terms_of([_agreed(4, choice=Choice.BEST)], dear)) == "10.00 PLN", "the shop's own is among the best"


def test_the_product_before_its_category_before_those_above_before_all() -> None:
    rows = [
        _row(1, net="9.00"),
        _row(2, category="0001", net="8.00"),
        _row(3, category="00010002", net="7.00"),
        _row(4, product=1, net="6.00"),
    ]
    for many, expected in ((4, "6.00"), (3, "7.00"), (2, "8.00"), (1, "9.00")):
        assert _net(terms_of([_agreed(1)], _list(1, *rows[:many]))) == f"{expected} PLN"
    assert _net(terms_of([_agreed(1)], _list(1, _row(5, category="0002", net="1.00")))) == "10.00 PLN"


def test_what_is_said_of_a_product_is_said_of_its_kinds_and_they_have_their_own() -> None:
    kind, other = replace(PAPER, id=11, parent=1), replace(PAPER, id=12, parent=2)
    listed = _list(1, _row(1, product=1, net="9.00"))
    packs = {1: Pack(multiple=12), 11: Pack(multiple=6)}
    terms = terms_of([_agreed(1, assorted=Assorted.ONLY, goods=(Target(product_id=1),), packs=packs)], listed)
    assert (_net(terms, product=kind), _net(terms, product=other)) == ("9.00 PLN", "-")
    assert answer(terms, kind, quantity=1, day=DAY).pack.multiple == 6
    assert answer(terms, replace(kind, id=13), quantity=1, day=DAY).pack.multiple == 12
    assert answer(terms, other, quantity=1, day=DAY).pack.multiple == 1


def test_steps_by_quantity() -> None:
    of = _list(
        1, _row(1, product=1, net="9.00"), _row(2, product=1, least=10, net="8.00"), _row(3, least=5, net="1.00")
    )
    terms = terms_of([_agreed(1)], of)
    assert [_net(terms, quantity=number) for number in (1, 9, 10, 1_000_000)] == [
        *("9.00 PLN", "9.00 PLN", "8.00 PLN", "8.00 PLN")
    ]
    assert [(least, str(price.net)) for least, price in steps(terms, PAPER, day=DAY)] == [(1, "9.00"), (10, "8.00")]
    later = terms_of([_agreed(1)], _list(1, _row(1, product=1, least=10, net="8.00")))
    assert [(least, str(price.net)) for least, price in steps(later, PAPER, day=DAY)] == [(1, "10.00"), (10, "8.00")]
    assert _net(later, quantity=9) == "10.00 PLN", "below the first step the list has no price"


def test_days_of_a_row_a_list_and_an_agreement_are_counted_to_the_last() -> None:
    term = Term(starts=date(2026, 12, 1), ends=date(2026, 12, 24))
    row, always = _row(1, product=1, net="7.00", term=term), _row(2, product=1, net="9.00")
    for terms in (
        terms_of([_agreed(1)], _list(1, row, always)),
        terms_of([_agreed(2, 1)], _list(1, always), _list(2, _row(3, net="7.00"), term=term)),
        terms_of([_agreed(2, term=term, depth=1), _agreed(1, id=2)], _list(1, always), _list(2, _row(3, net="7.00"))),
    ):
        days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 24), date(2026, 12, 25)]
        assert [_net(terms, day=day) for day in days] == ["9.00 PLN", "7.00 PLN", "7.00 PLN", "9.00 PLN"]


def test_per_cent_of_per_cent_is_rounded_at_each_list() -> None:
    """33.33 less 10 per cent is 29.997, so 30.00; less 5 per cent 28.50; unrounded it would be 28.49715, so 28.50."""
    shop = replace(PAPER, net=Decimal("33.33"))
    lists = (_list(1, _row(1, per_cent="10")), _list(2, _row(2, category="0001", per_cent="5"), base=1))
    price = answer(terms_of([_agreed(2)], *lists), shop, quantity=1, day=DAY).price
    assert price is not None
    assert (str(price.net), price.off) == (
        "28.50",
        (Off(per_cent=Decimal(5), list_name="L1"), Off(per_cent=Decimal(10), list_name="")),
    )
    odd = replace(PAPER, net=Decimal("0.09"))
    assert _net(terms_of([_agreed(2)], *lists), product=odd) == "0.08 PLN"  # 0.081 -> 0.08 -> 0.076
    assert _net(terms_of([_agreed(3)], _list(3, _row(3, per_cent="100"))), product=odd) == "0.00 PLN"
    assert _net(terms_of([_agreed(4)], _list(4, _row(4, per_cent="-10"))), product=odd) == "0.10 PLN"
    fine = _list(5, _row(5, per_cent="10"), places=4)
    assert _net(terms_of([_agreed(5)], fine), product=odd) == "0.0810 PLN"


def test_per_cent_take_the_base_s_price_of_the_same_quantity() -> None:
    base = _list(1, _row(1, product=1, net="9.00"), _row(2, product=1, least=10, net="8.00"))
    terms = terms_of([_agreed(2)], base, _list(2, _row(3, per_cent="50"), base=1))
    assert [_net(terms, quantity=number) for number in (1, 10)] == ["4.50 PLN", "4.00 PLN"]


def test_a_base_in_another_currency_a_missing_one_and_a_circle_give_no_price() -> None:
    euro = _list(1, _row(1, net="3.00"), currency="EUR")
    assert _net(terms_of([_agreed(2)], euro, _list(2, _row(2, per_cent="5"), base=1))) == "10.00 PLN"
    assert _net(terms_of([_agreed(1)], euro)) == "3.00 EUR"
    assert _net(terms_of([_agreed(2)], _list(2, _row(2, per_cent="5"), base=9))) == "10.00 PLN"
    circle = (_list(1, _row(1, per_cent="5"), base=2), _list(2, _row(2, per_cent="5"), base=1))
    assert _net(terms_of([_agreed(1)], *circle)) == "10.00 PLN"
    deep = [_list(n, _row(n, per_cent="0"), base=n + 1) for n in range(1, 5)]
    assert _net(terms_of([_agreed(1)], *deep, _list(5, _row(9, net="1.00")))) == "10.00 PLN", "deeper than four lists"
    assert _net(terms_of([_agreed(2)], *deep, _list(5, _row(9, net="1.00")))) == "1.00 PLN"


def test_the_best_price_is_looked_for_in_one_currency_only() -> None:
    lists = (_list(1, _row(1, net="3.00"), currency="EUR"), _list(2, _row(2, net="1.00")))
    assert _net(terms_of([_agreed(1, 2, choice=Choice.BEST)], *lists)) == "3.00 EUR"


def test_the_unit_s_own_agreement_comes_before_head_office_s_before_everybody_s() -> None:
    lists = tuple(_list(number, _row(number, net=f"{number}.00")) for number in (1, 2, 3))
    everybody = _agreed(1, id=1, depth=EVERYBODY)
    head_office, unit = _agreed(2, id=2, depth=0), _agreed(3, id=3, depth=1)
    assert _net(terms_of([everybody, head_office, unit], *lists)) == "3.00 PLN"
    assert _net(terms_of([everybody, head_office], *lists)) == "2.00 PLN"
    assert _net(terms_of([everybody, head_office, replace(unit, choice=Choice.BEST)], *lists)) == "1.00 PLN"
    alone = replace(unit, choice=Choice.BEST, alone=True)
    assert _net(terms_of([everybody, head_office, alone], *lists)) == "3.00 PLN"
    assert _net(terms_of([everybody, head_office, replace(unit, lists=())], *lists)) == "2.00 PLN"


@pytest.mark.parametrize(
    ("assorted", "goods", "may"),
    [
        (Assorted.ALL, (), True),
        (Assorted.ONLY, (), False),
        (Assorted.ONLY, (Target(product_id=1),), True),
        (Assorted.ONLY, (Target(category="0001"),), True),
        (Assorted.ONLY, (Target(category="0002"),), False),
        (Assorted.ALL_BUT, (), True),
        (Assorted.ALL_BUT, (Target(product_id=1),), False),
        (Assorted.ALL_BUT, (Target(category="00010002"),), False),
        (Assorted.ALL_BUT, (Target(product_id=2),), True),
    ],
)
def test_what_may_be_bought(assorted: Assorted, goods: tuple[Target, ...], may: bool) -> None:
    found = answer(terms_of([_agreed(assorted=assorted, goods=goods)]), PAPER, quantity=1, day=DAY)
    assert (found.may_buy, found.price is not None, found.assorted_by) == (may, may, "A1")


def test_the_nearest_agreement_that_says_something_decides_what_may_be_bought() -> None:
    nothing = _agreed(id=1, name="above", assorted=Assorted.ONLY)
    silent = _agreed(id=2, name="silent", depth=1)
    assert not answer(terms_of([nothing, silent]), PAPER, quantity=1, day=DAY).may_buy
    speaking = replace(silent, assorted=Assorted.ALL)
    assert answer(terms_of([nothing, speaking]), PAPER, quantity=1, day=DAY).may_buy


@pytest.mark.parametrize(
    ("pack", "wanted", "sold"),
    [
        (Pack(), 0, 1),
        (Pack(), 7, 7),
        (Pack(multiple=12), 11, 12),
        (Pack(multiple=12), 12, 12),
        (Pack(multiple=12), 13, 24),
        (Pack(smallest=5), 1, 5),
        (Pack(multiple=4, smallest=5), 1, 8),
        (Pack(multiple=480), 1_000_000, 1_000_320),
    ],
)
def test_packs(pack: Pack, wanted: int, sold: int) -> None:
    assert pack.fitting(wanted) == sold


@pytest.mark.parametrize(
    ("assorted", "leitz", "esselte"), [(Assorted.ONLY, True, False), (Assorted.ALL_BUT, False, True)]
)
def test_products_are_named_by_the_value_of_an_attribute(assorted: Assorted, leitz: bool, esselte: bool) -> None:
    """An attribute alone, or a value of another one, names nothing."""
    terms = terms_of([_agreed(assorted=assorted, goods=(Target(attribute=("brand", "Leitz")),))])
    for attributes, named in (({("brand", "Leitz"), ("size", "A4")}, leitz), ({("brand", "Esselte")}, esselte)):
        product = replace(PAPER, attributes=frozenset(attributes))
        assert answer(terms, product, quantity=1, day=DAY).may_buy is named
    other = replace(PAPER, attributes=frozenset({("made_by", "Leitz")}))
    assert answer(terms, other, quantity=1, day=DAY).may_buy is esselte
    assert answer(terms, PAPER, quantity=1, day=DAY).may_buy is esselte


def test_the_nearest_agreement_s_pack_counts() -> None:
    far, near = _agreed(id=1, packs={1: Pack(multiple=12)}), _agreed(id=2, depth=1, packs={1: Pack(multiple=6)})
    assert answer(terms_of([far, near]), PAPER, quantity=1, day=DAY).pack.multiple == 6
    assert answer(terms_of([far, replace(near, packs={2: Pack(multiple=6)})]), PAPER, quantity=1, day=DAY).pack == Pack(
        multiple=12
    )


def test_each_condition_of_orders_is_the_nearest_agreement_s_that_says_it() -> None:
    everybody = Conditions(
        order_from=Decimal(300), order_up_to=Decimal(900), pays=("transfer",), delivers=("courier",), pay_days=30
    )
    own = Conditions(order_from=Decimal(0), delivers=("pickup",))
    agreements = [
        Agreement(id=1, name="everybody", depth=EVERYBODY, conditions=everybody),
        Agreement(id=2, name="unit", depth=1, conditions=own),
        Agreement(id=3, name="over", depth=2, term=Term(ends=DAY - timedelta(days=1)), conditions=everybody),
    ]
    found = conditions(terms_of(agreements), DAY)
    assert found == Conditions(
        order_from=Decimal(0), order_up_to=Decimal(900), pays=("transfer",), delivers=("pickup",), pay_days=30
    )
    alone = [replace(each, alone=each.id == 2) for each in agreements]
    assert conditions(terms_of(alone), DAY) == own
    assert conditions(Terms(), DAY) == Conditions()


def test_free_delivery_and_the_surcharge_on_small_orders_are_the_nearest_agreements_that_say_them() -> None:
    everybody = Conditions(free_from=Decimal(500), small_below=Decimal(100), surcharge=Decimal(15))
    own = Conditions(small_below=Decimal(50), surcharge=None)
    agreements = [
        Agreement(id=1, name="everybody", depth=EVERYBODY, conditions=everybody),
        Agreement(id=2, name="unit", depth=1, conditions=own),
    ]
    found = conditions(terms_of(agreements), DAY)
    assert found == Conditions(free_from=Decimal(500), small_below=Decimal(50), surcharge=None)
    assert conditions(terms_of(agreements[:1]), DAY) == everybody


@pytest.mark.parametrize(("goods", "more"), [("99.99", 15), ("100", 0), ("100.01", 0)])
def test_goods_below_a_value_cost_the_surcharge_more(goods: str, more: int) -> None:
    small = Conditions(small_below=Decimal(100), surcharge=Decimal(15))
    assert surcharge_on(small, Decimal(goods)) == more
    assert surcharge_on(replace(small, surcharge=None), Decimal(goods)) == 0
    assert surcharge_on(Conditions(), Decimal(goods)) == 0


@pytest.mark.parametrize(("goods", "free"), [("499.99", False), ("500", True), ("500.01", True)])
def test_goods_from_a_value_on_are_delivered_free(goods: str, free: bool) -> None:
    assert is_delivered_free(Conditions(free_from=Decimal(500)), Decimal(goods)) is free
    assert is_delivered_free(Conditions(), Decimal(goods)) is False


PAPER = Product(id=1, categories=frozenset({"0001", "00010002"}), net=Decimal("10.00"), currency="PLN")


def _row(number: int, **columns: Any) -> PriceRow:
    target = Target(product_id=columns.pop("product", None), category=columns.pop("category", ""))
    money = {name: Decimal(columns.pop(name)) for name in ("net", "per_cent") if name in columns}
    return PriceRow(id=number, target=target, **money, **columns)


def _list(number: int, *rows: PriceRow, **columns: Any) -> PriceList:
    return PriceList(**{"id": number, "name": f"L{number}", "currency": "PLN", "rows": rows, **columns})


def _agreed(*lists: int, **columns: Any) -> Agreement:
    return Agreement(**{"id": 1, "name": "A1", "lists": lists, **columns})


def _net(terms: Terms, *, quantity: int = 1, day: date = DAY, product: Product = PAPER) -> str:
    price = answer(terms, product, quantity=quantity, day=day).price
    return f"{price.net} {price.currency}" if price else "-"
