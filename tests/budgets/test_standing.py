from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.budgets.periods import Period, PeriodKind, Rhythm
from akcept.budgets.standing import Carry, Funds, Over, Terms, Used, exceeded, funds_of, reached, share

YEAR = Rhythm(kind=PeriodKind.MONTH, starts=date(2026, 1, 1))
MONTHS = YEAR.until(date(2026, 4, 30), marks=YEAR.latest(date(2026, 4, 30), 4))
JANUARY, FEBRUARY, MARCH, APRIL = (month.start for month in MONTHS)
MONEY = st.decimals(Decimal(0), Decimal(2000), places=2)


def terms(amount: str = "1000.00", **more: object) -> Terms:
    return Terms(amounts=((JANUARY, Decimal(amount)),), **more)  # type: ignore[arg-type]


def used(**sums: str | int) -> Used:
    return Used(**{name: Decimal(value) if isinstance(value, str) else value for name, value in sums.items()})


@pytest.mark.parametrize(("amount", "over"), [("299.99", ()), ("300.00", ()), ("300.01", (Over.AMOUNT,))])
def test_up_to_and_including_to_the_cent(amount: str, over: tuple[Over, ...]) -> None:
    sums = {JANUARY: used(held="400.00", spent="300.00")}
    assert exceeded(terms(), MONTHS[:1], sums, start=JANUARY, amount=Decimal(amount)) == over


def test_nothing_granted_is_not_no_limit() -> None:
    """B9: 0 lets nothing pass that costs something; what is free passes."""
    assert exceeded(terms("0.00"), MONTHS[:1], {}, start=JANUARY, amount=Decimal("0.01")) == (Over.AMOUNT,)
    assert exceeded(terms("0.00"), MONTHS[:1], {}, start=JANUARY, amount=Decimal("0.00")) == ()


def test_delivery_counts_where_the_basis_says_so() -> None:
    """B1: 95 of 100 used, 4 of goods and 15 of delivery."""
    sums = {JANUARY: used(spent="95.00")}
    assert exceeded(terms("100.00"), MONTHS[:1], sums, start=JANUARY, amount=Decimal("19.00")) == (Over.AMOUNT,)
    assert exceeded(terms("100.00"), MONTHS[:1], sums, start=JANUARY, amount=Decimal("4.00")) == ()


def test_an_order_more_in_a_budget_that_is_exceeded_already() -> None:
    sums = {JANUARY: used(spent="1200.00")}
    assert exceeded(terms(), MONTHS[:1], sums, start=JANUARY, amount=Decimal("0.01")) == (Over.AMOUNT,)
    assert exceeded(terms(), MONTHS[:1], sums, start=JANUARY, amount=Decimal("0.00")) == ()


def test_limits_beside_the_amount() -> None:
    limited = terms(max_orders=2, max_single=Decimal("500.00"))

    def over(amount: str, orders: int) -> tuple[Over, ...]:
        sums = {JANUARY: used(orders=orders)}
        return exceeded(limited, MONTHS[:1], sums, start=JANUARY, amount=Decimal(amount))

    assert over("500.00", 1) == ()
    assert over("500.01", 1) == (Over.SINGLE,)
    assert over("500.00", 2) == (Over.ORDERS,)
    assert over("1000.01", 2) == (Over.AMOUNT, Over.SINGLE, Over.ORDERS)


def test_an_order_nobody_can_convert_counts_as_over() -> None:
    assert exceeded(terms(), MONTHS[:1], {}, start=JANUARY, amount=None) == (Over.NO_RATE,)


def test_a_frozen_budget_lets_nothing_pass() -> None:
    assert exceeded(terms(frozen=True), MONTHS[:1], {}, start=JANUARY, amount=Decimal("0.00")) == (Over.FROZEN,)


