from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.budgets.conversion import OLDEST, DayRate, convert
from akcept.kernel.money import cents

FRIDAY = date(2026, 11, 20)


def rate(currency: str, day: date, value: str) -> DayRate:
    return DayRate(currency=currency, day=day, rate=Decimal(value), source=f"NBP {day:%j}/A")


RATES = [
    rate("EUR", FRIDAY, "4.2500"),
    rate("EUR", FRIDAY - timedelta(days=1), "4.3000"),
    rate("USD", FRIDAY - timedelta(days=2), "4.0000"),
]


def test_the_same_currency_needs_no_rate() -> None:
    found = convert(Decimal("10.00"), currency="PLN", into="PLN", on=FRIDAY, rates=[])
    assert (found.amount, found.rate, found.day) == (Decimal("10.00"), 1, None)


@pytest.mark.parametrize(("days", "expected"), [(-1, "430.00"), (0, "425.00"), (2, "425.00"), (7, "425.00")])
def test_the_latest_table_counts_also_on_days_without_one(days: int, expected: str) -> None:
    found = convert(Decimal(100), currency="EUR", into="PLN", on=FRIDAY + timedelta(days=days), rates=RATES)
    assert found.amount == Decimal(expected)


def test_a_table_of_later_days_or_an_old_one_counts_for_nothing() -> None:
    for day in (FRIDAY - timedelta(days=2), FRIDAY + OLDEST + timedelta(days=1)):
        assert convert(Decimal(100), currency="EUR", into="PLN", on=day, rates=RATES) is None


def test_between_two_foreign_currencies() -> None:
    found = convert(Decimal(100), currency="EUR", into="USD", on=FRIDAY, rates=RATES)
    assert (found.amount, found.rate) == (Decimal("106.25"), Decimal("1.0625"))
    assert found.day == FRIDAY - timedelta(days=2)
    assert found.source == "NBP 324/A, NBP 322/A"


def test_into_home_currency_and_out_of_it() -> None:
    found = convert(Decimal("425.00"), currency="PLN", into="EUR", on=FRIDAY, rates=RATES)
    assert found.amount == Decimal("100.00")


def test_an_unknown_currency_has_no_rate() -> None:
    assert convert(Decimal(1), currency="XAU", into="PLN", on=FRIDAY, rates=RATES) is None


@given(amount=st.decimals(0, 100_000, places=2), value=st.decimals("0.0001", "500", places=4))
def test_the_amount_can_be_calculated_again_from_what_the_row_keeps(amount: Decimal, value: Decimal) -> None:
    found = convert(amount, currency="EUR", into="PLN", on=FRIDAY, rates=[rate("EUR", FRIDAY, str(value))])
    assert found.amount == cents(amount * found.rate)
