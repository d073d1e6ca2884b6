"""Rounding, splitting, and never mixing currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel import money

amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2, allow_nan=False, allow_infinity=False)
weights = st.lists(st.decimals(min_value=0, max_value=100_000, places=2, allow_nan=False), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.004999", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_half_a_grosz_rounds_up(exact: str, rounded: str) -> None:
    assert str(money.cents(Decimal(exact))) == rounded


@given(amounts, weights)
def test_split_loses_no_grosz_and_is_fair(total: Decimal, shares: list[Decimal]) -> None:
    whole = sum(shares)
    if whole == 0 and total != 0:
        with pytest.raises(ValueError, match="weights"):
            money.split(total, shares)
        return
    parts = money.split(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    if whole:
        assert all(
            abs(part - total * share / whole) < Decimal("0.01") for part, share in zip(parts, shares, strict=True)
        )


def test_split_of_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split(Decimal("1.00"), [Decimal(2), Decimal(-1)])


@given(amounts)
def test_rounding_money_twice_changes_nothing(amount: Decimal) -> None:
    once = money.rounded(money.money(amount, "PLN"))
    assert money.rounded(once) == once


def test_currencies_never_mix() -> None:
    with pytest.raises(TypeError):
        money.money(1, "PLN") + money.money(1, "EUR")


def test_unknown_currency_is_refused() -> None:
    with pytest.raises(Exception, match="XXQ"):
        money.money(1, "XXQ")