@pytest.mark.parametrize(
    ("carry", "most", "carried"),
    [
        (Carry.NONE, "0", "0.00"),
        (Carry.ALL, "0", "400.00"),
        (Carry.UP_TO, "250", "250"),
        (Carry.UP_TO, "900", "400.00"),
    ],
)
def test_carry_over(carry: Carry, most: str, carried: str) -> None:
    found = funds_of(terms(carry=carry, carry_most=Decimal(most)), MONTHS[:2], {JANUARY: used(spent="600.00")})
    assert found[1].carried == Decimal(carried)
    assert found[1].free == 1000 + Decimal(carried)


def test_carry_over_adds_up_over_the_months() -> None:
    found = funds_of(terms(carry=Carry.ALL), MONTHS, {JANUARY: used(spent="900.00"), MARCH: used(held="2500.00")})
    assert [funds.free for funds in found] == [Decimal(value) for value in ("100.00", "1100.00", "-400.00", "1000.00")]


def test_a_debt_is_not_carried_over() -> None:
    found = funds_of(terms(carry=Carry.ALL), MONTHS[:2], {JANUARY: used(spent="1300.00")})
    assert found[1].carried == 0


def test_what_a_later_month_uses_of_the_rest_cannot_be_taken_back_by_an_earlier_one() -> None:
    """January leaves 400 to February, which has used 1300 of its 1400: January may take 100 more, not 101."""
    sums = {JANUARY: used(spent="600.00"), FEBRUARY: used(spent="1300.00")}
    carrying = terms(carry=Carry.ALL)
    assert exceeded(carrying, MONTHS[:2], sums, start=JANUARY, amount=Decimal("100.00")) == ()
    assert exceeded(carrying, MONTHS[:2], sums, start=JANUARY, amount=Decimal("100.01")) == (Over.AMOUNT,)
    assert exceeded(terms(), MONTHS[:2], sums, start=JANUARY, amount=Decimal("400.00")) == ()


def test_a_changed_amount_leaves_earlier_months_as_they_were() -> None:
    changed = Terms(amounts=((JANUARY, Decimal(1000)), (MARCH, Decimal(500))))
    assert [funds.allotted for funds in funds_of(changed, MONTHS, {})] == [1000, 1000, 500, 500]


@given(
    carry=st.sampled_from(Carry),
    most=MONEY,
    spent=st.lists(MONEY, min_size=4, max_size=4),
    month=st.integers(0, 3),
    amount=MONEY,
)
def test_an_order_that_fits_brings_no_month_below_zero(
    carry: Carry, most: Decimal, spent: list[Decimal], month: int, amount: Decimal
) -> None:
    granted = terms(carry=carry, carry_most=most)
    sums = {period.start: Used(spent=value) for period, value in zip(MONTHS, spent, strict=True)}
    before = funds_of(granted, MONTHS, sums)
    start = MONTHS[month].start
    over = exceeded(granted, MONTHS, sums, start=start, amount=amount)
    after = funds_of(granted, MONTHS, {**sums, start: Used(spent=sums[start].spent + amount)})
    worse = [now.free < 0 and now.free < was.free for was, now in zip(before, after, strict=True)]
    assert (Over.AMOUNT in over) == any(worse)


@given(available=MONEY, spent=MONEY, levels=st.lists(st.integers(1, 200), max_size=5))
def test_thresholds_are_reached_in_order(available: Decimal, spent: Decimal, levels: list[int]) -> None:
    funds = Funds(period=Period(start=JANUARY, end=FEBRUARY), allotted=available, spent=spent)
    found = reached(levels, funds)
    assert list(found) == sorted(found)
    assert set(found) == {level for level in levels if spent > 0 and spent >= available * level / 100}


