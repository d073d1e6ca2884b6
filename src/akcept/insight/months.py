"""Which months are over, and what of a stretch of time they leave (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

#: From one moment up to another, which no longer belongs to it.
Stretch = tuple[datetime, datetime]

#: A month is kept once it has been over for so long: what was still being written when it ended is there by then.
SETTLED: Final = timedelta(days=2)
#: So many months back figures are kept; orders of before are read themselves.
MOST: Final = 600
_DAY: Final = timedelta(days=1)


def closed(first: datetime, now: datetime, zone: ZoneInfo) -> list[Stretch]:
    """Return the months of a time zone that are over, the latest first, back to the one `first` lies in."""
    found: list[Stretch] = []
    end = _month(now.astimezone(zone))
    while end > first and len(found) < MOST:
        start = _month(end - _DAY)
        if end + SETTLED <= now:
            found.append((start, end))
        end = start
    return found


def _month(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def rest(since: datetime, until: datetime, kept: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what of a stretch of time is in none of the months, each within it and apart from each other."""
    for start, end in sorted(kept):
        if since < start:
            yield since, start
        since = end
    if since < until:
        yield since, until
