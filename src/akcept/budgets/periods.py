"""Periods of a budget (pure): days in, periods out. A day is a day of the organisation's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
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
        if self.kind is PeriodKind.OWN:
            return Period(start=self.starts, end=_after(self.ends))
        if self.kind is PeriodKind.DAYS:
            start = self.starts + (day - self.starts) // timedelta(days=self.days) * timedelta(days=self.days)
            return Period(start=start, end=start + timedelta(days=self.days))
        length = _MONTHS[self.kind]
        months = day.year * 12 + day.month - 1
        first = months - (months - (self.fiscal_month - 1)) % length
        return Period(start=_first_of(first), end=_first_of(first + length))

    def next(self, period: Period) -> Period:
        """Return the period after one; a budget with its own dates has none, so it is the same."""
        return self.containing(period.end) if self.kind is not PeriodKind.OWN else period

    def until(self, day: date) -> list[Period]:
        """Return the periods from the budget's first up to the one a day lies in, oldest first."""
        found = [self.containing(self.starts)]
        while found[-1].end <= day and self.kind is not PeriodKind.OWN:
            found.append(self.next(found[-1]))
        return found


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _after(last: date | None) -> date:
    return date.max if last is None else last + timedelta(days=1)


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
