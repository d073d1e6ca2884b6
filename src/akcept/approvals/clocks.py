"""The clock of one case, as the pure rules of `deadlines` look at it; and what was done, kept on the case."""

from __future__ import annotations

from datetime import datetime

from akcept.approvals.current import terms_of
from akcept.approvals.deadlines import Days, Due, Waiting, next_look
from akcept.approvals.models import Case
from akcept.approvals.states import State

_KEPT_AS = {Due.REMIND: "reminded_at", Due.ESCALATE: "escalated_at", Due.WARN: "warned_at"}


def waiting(case: Case) -> Waiting:
    """Return since when a case waits and what was done about it."""
    return Waiting(
        since=case.step_opened_at,
        returned=case.state == State.RETURNED,
        reminded_at=case.reminded_at,
        escalated_at=case.escalated_at,
        warned_at=case.warned_at,
    )


def days(case: Case, *, zone: str) -> Days:
    """Return the terms of a case's organisation."""
    terms = terms_of(case)
    return Days(
        remind=terms.remind_after_days,
        escalate=terms.escalate_after_days,
        expire=terms.expire_after_days,
        zone=zone,
    )


def note(case: Case, done: frozenset[Due], *, zone: str, now: datetime) -> None:
    """Remember on a locked case what was done, and when to look again. Its version stays: pages are still right."""
    for what in done:
        setattr(case, _KEPT_AS[what], now)
    case.look_at = next_look(waiting(case), days(case, zone=zone), now=now)
    case.save(update_fields=["look_at", *(_KEPT_AS[what] for what in sorted(done))])
