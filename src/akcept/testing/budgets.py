"""Budgets for tests, as they stand in the tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from akcept.budgets.models import Budget
from akcept.budgets.scope import Scope
from akcept.organizations.models import Unit
from akcept.testing.cast import LONG_AGO, Person

STARTS = date(2026, 1, 1)


def make(of: Unit | Person | str, amount: str = "1000.00", *, below: bool = True, **columns: Any) -> Budget:
    """Create a budget for a unit (with what is below it), a person or a cost centre; `columns` as in the model.

    Monthly, in PLN, goods net, refusing what exceeds it, since `STARTS`.
    """
    bearer: dict[str, Any]
    if isinstance(of, Unit):
        bearer = {"scope": (Scope.BELOW if below else Scope.UNIT).value, "unit": of}
        organization_id = of.organization_id
    elif isinstance(of, Person):
        assert of.member is not None  # noqa: S101
        bearer = {"scope": Scope.MEMBER.value, "member": of.member}
        organization_id = of.member.organization_id
    else:
        bearer = {"scope": Scope.COST_CENTRE.value, "cost_centre": of}
        organization_id = columns.pop("organization_id")
    columns = {
        "name": f"Budget {Budget.objects.count() + 1}",
        "currency": "PLN",
        "basis": "goods_net",
        "period_kind": "month",
        "starts": STARTS,
        "effect": "block",
        **columns,
    }
    budget = Budget(organization_id=organization_id, created_at=LONG_AGO, **bearer, **columns)
    budget.amounts = [[budget.rhythm.containing(budget.starts).start.isoformat(), str(Decimal(amount))]]
    budget.save()
    return budget
