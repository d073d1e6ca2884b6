"""What time does to an order that waits (pure): remind, escalate, warn, expire; it never accepts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from akcept.approvals.calendar import working_days_after


class Due(StrEnum):
    """What comes due, in this order."""

    #: Again after as many days each time, until it is passed upward or about to expire.
    REMIND = "remind"
    ESCALATE = "escalate"
    #: Whoever placed it, and whoever is asked, are told that it will expire.
    WARN = "warn"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Since when the present step is asked (or the requester has the order back), and what was done since."""

    since: datetime
    returned: bool = False
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The organisation's terms in working days of its time zone; None is never."""

    remind: int | None
    escalate: int | None
    expire: int | None
    zone: str


#: Terms and time zones change: an order is looked at daily even when nothing is due.
LOOK_AT_LEAST_EVERY: Final = timedelta(days=1)


def due(waiting: Waiting, days: Days, *, now: datetime) -> frozenset[Due]:
    """Return what has to be done now. What says the same to the same people is due only once."""
    found = {what for what, at in _pending(waiting, days).items() if at <= now}
    if Due.EXPIRE in found:
        return frozenset({Due.EXPIRE})
    if found & {Due.ESCALATE, Due.WARN}:
        found.discard(Due.REMIND)
    return frozenset(found)


def next_look(waiting: Waiting, days: Days, *, now: datetime) -> datetime:
    """Return when to look again, once everything that is due has been done."""
    later = [at for at in _pending(waiting, days).values() if at > now]
    return min([*later, now + LOOK_AT_LEAST_EVERY])


def expires_at(waiting: Waiting, days: Days) -> datetime | None:
    """Return when the order expires: a working day after the warning at the earliest. None for never."""
    if days.expire is None:
        return None
    ends = working_days_after(waiting.since, days.expire, zone=days.zone)
    if waiting.warned_at is None:
        return ends
    return max(ends, working_days_after(waiting.warned_at, 1, zone=days.zone))


def _pending(waiting: Waiting, days: Days) -> dict[Due, datetime]:
    found: dict[Due, datetime] = {}
    done_more = waiting.escalated_at or waiting.warned_at
    if days.remind is not None and done_more is None:
        found[Due.REMIND] = working_days_after(waiting.reminded_at or waiting.since, days.remind, zone=days.zone)
    if days.escalate is not None and waiting.escalated_at is None and not waiting.returned:
        found[Due.ESCALATE] = working_days_after(waiting.since, days.escalate, zone=days.zone)
    ends = expires_at(waiting, days)
    if ends is None or days.expire is None:
        return found
    if waiting.warned_at is None:
        found[Due.WARN] = working_days_after(waiting.since, days.expire - 1, zone=days.zone)
    else:
        found[Due.EXPIRE] = ends
    return found
