"""Storing day rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from akcept.budgets.conversion import DayRate
from akcept.budgets.models import Rate
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.transactions.acting import action


@action
def store_rates(rates: Sequence[DayRate], *, actor: Actor, now: datetime | None = None) -> int:
    """Store rates of days, exchanging those that are known for the same currency and day. Return how many.

    Rows that were booked by a rate before keep it. Journal: nothing, for no organisation has done anything. Raises
    NotAllowed for anybody but the shop's staff and the system.
    """
    if actor.kind not in (ActorKind.SYSTEM, ActorKind.STAFF):
        raise NotAllowed("rates are stored by the shop")
    at = now or utc_now()
    Rate.objects.bulk_create(
        [
            Rate(currency=rate.currency, day=rate.day, rate=rate.rate, source=rate.source[:60], stored_at=at)
            for rate in rates
        ],
        update_conflicts=True,
        update_fields=["rate", "source", "stored_at"],
        unique_fields=["currency", "day"],
    )
    return len(rates)