@pytest.mark.parametrize(
    ("spent", "held", "found"),
    [
        ("79.99", "0.00", ()),
        ("80.00", "0.00", (80,)),  # at exactly 80 %
        ("50.00", "30.00", (80,)),  # what is held counts
        ("99.99", "0.00", (80,)),
        ("100.00", "0.00", (80, 100)),
        ("0.00", "0.00", ()),
    ],
)
def test_a_threshold_is_reached_at_exactly_its_share(spent: str, held: str, found: tuple[int, ...]) -> None:
    period = Period(start=JANUARY, end=FEBRUARY)
    funds = Funds(period=period, allotted=Decimal("100.00"), spent=Decimal(spent), held=Decimal(held))
    assert reached([100, 80], funds) == found


def test_a_budget_of_nothing_reaches_every_threshold_with_the_first_grosz() -> None:
    nothing = Funds(period=Period(start=JANUARY, end=FEBRUARY), allotted=Decimal("0.00"))
    assert reached([50, 100], nothing) == ()
    assert reached([50, 100], replace(nothing, held=Decimal("0.01"))) == (50, 100)


def test_an_amount_counts_from_its_day_and_the_first_one_before_it_too() -> None:
    growing = Terms(amounts=((FEBRUARY, Decimal("200.00")), (APRIL, Decimal("400.00"))))
    days = [JANUARY, FEBRUARY - timedelta(days=1), FEBRUARY, MARCH, APRIL - timedelta(days=1), APRIL]
    assert [growing.allotted(day) for day in days] == [Decimal(f"{amount}.00") for amount in (200,) * 5 + (400,)]
    assert [funds.allotted for funds in funds_of(growing, MONTHS[:2], {})] == [Decimal("200.00"), Decimal("200.00")]


def test_share() -> None:
    assert share(Decimal("412.00"), Decimal(1000)) == Decimal("41.2")
    assert share(Decimal(0), Decimal(0)) == 0
    assert share(Decimal(5), Decimal(0)) == 100
    assert share(Decimal("0.01"), Decimal(0)) == 100
    assert share(Decimal("0.25"), Decimal("0.50")) == 50  # a budget of less than one


def test_all_there_is_counts_what_was_carried_and_what_was_moved() -> None:
    month = Funds(period=MONTHS[0], allotted=Decimal("100.00"), carried=Decimal("20.00"), moved=Decimal("-5.00"))
    assert month.available == Decimal("115.00")
    assert replace(month, moved=Decimal("5.00"), spent=Decimal("120.00"), held=Decimal("1.00")).free == Decimal("4.00")


DAILY = Rhythm(kind=PeriodKind.DAYS, days=1, starts=date(2026, 1, 1))


@given(
    carry=st.sampled_from(Carry),
    most=MONEY,
    amounts=st.lists(st.tuples(st.integers(1, 40), MONEY), max_size=3, unique_by=lambda each: each[0]),
    booked=st.dictionaries(st.integers(0, 40), st.decimals(min_value=-500, max_value=1500, places=2), max_size=4),
    until=st.integers(0, 60),
)
def test_b3_skipping_idle_periods_comes_to_the_cent_to_what_walking_them_does(
    carry: Carry,
    most: Decimal,
    amounts: list[tuple[int, Decimal]],
    booked: dict[int, Decimal],
    until: int,
) -> None:
    first = date(2026, 1, 1)
    changes = [(first, Decimal(100)), *sorted((first + timedelta(days=day), amount) for day, amount in amounts)]
    terms = Terms(amounts=tuple(changes), carry=carry, carry_most=most)
    used = {first + timedelta(days=day): Used(spent=value) for day, value in booked.items()}
    day = first + timedelta(days=until)
    walked = funds_of(terms, DAILY.until(day, marks=DAILY.latest(day, 100)), used)
    skipped = funds_of(terms, DAILY.until(day, marks=[*used, *(since for since, _amount in changes)]), used)
    assert len(walked) == until + 1
    assert len(skipped) <= 2 + len(used) + len(changes)
    by_day = {funds.period: funds for funds in walked}
    assert skipped == [by_day[funds.period] for funds in skipped]
