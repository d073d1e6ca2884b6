"""Working days: weekends, Polish holidays, midnight and the clock's change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.approvals.calendar import is_working_day, working_days_after

WARSAW = "Europe/Warsaw"


def _local(text: str, zone: str = WARSAW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-25 15:00", 1, "2026-11-26 15:00"),
        ("2026-11-27 15:00", 1, "2026-11-30 15:00"),  # Friday
        ("2026-11-28 10:00", 1, "2026-12-01 00:00"),  # Saturday begins to count on Monday
        ("2026-11-10 15:00", 1, "2026-11-12 15:00"),  # Independence Day
        ("2026-12-23 09:00", 1, "2026-12-28 09:00"),  # Christmas Eve is free since 2025
        ("2024-12-23 09:00", 1, "2024-12-24 09:00"),  # and was not before
        ("2026-06-03 12:00", 1, "2026-06-05 12:00"),  # Corpus Christi
        ("2026-04-03 12:00", 1, "2026-04-07 12:00"),  # Easter Monday
        ("2026-11-25 23:59", 1, "2026-11-26 23:59"),
        ("2026-11-25 00:00", 0, "2026-11-25 00:00"),
        ("2026-11-28 10:00", 0, "2026-11-30 00:00"),
        ("2026-10-23 12:00", 1, "2026-10-26 12:00"),  # the clock is put back in between: still noon
        ("2026-03-27 12:00", 1, "2026-03-30 12:00"),  # and forward
    ],
)
def test_days_pass(start: str, days: int, end: str) -> None:
    assert working_days_after(_local(start), days, zone=WARSAW) == _local(end)


def test_a_day_is_one_of_the_organisation_s_zone() -> None:
    late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # Saturday 0:30 in Warsaw, Friday afternoon in New York
    assert working_days_after(late, 1, zone=WARSAW) == _local("2026-12-01 00:00")
    assert working_days_after(late, 1, zone="America/New_York") == _local("2026-11-30 18:30", "America/New_York")


def test_an_hour_that_does_not_exist_comes_later() -> None:
    # Cairo put its clock forward on Friday 26 April 2024 at midnight.
    start = _local("2024-04-25 00:30", "Africa/Cairo")
    assert working_days_after(start, 1, zone="Africa/Cairo") == _local("2024-04-26 01:30", "Africa/Cairo")


moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
counts = st.integers(0, 40)


@given(moments, counts)
def test_it_ends_on_a_working_day_with_that_many_since(start: datetime, days: int) -> None:
    end = working_days_after(start, days, zone=WARSAW).astimezone(ZoneInfo(WARSAW))
    local = start.astimezone(ZoneInfo(WARSAW))
    assert is_working_day(end.date())
    between = _working_days_between(local.date(), end.date())
    assert between == days + (0 if is_working_day(local.date()) else 1)
    if is_working_day(local.date()):
        assert end.time() == local.time()
    else:
        assert end.time() == time.min


def _working_days_between(after: date, upto: date) -> int:
    return sum(is_working_day(after + timedelta(days=n)) for n in range(1, (upto - after).days + 1))


@given(moments, st.integers(0, 10_000), counts)
def test_who_begins_later_is_never_due_earlier(start: datetime, minutes: int, days: int) -> None:
    later = start + timedelta(minutes=minutes)
    assert working_days_after(start, days, zone=WARSAW) <= working_days_after(later, days, zone=WARSAW)


@given(moments, counts, counts)
def test_more_days_end_later(start: datetime, days: int, more: int) -> None:
    ends = [working_days_after(start, number, zone=WARSAW) for number in (days, days + more)]
    assert (ends[0] < ends[1]) == (more > 0)
