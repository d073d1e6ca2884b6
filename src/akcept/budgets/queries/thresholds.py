"""Whom to tell about a threshold."""

from __future__ import annotations

from akcept.budgets.models import Budget
from akcept.organizations.models import Member


def owners_to_tell(budget_id: int) -> list[Member]:
    """Return the budget's owner while active; nobody for a budget without one. One statement."""
    budget = Budget.objects.select_related("owner__user").filter(pk=budget_id).first()
    if budget is None or budget.owner is None or not budget.owner.active:
        return []
    return [budget.owner]
