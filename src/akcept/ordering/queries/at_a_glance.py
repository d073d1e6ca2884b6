"""How acceptance goes in the whole shop, at a glance: for the merchant's home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from akcept.approvals.models import Case
from akcept.approvals.states import OPEN, State
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import policies

#: So many orders that wait, and so many that were decided, are looked at.
LOOKED_AT: Final = 1000
#: Decided within so many days.
DAYS: Final = 30
#: Answered, or left without an answer until it was too late; who withdraws an order asks nobody any more.
_ANSWERED: Final = (State.ACCEPTED.value, State.REJECTED.value)
_COUNTED: Final = (*_ANSWERED, State.EXPIRED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What waits, and what became of what waited; a `LOOKED_AT` of either is the most that is looked at."""

    waiting: int
    #: These are all that wait; else those that have waited longest.
    is_whole: bool
    #: What they come to, net with delivery, by currency.
    value: tuple[tuple[str, Decimal], ...]
    #: Accepted, rejected or expired of late; of more than these the latest.
    decided: int
    accepted: int
    #: From placing to the decision, of those somebody decided; None of none.
    median: timedelta | None

    @property
    def accepted_share(self) -> Decimal | None:
        """Of the decided, as a rate; None of none."""
        return Decimal(self.accepted) / self.decided if self.decided else None


def at_a_glance(actor: Actor, *, now: datetime | None = None) -> Glance:
    """Return how acceptance goes; two statements, neither reads more than `LOOKED_AT` orders. Raises NotAllowed."""
    policies.require_staff(actor)
    at = now or utc_now()
    held = Case.objects.filter(state__in=[state.value for state in OPEN]).order_by("opened_at", "order_id")
    sums = held.values_list("order__akcept_placement__currency", "order__akcept_placement__total_net")
    waiting = list(sums[: LOOKED_AT + 1])
    value: dict[str, Decimal] = defaultdict(Decimal)
    for currency, total in waiting[:LOOKED_AT]:
        value[currency] += total
    since = at - timedelta(days=DAYS)
    ended = Case.objects.filter(ended_at__gte=since, ended_at__lte=at, state__in=_COUNTED).order_by("-ended_at")
    decided = list(ended.values_list("state", "opened_at", "ended_at")[:LOOKED_AT])
    took = [(end - start).total_seconds() for state, start, end in decided if state in _ANSWERED and end is not None]
    return Glance(
        waiting=min(len(waiting), LOOKED_AT),
        is_whole=len(waiting) <= LOOKED_AT,
        value=tuple(sorted(value.items())),
        decided=len(decided),
        accepted=sum(state == State.ACCEPTED for state, _start, _end in decided),
        median=timedelta(seconds=median(took)) if took else None,
    )
