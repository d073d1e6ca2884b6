"""Looks, at each round of the clock, for agreements that are about to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from akcept.agreements.actions import tell_ending
from akcept.agreements.queries.merchant import untold
from akcept.kernel.actor import Actor


def tend(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Have the merchant told of what ends soon; a chore of the clock's round. One statement when there is nothing."""
    if not stopped() and untold(now).exists():
        tell_ending(actor=Actor.system("clock"), now=now)
