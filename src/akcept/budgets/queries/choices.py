"""What the forms of budgets offer."""

from __future__ import annotations

from datetime import date

from akcept.budgets import periods, policies
from akcept.budgets.calendars import calendar_of
from akcept.budgets.models import Calendar
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member
from akcept.organizations.policies import require_head_office


def people_to_name(actor: Actor) -> list[Member]:
    """Return active colleagues, those around the actor's own unit first; two statements. Raises NotAllowed."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return list(organizations.colleagues(seat)[: organizations.SUGGESTED])


def today(actor: Actor) -> date:
    """Return today where the actor's organisation is. Raises NotAllowed for who manages no budgets."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return periods.local_day(utc_now(), calendar_of(seat.organization_id).time_zone)


def calendar(actor: Actor) -> Calendar:
    """Return the organisation's calendar for its page. Raises NotAllowed (head office only)."""
    seat = require_head_office(policies.require_manager(organizations.seat_of(actor)))
    return calendar_of(seat.organization_id)
