"""A sum of money spread over lines: all lines together lose exactly the sum, and none ends below nothing (A3).

Values worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.ordering import actions
from akcept.ordering.ports import order_reader
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support import offers


def _records(*prices: str, rate: int = 23) -> list[Any]:
    return [carts.stock(f"S{n}", price=price, rate=rate, number=100_000) for n, price in enumerate(prices)]


def _place(cast: Cast, records: list[Any], *pieces: int, voucher: Any = None) -> Any:
    cart = carts.fill(cast.anna, records=records)
    for record, number in zip(records, pieces, strict=True):
        lines = apps.get_model("basket.Line").objects
        lines.filter(basket_id=cart, stockrecord=record).update(quantity=number)
    if voucher is not None:
        apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    return orders.place_cart(cast.anna, cart, delivery_code="pickup")


def _nets(placed: Any) -> list[str]:
    return [str(line.net) for line in order_reader().document(placed.order_id).lines]


def _noted(placed: Any) -> list[str]:
    used = apps.get_model("order.OrderDiscount").every.filter(order_id=placed.order_id).order_by("offer_id")
    return [str(discount.amount) for discount in used]


@pytest.mark.parametrize("by_voucher", [False, True])
def test_a3_a_sum_of_all_that_three_lines_cost_leaves_no_cent(cast: Cast, by_voucher: bool) -> None:
    offer = offers.absolute("1.32", voucher=by_voucher)
    voucher = offers.voucher(offer) if by_voucher else None
    placed = _place(cast, _records("0.12", "0.12", "0.12"), 3, 5, 3, voucher=voucher)
    assert (_nets(placed), _noted(placed)) == (["0.00", "0.00", "0.00"], ["1.32"])


SUMS = [
    ("1.31", ("0.12", "0.12", "0.12"), (3, 5, 3), ["0.00", "0.01", "0.00"]),
    ("0.01", ("0.12", "0.12", "0.12"), (3, 5, 3), ["0.36", "0.59", "0.36"]),
    ("1.00", ("1.00", "1.00", "1.00"), (1, 1, 1), ["0.66", "0.67", "0.67"]),
    ("0.02", ("0.01", "0.01", "0.01"), (1, 1, 1), ["0.00", "0.00", "0.01"]),
    ("0.04", ("0.01", "0.01", "0.01"), (1, 1, 1), ["0.00", "0.00", "0.00"]),
    ("5000.00", ("0.01", "24.50"), (1, 2), ["0.00", "0.00"]),
    ("100.00", ("0.01", "100.00"), (10_000, 1), ["50.00", "50.00"]),
]


@pytest.mark.usefixtures("a_million_pieces")
@pytest.mark.parametrize(("value", "prices", "pieces", "nets"), SUMS)
def test_a3_a_sum_is_taken_off_all_lines_together_to_the_cent(
    cast: Cast, value: str, prices: tuple[str, ...], pieces: tuple[int, ...], nets: list[str]
) -> None:
    offers.absolute(value)
    assert _nets(_place(cast, _records(*prices), *pieces)) == nets


def test_a3_a_sum_is_taken_off_what_another_offer_left(cast: Cast) -> None:
    """90 % off one of two lines of 100.00; 50.00 off both: 110.00 are left, and 60.00 after it."""
    dear, plain = _records("100.00", "100.00")
    offers.percent("90", on=[dear], exclusive=False, priority=2)
    offers.absolute("50.00", exclusive=False, priority=1)
    placed = _place(cast, [dear, plain], 1, 1)
    assert (_nets(placed), _noted(placed)) == (["5.45", "54.55"], ["90.00", "50.00"])


def test_a3_a_sum_off_some_pieces_and_as_often_as_it_fits(cast: Cast) -> None:
    """5.00 off one piece, the cheapest first, for every piece there is: 2.00, 5.00 and 5.00."""
    offers.absolute("5.00", most=1)
    placed = _place(cast, _records("2.00", "10.00"), 1, 2)
    assert (_nets(placed), _noted(placed)) == (["0.00", "10.00"], ["12.00"])


def test_a3_a_sum_on_some_products_leaves_the_others(cast: Cast) -> None:
    records = _records("3.00", "3.00", "3.00")
    offers.absolute("7.00", on=records[:2])
    assert _nets(_place(cast, records, 1, 1, 1)) == ["0.00", "0.00", "3.00"]


BUNDLES = [
    ("10.00", 3, ("4.00", "5.00", "6.00"), (1, 1, 1), ["2.67", "3.33", "4.00"]),
    ("0.01", 11, ("0.12", "0.12", "0.12"), (3, 5, 3), ["0.00", "0.01", "0.00"]),
    ("1.00", 3, ("0.34", "0.35", "0.36"), (10, 10, 10), ["3.33", "3.33", "3.34"]),
    ("40.00", 2, ("24.50",), (5,), ["104.50"]),
    ("60.00", 2, ("24.50",), (5,), ["122.50"]),
]


@pytest.mark.parametrize(("value", "needed", "prices", "pieces", "nets"), BUNDLES)
def test_a3_bundles_cost_their_price_to_the_cent(
    cast: Cast, value: str, needed: int, prices: tuple[str, ...], pieces: tuple[int, ...], nets: list[str]
) -> None:
    offers.fixed_price(value, pieces=needed)
    assert _nets(_place(cast, _records(*prices), *pieces)) == nets


def test_a3_a_bundle_of_different_products_takes_each_piece_once(cast: Cast) -> None:
    """Two different products for 4.00: (1.00, 5.00) and (5.00, 9.00) by the cheapest; then one is left over."""
    offers.fixed_price("4.00", pieces=2, condition="Coverage")
    placed = _place(cast, _records("1.00", "5.00", "9.00"), 1, 2, 2)
    # 1 + 5 = 6 for 4.00; 5 + 9 = 14 for 4.00; 9 stays: 0.67 + (3.33 + 1.43) + (2.57 + 9.00)
    assert _nets(placed) == ["0.67", "4.76", "11.57"]


def test_a3_a_line_that_a_sum_left_nothing_of_stays_at_nothing_when_it_is_changed(cast: Cast) -> None:
    offers.absolute("1.32")
    placed = _place(cast, _records("0.12", "0.12", "0.12"), 3, 5, 3)
    line = apps.get_model("order.Line").objects.filter(order_id=placed.order_id).earliest("pk")
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 50})
    assert _nets(placed) == ["0.00", "0.00", "0.00"]
    assert sum(map(Decimal, _noted(placed))) == Decimal("6.96")


def test_a3_bundles_of_ten_thousand_pieces_are_asked_for_as_those_of_ten(
    cast: Cast, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    """5,000 bundles of two pieces for 3.00, in the statements of five; each was asked for by itself."""
    offer = offers.fixed_price("3.00", pieces=2)
    (record,) = _records("2.00")
    counts = []
    for pieces in (10, 10_000):
        apps.get_model("basket.Basket").objects.all().delete()
        carts.fill(cast.anna, records=[record], quantity=pieces)
        with django_assert_max_num_queries(60) as asked:
            page = visit(cast.anna).get("/basket/").content.decode().replace("\xa0", " ")
        counts.append(len(asked))
        assert f"{pieces * 3 // 2:,}.00" in page
    assert counts[0] == counts[1]
    placed = _place(cast, [record], 10_000)
    noted = apps.get_model("order.OrderDiscount").every.get(order_id=placed.order_id)
    assert (str(noted.amount), noted.frequency) == ("5000.00", 5_000)
    offer.refresh_from_db()
    assert offer.num_applications == 5_000


def test_a3_bundles_are_made_as_often_as_an_offer_may_be_used(cast: Cast) -> None:
    offers.fixed_price("3.00", pieces=2, max_basket_applications=3)
    assert _nets(_place(cast, _records("2.00"), 10)) == ["17.00"]


@pytest.mark.parametrize("kind", ["Absolute", "Fixed"])
def test_a3_a_sum_off_each_of_ten_thousand_pieces_is_asked_for_as_off_each_of_ten(
    cast: Cast, visit: Visit, django_assert_max_num_queries: Any, kind: str
) -> None:
    """A grosz off one piece, as often as it fits; it was applied once for each of them."""
    offer = offers.make(kind, "0.01", most=1)
    (record,) = _records("0.03")
    counts = []
    for pieces in (10, 10_000):
        apps.get_model("basket.Basket").objects.all().delete()
        carts.fill(cast.anna, records=[record], quantity=pieces)
        with django_assert_max_num_queries(60) as asked:
            page = visit(cast.anna).get("/basket/").content.decode().replace("\xa0", " ")
        counts.append(len(asked))
        assert f"{pieces * 2 // 100:,}.{pieces * 2 % 100:02}" in page
    assert counts[0] == counts[1]
    placed = _place(cast, [record], 10_000)
    noted = apps.get_model("order.OrderDiscount").every.get(order_id=placed.order_id)
    assert (_nets(placed), str(noted.amount), noted.frequency) == (["200.00"], "100.00", 10_000)
    offer.refresh_from_db()
    assert offer.num_applications == 10_000


@pytest.mark.usefixtures("a_million_pieces")
def test_a3_an_offer_without_a_limit_has_none_where_there_are_more_pieces_than_oscar_goes_on_for(cast: Cast) -> None:
    """Two lines of 8,000 pieces at 0.03; a grosz off each piece, where Oscar stopped after 10,000."""
    offers.absolute("0.01", most=1)
    assert _nets(_place(cast, _records("0.03", "0.03"), 8_000, 8_000)) == ["160.00", "160.00"]


def test_a3_a_sum_off_two_pieces_each_time_and_off_the_one_that_is_left(cast: Cast) -> None:
    """Three pieces at 0.33: 0.10 off two of them, 0.10 off the last."""
    offers.absolute("0.10", most=2)
    assert _nets(_place(cast, _records("0.33"), 3)) == ["0.79"]


def test_a3_a_sum_off_pieces_goes_on_to_the_next_line_when_one_costs_nothing_any_more(cast: Cast) -> None:
    """Another offer gives the cheaper product away: 5.00 off one piece is for the two dearer ones."""
    cheap, dear = _records("2.00", "10.00")
    offers.percent("100", on=[cheap], exclusive=False, priority=2)
    offers.absolute("5.00", most=1, exclusive=False, priority=1)
    assert _nets(_place(cast, [cheap, dear], 3, 2)) == ["0.00", "10.00"]


def test_a3_a_sum_off_is_given_while_what_the_offer_wants_is_there(cast: Cast) -> None:
    """5.00 off one piece while four pieces are free: of six pieces three are lowered."""
    offers.absolute("5.00", most=1, needed="4")
    assert _nets(_place(cast, _records("10.00"), 6)) == ["45.00"]


def test_a3_a_sum_off_is_given_while_the_value_the_offer_wants_is_there(cast: Cast) -> None:
    """5.00 off one piece while pieces for 45.00 are free: of six pieces at 10.00 two are lowered."""
    offers.absolute("5.00", most=1, condition="Value", needed="45.00")
    assert _nets(_place(cast, _records("10.00"), 6)) == ["50.00"]
