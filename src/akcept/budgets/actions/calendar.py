"""The organisation's time zone and fiscal year."""

from __future__ import annotations

from datetime import datetime

from akcept.budgets import checks, policies, topics
from akcept.budgets.calendars import calendar_of
from akcept.budgets.models import Calendar
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.organizations import queries as organizations
from akcept.organizations.policies import require_head_office
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def set_calendar(*, actor: Actor, time_zone: str, fiscal_month: int, now: datetime | None = None) -> Calendar:
    """Set in which time zone a day ends, and with which month fiscal years begin.

    The time zone counts for orders placed from now on; the fiscal year for budgets set up from now on, because those
    there are keep their periods. Journal: `budget.calendar_changed`. Raises NotAllowed (head office), Invalid.
    """
    seat = require_head_office(policies.require_manager(organizations.seat_of(actor)))
    before = calendar_of(seat.organization_id)
    zone, month = checks.time_zone(time_zone), checks.month(fiscal_month)
    calendar, _created = lock(Calendar.objects.all()).get_or_create(
        organization_id=seat.organization_id, defaults={"time_zone": zone, "fiscal_month": month}
    )
    calendar.time_zone, calendar.fiscal_month = zone, month
    calendar.save(update_fields=["time_zone", "fiscal_month"])
    payload = {
        "before": {"time_zone": before.time_zone, "fiscal_month": before.fiscal_month},
        "after": {"time_zone": calendar.time_zone, "fiscal_month": calendar.fiscal_month},
    }
    event = Event(topics.CALENDAR_CHANGED, ("organization", str(seat.organization_id)), payload)
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
    return calendar
