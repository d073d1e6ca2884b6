"""Which months are over, and what they leave of a stretch of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from akcept.insight.months import MOST, closed, rest

WARSAW = ZoneInfo("Europe/Warsaw")
START = datetime(2026, 1, 1, tzinfo=UTC)


def _at(text: str, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_month_is_over_two_days_after_its_last_in_the_time_zone_of_the_shop() -> None:
    first = _at("2026-09-30T23:59:59.999999")
    march = (_at("2026-10-01"), _at("2026-11-01"))
    before = (_at("2026-09-01"), _at("2026-10-01"))
    assert closed(first, _at("2026-11-03"), WARSAW) == [march, before]
    assert closed(first, _at("2026-11-02T23:59:59"), WARSAW) == [before]
    assert closed(_at("2026-10-01"), _at("2026-11-03"), WARSAW) == [march]
    # The last of October, 23:30 in UTC, is November in Warsaw.
    assert closed(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), _at("2026-11-30"), WARSAW) == []


def test_a_month_in_which_clocks_change_is_as_long_as_it_is() -> None:
    (october,) = closed(_at("2026-10-05"), _at("2026-11-20"), WARSAW)
    assert (october[1].astimezone(UTC) - october[0].astimezone(UTC)) == timedelta(days=31, hours=1)


def test_a_month_whose_first_midnight_comes_twice_begins_at_the_earlier_one() -> None:
    """In Havana, 1 November 2026: at one o'clock it is midnight again."""
    havana = ZoneInfo("America/Havana")
    (october,) = closed(_at("2026-10-05", havana), _at("2026-11-20", havana), havana)
    assert october[1].astimezone(UTC) == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_an_order_of_a_day_nobody_means_costs_no_more_than_fifty_years() -> None:
    assert len(closed(datetime(1, 1, 3, tzinfo=UTC), _at("2026-11-20"), WARSAW)) == MOST


def test_kept_months_that_touch_each_other_and_both_ends_leave_nothing() -> None:
    days = [START + timedelta(days=number) for number in range(4)]
    assert list(rest(days[0], days[2], [(days[1], days[2]), (days[0], days[1])])) == []
    assert list(rest(days[0], days[3], [(days[0], days[1])])) == [(days[1], days[3])]
    assert list(rest(days[0], days[3], [(days[1], days[2])])) == [(days[0], days[1]), (days[2], days[3])]
    assert list(rest(days[1], days[1], [])) == []


hours = st.integers(min_value=0, max_value=400)


@given(st.tuples(hours, hours), st.lists(hours, max_size=8, unique=True))
def test_what_is_left_and_what_is_kept_are_the_whole_and_nothing_twice(whole: tuple[int, int], cuts: list[int]) -> None:
    since, until = sorted(whole)
    inside = sorted(cut for cut in cuts if since <= cut <= until)
    kept = list(zip(inside[::2], inside[1::2], strict=False))
    moment = lambda hour: START + timedelta(hours=hour)  # noqa: E731
    left = list(rest(moment(since), moment(until), [(moment(a), moment(b)) for a, b in reversed(kept)]))
    assert all(start < end for start, end in left)
    covered = [hour for a, b in kept for hour in range(a, b)]
    for start, end in left:
        covered += [hour for hour in range(since, until) if start <= moment(hour) < end]
    assert sorted(covered) == list(range(since, until))
