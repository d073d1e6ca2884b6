"""The demo's budgets: of the whole company, of branches, of a member; set up before the month of orders they bind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import translation

from akcept.budgets import actions
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget
from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect
from akcept.kernel.actor import Actor
from akcept.organizations.models import Member, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _DemoBudget:
    """A budget by names and addresses; `effect` counts from today on, the past month is only counted."""

    name: str
    by: str
    amount: int
    effect: Effect
    unit: str = ""
    member: str = ""
    owner: str = ""
    period: PeriodKind = PeriodKind.MONTH
    carry: Carry = Carry.NONE
    max_single: int | None = None
    max_orders: int | None = None


_BUDGETS: Final = (
    _DemoBudget(
        name="Cała firma",
        by="dora@acme.example",
        unit="Centrala",
        amount=100_000,
        effect=Effect.WARN,
        owner="dora@acme.example",
        period=PeriodKind.QUARTER,
    ),
    _DemoBudget(
        name="Kraków i Skawina",
        by="dora@acme.example",
        unit="Oddział Kraków",
        amount=60_000,
        effect=Effect.ASK,
        owner="cora@acme.example",
    ),
    _DemoBudget(name="Serwis Tarnów", by="dora@acme.example", unit="Serwis Tarnów", amount=26_000, effect=Effect.BLOCK),
    _DemoBudget(
        name="Anna Kowalska, zakupy bieżące",
        by="dora@acme.example",
        member="anna@acme.example",
        amount=22_000,
        effect=Effect.WARN,
        max_single=6_000,
        max_orders=20,
    ),
    _DemoBudget(
        name="Terminal Opole",
        by="otto@umbra.example",
        unit="Terminal Opole",
        amount=16_000,
        effect=Effect.ASK,
        owner="otto@umbra.example",
        carry=Carry.ALL,
    ),
)


def build_budgets(*, now: datetime) -> None:
    """Set the budgets up as of a good month ago; they warn only, so that the orders of the past stay as they were."""
    at = now - timedelta(days=44)
    with translation.override("pl"):
        for wanted in _BUDGETS:
            actions.add(_input(wanted, at=at), actor=_actor(wanted.by), now=at)


def tighten_budgets(*, now: datetime) -> None:
    """Give each budget the effect it has from today on."""
    with translation.override("pl"):
        for wanted in _BUDGETS:
            budget = Budget.objects.get(name=wanted.name)
            change = replace(_change(wanted, BudgetChange), effect=wanted.effect)
            actions.change(budget.pk, change, actor=_actor(wanted.by), version=budget.version, now=now)


def _actor(email: str) -> Actor:
    user = _member(email).user
    return Actor.person(user.pk, user.get_full_name())


def _member(email: str) -> Member:
    return Member.objects.select_related("user").get(user__email=email)


def _change(wanted: _DemoBudget, kind: type[Any], **more: Any) -> Any:
    return kind(
        name=wanted.name,
        amount=Decimal(wanted.amount),
        carry=wanted.carry,
        effect=Effect.WARN,
        owner_id=_member(wanted.owner).pk if wanted.owner else None,
        max_single=None if wanted.max_single is None else Decimal(wanted.max_single),
        max_orders=wanted.max_orders,
        **more,
    )


def _input(wanted: _DemoBudget, *, at: datetime) -> BudgetInput:
    organization_id = _member(wanted.by).organization_id
    bearer: dict[str, Any] = {"scope": Scope.MEMBER, "member_id": _member(wanted.member).pk} if wanted.member else {}
    if wanted.unit:
        unit = Unit.objects.get(organization_id=organization_id, name=wanted.unit)
        bearer = {"scope": Scope.BELOW, "unit_id": unit.pk}
    made: BudgetInput = _change(
        wanted, BudgetInput, period_kind=wanted.period, starts=at.date().replace(day=1), **bearer
    )
    return made
