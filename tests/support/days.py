"""Days that pass while orders wait, with everything that is due done on each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import time_machine

from akcept.kernel.clock import utc_now
from akcept.ordering.reactions.ticking import tick
from akcept.testing.relays import deliver


def passing_days(count: int) -> Iterator[int]:
    """Let so many days pass: the clock stands at each, what time does to orders is done and mails are sent."""
    start = utc_now()
    for day in range(1, count + 1):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            tick(now=utc_now())
            deliver()
            yield day
