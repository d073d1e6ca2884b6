"""Which budgets a change of the organisation's tree touches."""

from __future__ import annotations

from akcept.budgets.models import Budget
from akcept.budgets.states import State
from akcept.organizations.models import Unit
from akcept.organizations.queries import Several, several


def budgets_within(unit: Unit) -> Several:
    """Return the budgets, but closed ones, of a unit and the units below it; two statements."""
    within = Budget.objects.filter(organization_id=unit.organization_id, unit__path__startswith=unit.path)
    return several(within.exclude(state=State.CLOSED.value).order_by("name", "pk").values_list("name", flat=True))
