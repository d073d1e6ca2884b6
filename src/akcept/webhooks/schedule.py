"""When a delivery that failed is tried again, and when it and its endpoint are given up (pure)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

#: After the first try: eight more over about 28 hours.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=3),
    timedelta(hours=5),
    timedelta(hours=7),
    timedelta(hours=10),
)
#: How far a pause is stretched or cut, so that what failed together does not come back together.
JITTER: Final = 0.1
#: An endpoint that has answered nothing good for so long is paused.
DEAF: Final = timedelta(days=5)
_LONGEST_REST: Final = 300


def pause_after(tries: int, *, chance: float) -> timedelta | None:
    """Return how long to wait after so many failed tries, None to give up; `chance` is drawn from 0 to 1."""
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + JITTER * (2 * chance - 1))


def rest_after(silences: int) -> timedelta:
    """Return how long nothing at all is sent where so many tries on end got no answer: 5 s, 10 s ... 5 minutes.

    Each of these tries took all the time there is, which others could have had.
    """
    return timedelta(seconds=min(_LONGEST_REST, 5 * 2 ** min(silences - 1, 10)))
