from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.budgets.periods import Period, PeriodKind, Rhythm, a_year_later, bounds, local_day

WARSAW = "Europe/Warsaw"
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def rhythm(kind: str, *, fiscal_month: int = 1, days: int = 30, ends: date | None = None) -> Rhythm:
    return Rhythm(kind=PeriodKind(kind), starts=date(2020, 1, 1), ends=ends, fiscal_month=fiscal_month, days=days)


@pytest.mark.parametrize(
    ("kind", "fiscal_month", "day", "start", "end"),
    [
        ("month", 1, date(2026, 11, 25), date(2026, 11, 1), date(2026, 12, 1)),
        ("month", 4, date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        ("quarter", 1, date(2026, 11, 25), date(2026, 10, 1), date(2027, 1, 1)),
        ("quarter", 2, date(2027, 1, 31), date(2026, 11, 1), date(2027, 2, 1)),
        ("year", 1, date(2026, 12, 31), date(2026, 1, 1), date(2027, 1, 1)),
        ("year", 4, date(2027, 3, 31), date(2026, 4, 1), date(2027, 4, 1)),
        ("year", 4, date(2027, 4, 1), date(2027, 4, 1), date(2028, 4, 1)),
        ("days", 1, date(2020, 1, 30), date(2020, 1, 1), date(2020, 1, 31)),
        ("days", 1, date(2020, 1, 31), date(2020, 1, 31), date(2020, 3, 1)),
    ],
)
def test_period_of_a_day(kind: str, fiscal_month: int, day: date, start: date, end: date) -> None:
    found = rhythm(kind, fiscal_month=fiscal_month).containing(day)
    assert found == Period(start=start, end=end)
    assert found.last == end - timedelta(days=1)


def test_own_dates_are_one_period() -> None:
    own = rhythm("own", ends=date(2020, 6, 30))
    assert own.until(date(2024, 1, 1)) == [Period(start=date(2020, 1, 1), end=date(2020, 7, 1))]
    assert own.in_force(date(2020, 6, 30))
    assert not own.in_force(date(2020, 7, 1))
    assert not own.in_force(date(2019, 12, 31))


@given(
    kind=st.sampled_from(["month", "quarter", "year", "days"]),
    fiscal_month=st.integers(1, 12),
    days=st.integers(1, 400),
    day=DAYS,
)
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, fiscal_month: int, days: int, day: date) -> None:
    found = rhythm(kind, fiscal_month=fiscal_month, days=days)
    every = found.until(day, marks=found.latest(day, 10_000))
    assert every[-1].start <= day < every[-1].end
    assert all(earlier.end == later.start for earlier, later in pairwise(every))
    assert len({period.start for period in every}) == len(every)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), date(2026, 12, 1)),  # midnight in Warsaw, winter
        (datetime(2026, 7, 31, 21, 59, 59, tzinfo=UTC), date(2026, 7, 31)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),  # midnight in Warsaw, summer
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # 2:30, the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),  # 2:30, the second time
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),  # 3:00, right after 1:59
    ],
)
def test_an_order_belongs_to_the_day_it_is_where_the_organisation_is(at: datetime, day: date) -> None:
    assert local_day(at, WARSAW) == day


def test_a_month_with_a_change_of_the_clock_has_its_real_length() -> None:
    begin, end = bounds(Period(start=date(2026, 10, 1), end=date(2026, 11, 1)), WARSAW)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(days=31, hours=1)
    begin, end = bounds(Period(start=date(2026, 3, 1), end=date(2026, 4, 1)), WARSAW)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(days=31, hours=-1)


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_every_moment_lies_within_the_bounds_of_its_day(at: datetime) -> None:
    day = local_day(at, WARSAW)
    begin, end = bounds(Period(start=day, end=day + timedelta(days=1)), WARSAW)
    assert begin <= at < end


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 12, 31)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 28), date(2029, 2, 28)),
        (date(2026, 6, 15), date(2027, 6, 15)),
    ],
)
def test_the_same_day_a_year_later(day: date, later: date) -> None:
    assert a_year_later(day) == later


