"""What pieces cost by their terms: exact, and rounded once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from akcept.oscar_edge.terms import Priced, Terms

NET = Terms(unit_net=Decimal("0.333"), unit_gross=Decimal("0.40959"), rate=Decimal("0.23"), on_sums=True)
GROSS = replace(NET, on_sums=False, off_gross=True)


def test_a_million_pieces_are_rounded_once() -> None:
    assert NET.full(1) == Priced(net=Decimal("0.33"), gross=Decimal("0.41"))
    assert NET.full(1_000_000) == Priced(net=Decimal("333000.00"), gross=Decimal("409590.00"))


@pytest.mark.parametrize(
    ("discount", "discounted", "left"),
    [
        ("0", "0", Fraction(1)),
        ("0", "10", Fraction(1)),
        ("1", "0", Fraction(1)),
        ("-1", "10", Fraction(1)),
        ("0.01", "0.03", Fraction(2, 3)),
        ("10", "10", Fraction(0)),
        ("11", "10", Fraction(0)),
    ],
)
def test_what_is_left_after_a_discount_is_a_share(discount: str, discounted: str, left: Fraction) -> None:
    terms = replace(NET, discount=Decimal(discount), discounted=Decimal(discounted))
    assert terms.left == left
    assert NET.with_discount_of(terms).left == left


def test_a_discount_is_taken_off_the_side_that_was_agreed_on() -> None:
    third = {"discount": Decimal(1), "discounted": Decimal(3)}
    assert replace(NET, **third).taken_off(100) == Decimal("11.10")
    assert replace(GROSS, **third).taken_off(100) == Decimal("13.65"), "40.96 less 27.31"
    assert (NET.agreed, GROSS.agreed) == (Decimal("0.333"), Decimal("0.40959"))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"discount": Decimal(1), "discounted": Decimal(2)}, True),
        ({"unit_gross": Decimal("0.41")}, True),  # taxed on the sum: the tax of a piece says nothing
        ({"unit_net": Decimal("0.334")}, False),
        ({"rate": Decimal("0.08")}, False),
        ({"rate": None}, True),  # to the cent
        ({"rate": None, "unit_net": Decimal("0.336")}, False),
        ({"rate": None, "unit_gross": Decimal("0.42")}, False),
    ],
)
def test_whether_a_piece_costs_as_much(changes: dict[str, Decimal | None], same: bool) -> None:
    other = replace(NET, **changes)
    assert NET.asks_as_much_as(other) is same
    assert other.asks_as_much_as(NET) is same


def test_a_piece_taxed_by_itself_costs_as_much_only_with_its_tax() -> None:
    assert not GROSS.asks_as_much_as(replace(GROSS, unit_gross=Decimal("0.41")))
    assert GROSS.asks_as_much_as(GROSS)


def test_a_row_leaves_to_a_discount_what_makes_it_add_up() -> None:
    halved = Terms(unit_net=Decimal("0.333"), unit_gross=Decimal("0.40959"), discount=Decimal(1), discounted=Decimal(2))
    assert halved.price(3).net == Decimal("0.50")
    assert halved.net_off(3, Decimal("0.50")) == Decimal("0.50"), "1.00 for three"
    # The net side of a line that was agreed gross may end a cent elsewhere: that is no discount.
    assert replace(halved, discount=Decimal(0)).net_off(3, Decimal("0.99")) == 0
