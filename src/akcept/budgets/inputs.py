"""What somebody types about a budget; checked by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect
from akcept.budgets.states import State
from akcept.kernel.amounts import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetChange:
    """What may change in a budget. `amount` counts from the running period on; see `Terms` for None and 0.

    `thresholds` are per cent of all there is to spend; the owner is told once a period when one is reached.
    """

    name: str
    amount: Decimal
    ends: date | None = None
    carry: Carry = Carry.NONE
    carry_most: Decimal = Decimal(0)
    effect: Effect = Effect.ASK
    owner_id: int | None = None
    thresholds: Sequence[int] = (80, 100)
    max_orders: int | None = None
    max_single: Decimal | None = None
    state: State = State.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetInput(BudgetChange):
    """A new budget: whom it is for (`unit_id`, `member_id` or `cost_centre`, as `scope` says), and its periods."""

    scope: Scope
    unit_id: int | None = None
    member_id: int | None = None
    cost_centre: str = ""
    currency: str = "PLN"
    basis: Basis = Basis.GOODS_NET
    period_kind: PeriodKind = PeriodKind.MONTH
    period_days: int = 30
    starts: date
