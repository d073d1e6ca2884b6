"""What the forms of budgets offer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from akcept.budgets import periods, policies
from akcept.budgets.calendars import calendar_of
from akcept.budgets.models import Budget, Calendar
from akcept.budgets.years import copies_for_next_year
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member
from akcept.organizations.policies import require_head_office


def people_to_name(actor: Actor) -> list[Member]:
    """Return active colleagues, those around the actor's own unit first; two statements. Raises NotAllowed."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return list(organizations.colleagues(seat)[: organizations.SUGGESTED])


def copies(actor: Actor, year: int, *, percent: Decimal) -> list[Budget]:
    """Return what copying to the next year would add, in no table yet. Raises NotAllowed, Invalid (percent)."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return copies_for_next_year(seat, year, percent=percent, now=utc_now())


def today(actor: Actor) -> date:
    """Return today where the actor's organisation is. Raises NotAllowed for who manages no budgets."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return periods.local_day(utc_now(), calendar_of(seat.organization_id).time_zone)


def calendar(actor: Actor) -> Calendar:
    """Return the organisation's calendar for its page. Raises NotAllowed (head office only)."""
    seat = require_head_office(policies.require_manager(organizations.seat_of(actor)))
    return calendar_of(seat.organization_id)