def test_a_budget_binds_from_its_first_day_to_its_last_and_without_one_for_good() -> None:
    ending = rhythm("month", ends=date(2020, 6, 30))
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 6, 30), date(2020, 7, 1)]
    assert [ending.in_force(day) for day in days] == [False, True, True, False]
    assert [rhythm("month").in_force(day) for day in days] == [False, True, True, True]


def test_the_latest_periods_end_with_that_of_the_day_and_begin_with_the_first_at_the_earliest() -> None:
    months = [date(2020, month, 1) for month in range(1, 5)]
    assert rhythm("month").latest(date(2020, 4, 30), 3) == months[1:]
    assert rhythm("month").latest(date(2020, 4, 1), 4) == months
    assert rhythm("month").latest(date(2020, 4, 1), 5) == months
    assert rhythm("month").latest(date(2020, 4, 1), 1) == months[3:]
    assert rhythm("month").latest(date(2019, 4, 1), 1) == months[:1], "before the first there is the first"


def test_the_calendars_first_and_last_days_are_in_a_period() -> None:
    last = Rhythm(kind=PeriodKind.MONTH, starts=date(9999, 1, 1))
    assert last.containing(date(9999, 12, 31)) == Period(start=date(9999, 12, 1), end=date.max)
    first = Rhythm(kind=PeriodKind.DAYS, starts=date(1, 1, 10), days=30)
    assert first.containing(date(1, 1, 5)) == Period(start=date(1, 1, 1), end=date(1, 1, 10))
    own = Rhythm(kind=PeriodKind.OWN, starts=date(2020, 1, 1), ends=date.max)
    assert own.containing(date(2020, 1, 1)).end == date.max
    assert Rhythm(kind=PeriodKind.OWN, starts=date(2020, 1, 1)).containing(date(2020, 1, 1)).end == date.max


# --- B3: far days cost nothing ---


@pytest.mark.parametrize("kind", ["month", "quarter", "year", "days"])
@pytest.mark.parametrize("day", [date(9026, 11, 1), date(9999, 12, 31), date(9999, 1, 1)])
def test_b3_far_day_makes_two_periods_and_no_error(kind: str, day: date) -> None:
    found = rhythm(kind, days=1).until(day, marks=[date(2020, 1, 1), day])
    assert len(found) == 2
    assert found[-1].start <= day
    assert found[-1].skipped > 7000 * {"month": 12, "quarter": 4, "year": 1, "days": 365}[kind] // 2
    assert rhythm(kind, days=1).latest(day, 24)[-1] == found[-1].start


@pytest.mark.parametrize("kind", ["month", "quarter", "year", "days", "own"])
def test_b3_day_before_the_first_one_is_no_error(kind: str) -> None:
    each = rhythm(kind, days=400, ends=date(2020, 12, 31))
    assert each.until(date(1, 1, 1), marks=[date(1, 1, 1)]) == [each.containing(date(2020, 1, 1))]
    assert each.containing(date(1, 1, 1)).start >= date.min


@given(
    kind=st.sampled_from(["month", "quarter", "year", "days"]),
    fiscal_month=st.integers(1, 12),
    days=st.integers(1, 400),
    day=DAYS,
    marks=st.lists(DAYS, max_size=6),
)
def test_b3_marked_periods_are_those_a_walk_would_meet(
    kind: str, fiscal_month: int, days: int, day: date, marks: list[date]
) -> None:
    each = rhythm(kind, fiscal_month=fiscal_month, days=days)
    walked = [each.containing(each.starts)]
    while walked[-1].end <= day:
        walked.append(each.containing(walked[-1].end))
    inside = [mark for mark in marks if each.starts <= mark < walked[-1].end]
    found = each.until(day, marks=marks)
    met = {
        walked[0],
        walked[-1],
        *(period for period in walked for mark in inside if period.start <= mark < period.end),
    }
    assert found == sorted(met)
    places = [walked.index(period) for period in found]
    assert [period.skipped for period in found[1:]] == [b - a - 1 for a, b in pairwise(places)]
