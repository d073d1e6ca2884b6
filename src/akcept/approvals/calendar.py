"""Working days in an organisation's time zone (pure): Monday to Friday without Poland's public holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@cache
def _public() -> holidays.HolidayBase:
    return holidays.country_holidays("PL")  # works a year out when it is first asked for


def is_working_day(day: date) -> bool:
    """Whether people can be expected to decide on that day."""
    return day.weekday() < _SATURDAY and day not in _public()


def working_days_after(start: datetime, days: int, *, zone: str) -> datetime:
    """Return the moment, in UTC, when that many working days have passed since `start`.

    It is the same time of day on the n-th working day after: Friday 15:00 and one day is Monday 15:00. A free day
    begins to count on the next working day at midnight. Where the clock is put forward over that time of day it is as
    much later.
    """
    here = ZoneInfo(zone)
    local = start.astimezone(here)
    day, at = local.date(), local.time()
    if not is_working_day(day):
        day, at = _next(day), time.min
    for _ in range(days):
        day = _next(day)
    return datetime.combine(day, at, tzinfo=here).astimezone(UTC)


def _next(day: date) -> date:
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day
