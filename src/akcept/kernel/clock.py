"""The time. Actions take `now` as a parameter and come here only for its default; and which days make sense."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

#: The years in which a day may lie that somebody types.
YEARS: Final = {"first": 2000, "last": 2200}


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def is_sensible(day: date) -> bool:
    """Whether a typed day is near enough to be meant."""
    return YEARS["first"] <= day.year <= YEARS["last"]
