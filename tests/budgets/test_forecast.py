from __future__ import annotations

from datetime import date
from decimal import Decimal

from akcept.budgets.forecast import forecast
from akcept.budgets.periods import Period
from akcept.budgets.standing import Funds

NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 12, 1))


def funds(spent: str, held: str = "0", allotted: str = "3000.00") -> Funds:
    return Funds(period=NOVEMBER, allotted=Decimal(allotted), spent=Decimal(spent), held=Decimal(held))


def test_by_run_rate() -> None:
    found = forecast(funds("800.00", held="200.00"), today=date(2026, 11, 10))
    assert (found.per_day, found.by_end, found.left, found.gone_on) == (
        Decimal("100.00"),
        Decimal("3000.00"),
        Decimal("0.00"),
        None,
    )


def test_the_day_on_which_the_money_is_gone() -> None:
    found = forecast(funds("2000.00"), today=date(2026, 11, 10))
    assert found.by_end == Decimal("6000.00")
    assert found.gone_on == date(2026, 11, 15)  # 200 a day: 1000 are left for five days


def test_gone_already() -> None:
    assert forecast(funds("3000.00"), today=date(2026, 11, 29)).gone_on == date(2026, 11, 29)


def test_nothing_to_say() -> None:
    assert forecast(funds("0"), today=date(2026, 11, 10)) is None
    assert forecast(funds("5.00"), today=date(2026, 12, 1)) is None
    assert forecast(funds("5.00"), today=date(2026, 10, 31)) is None


def test_a_grosz_that_is_used_is_something_to_say_and_half_a_zloty_that_is_left_lasts_until_tomorrow() -> None:
    assert forecast(funds("0.01"), today=date(2026, 11, 10)).by_end == Decimal("0.03")
    assert forecast(funds("2999.50"), today=date(2026, 11, 10)).gone_on == date(2026, 11, 11)
    assert forecast(funds("2999.50"), today=date(2026, 11, 1)).gone_on == date(2026, 11, 2)
