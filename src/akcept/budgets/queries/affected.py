"""How many budgets a change of the organisation's tree touches."""

from __future__ import annotations

from akcept.budgets.models import Budget
from akcept.budgets.states import State
from akcept.organizations.models import Unit


def budgets_within(unit: Unit) -> int:
    """Return how many budgets that are not closed are those of a unit and the units below it; one statement."""
    within = Budget.objects.filter(organization_id=unit.organization_id, unit__path__startswith=unit.path)
    return within.exclude(state=State.CLOSED.value).count()
