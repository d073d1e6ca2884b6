"""What a file of budgets is read against."""

from __future__ import annotations

from datetime import datetime

from akcept.budgets import periods, policies
from akcept.budgets.bulk.planning import Surroundings
from akcept.budgets.calendars import calendar_of
from akcept.budgets.models import Budget
from akcept.budgets.states import State
from akcept.kernel.typed import same
from akcept.organizations.models import Member, Unit
from akcept.organizations.seats import Seat
from akcept.transactions import locking


def surroundings(seat: Seat, *, now: datetime, lock: bool = False) -> Surroundings:
    """Load everything a file may name; five statements. With `lock` the budgets stay as they are until the end."""
    calendar = calendar_of(seat.organization_id)
    mine = (
        policies.manageable(seat)
        .exclude(state=State.CLOSED.value)
        .select_related("unit", "member__user", "owner__user")
        .order_by("pk")
    )
    if lock:
        mine = locking.lock(mine)
    every = Budget.objects.filter(organization_id=seat.organization_id).exclude(state=State.CLOSED.value)
    units = Unit.objects.filter(organization_id=seat.organization_id, closed_at=None)
    members = Member.objects.filter(organization_id=seat.organization_id, active=True).select_related("user", "unit")
    return Surroundings(
        seat=seat,
        fiscal_month=calendar.fiscal_month,
        today=periods.local_day(now, calendar.time_zone),
        budgets={same(budget.name): budget for budget in mine},
        names=frozenset(map(same, every.values_list("name", flat=True))),
        units={unit.key.upper(): unit for unit in units},
        members={same(member.user.email): member for member in members},
    )
