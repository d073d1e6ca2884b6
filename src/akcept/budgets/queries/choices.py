"""What the forms of budgets offer."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, Q, When

from akcept.budgets import periods, policies
from akcept.budgets.calendars import calendar_of
from akcept.budgets.models import Calendar
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member
from akcept.organizations.policies import require_head_office
from akcept.organizations.seats import ancestors_of

#: How many people a form suggests; anybody else is named by his e-mail address.
SUGGESTED = 60


def people_to_name(actor: Actor) -> list[Member]:
    """Return active colleagues, those around the actor's own unit first; two statements. Raises NotAllowed."""
    seat = policies.require_manager(organizations.seat_of(actor))
    near = Q(unit__path__startswith=seat.unit_path) | Q(unit__path__in=ancestors_of(seat.unit_path))
    return list(
        Member.objects.filter(organization_id=seat.organization_id, active=True, user__is_active=True)
        .select_related("user", "unit")
        .annotate(far=Case(When(near, then=0), default=1))
        .order_by("far", "user__last_name", "user__first_name", "id")[:SUGGESTED]
    )


def today(actor: Actor) -> date:
    """Return today where the actor's organisation is. Raises NotAllowed for who manages no budgets."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return periods.local_day(utc_now(), calendar_of(seat.organization_id).time_zone)


def calendar(actor: Actor) -> Calendar:
    """Return the organisation's calendar for its page. Raises NotAllowed (head office only)."""
    seat = require_head_office(policies.require_manager(organizations.seat_of(actor)))
    return calendar_of(seat.organization_id)
