"""Budgets for the next year, made from this year's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from akcept.budgets import policies, topics
from akcept.budgets.actions.setting import kept
from akcept.budgets.models import Budget
from akcept.budgets.years import copies_for_next_year
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.transactions.acting import action


@action
def copy_to_next_year(
    year: int, *, actor: Actor, percent: Decimal = Decimal(0), now: datetime | None = None
) -> list[Budget]:
    """Copy every budget whose last day lies in a year to the same days a year later, its amount changed by per cent.

    Budgets without a last day simply go on, and one that has its copy already is left out, so this may be repeated.
    A constant number of statements. Journal: `budget.added` for each. Raises NotAllowed, Invalid (percent).
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    copies = copies_for_next_year(seat, year, percent=percent, now=at)
    Budget.objects.bulk_create(copies)
    if copies:
        journal.write(
            [Event(topics.ADDED, ("budget", str(copy.pk)), kept(copy)) for copy in copies],
            actor=actor,
            organization_id=seat.organization_id,
            now=at,
        )
    return copies
