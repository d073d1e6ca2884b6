"""Periods of a budget (pure): days in, periods out. A day is a day of the organisation's time zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo


class PeriodKind(StrEnum):
    """How often a budget begins anew."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    #: Every so many days, counted from the budget's first day.
    DAYS = "days"
    #: Once: from the budget's first day to its last.
    OWN = "own"


_MONTHS: Final = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """From `start` up to `end`, which no longer belongs to it."""

    start: date
    end: date
    #: In a list from which periods were left out: how many lie between this one and the one before.
    skipped: int = field(default=0, compare=False)

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a budget is in force (`starts` and `ends` included; None: without end), and how its periods follow.

    Months, quarters and years are whole ones of the fiscal year, also where the budget begins or ends in the middle:
    the amount is never cut into parts. `fiscal_month` is the fiscal year's first month; `days` counts for `DAYS`.
    """

    kind: PeriodKind
    starts: date
    ends: date | None = None
    fiscal_month: int = 1
    days: int = 30

    def in_force(self, day: date) -> bool:
        """Whether the budget binds orders of that day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)

    def containing(self, day: date) -> Period:
        """Return the period a day lies in, whether or not the budget is in force."""
        return self._at(self._number(day))

    def until(self, day: date, *, marks: Iterable[date] = ()) -> list[Period]:
        """Return the first period, the one a day lies in, and between them those of the days in `marks`, oldest first.

        Each says how many were skipped before it: the work depends on the marks, never on how far the day is.
        """
        last = max(self._number(day), 0)
        numbers = sorted({0, last, *(number for mark in marks if 0 < (number := self._number(mark)) < last)})
        found = [self._at(0)]
        for before, number in pairwise(numbers):
            found.append(replace(self._at(number), skipped=number - before - 1))
        return found

    def latest(self, day: date, count: int) -> list[date]:
        """Return the first days of the `count` periods that end with the one a day lies in, as far as there are any."""
        last = max(self._number(day), 0)
        return [self._at(number).start for number in range(max(last - count + 1, 0), last + 1)]

    def _number(self, day: date) -> int:
        """Return which period a day lies in, counted from the budget's first, 0."""
        if self.kind is PeriodKind.OWN:
            return 0
        if self.kind is PeriodKind.DAYS:
            return (day - self.starts).days // self.days
        return self._block(day) - self._block(self.starts)

    def _block(self, day: date) -> int:
        """Return which whole period of the fiscal year a day lies in, counted from the year 0."""
        return (day.year * 12 + day.month - self.fiscal_month) // _MONTHS[self.kind]

    def _at(self, number: int) -> Period:
        if self.kind is PeriodKind.OWN:
            return Period(start=self.starts, end=_after(self.ends))
        if self.kind is PeriodKind.DAYS:
            start = self.starts.toordinal() + number * self.days
            return Period(start=_day(start), end=_day(start + self.days))
        length = _MONTHS[self.kind]
        first = (self._block(self.starts) + number) * length + self.fiscal_month - 1
        return Period(start=_first_of(first), end=_first_of(first + length))


def _first_of(months: int) -> date:
    """Return the first day of a month counted from the year 0; the calendar's last day past its end."""
    return date(months // 12, months % 12 + 1, 1) if months // 12 <= MAXYEAR else date.max


def _day(number: int) -> date:
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))


def _after(last: date | None) -> date:
    return date.max if last is None or last == date.max else last + timedelta(days=1)


def local_day(at: datetime, zone: str) -> date:
    """Return the day of a moment in a time zone: an order placed at 23:30 in Warsaw is not tomorrow's in UTC."""
    return at.astimezone(ZoneInfo(zone)).date()


def bounds(period: Period, zone: str) -> tuple[datetime, datetime]:
    """Return begin and end (exclusive) of a period as moments: local midnights, on days of daylight saving too."""
    tz = ZoneInfo(zone)
    return datetime.combine(period.start, time.min, tz), datetime.combine(period.end, time.min, tz)


def a_year_later(day: date) -> date:
    """Return the same day of the next year; a month's last day becomes that month's last day."""
    following = day + timedelta(days=1)
    if following.day == 1:  # 29 February is always one of these
        return following.replace(year=following.year + 1) - timedelta(days=1)
    return day.replace(year=day.year + 1)
