"""Setting up a budget and changing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.budgets import binding, checks, policies, topics
from akcept.budgets.calendars import calendar_of
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget
from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import checks as organization_checks
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member, Unit
from akcept.organizations.policies import require_head_office
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def add(wanted: BudgetInput, *, actor: Actor, now: datetime | None = None) -> Budget:
    """Set up a budget; orders placed from now on are bound by it. Journal: `budget.added`.

    Raises NotAllowed, NotFound (a unit or member out of the actor's reach), Invalid with the field.
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    budget = new_budget(wanted, seat=seat, now=at)
    journal.write(
        Event(topics.ADDED, ("budget", str(budget.pk)), kept(budget)),
        actor=actor,
        organization_id=seat.organization_id,
        now=at,
    )
    return budget


def new_budget(wanted: BudgetInput, *, seat: Seat, now: datetime) -> Budget:
    """Insert one budget inside the caller's transaction. Raises as `add`."""
    cleaned = checks.change(wanted, kind=wanted.period_kind, starts=wanted.starts)
    budget = Budget(
        organization_id=seat.organization_id,
        scope=wanted.scope.value,
        currency=checks.currency(wanted.currency),
        basis=wanted.basis.value,
        period_kind=wanted.period_kind.value,
        period_days=checks.days(wanted.period_days),
        fiscal_month=calendar_of(seat.organization_id).fiscal_month,
        starts=wanted.starts,
        created_at=now,
        **_bearer(wanted, seat),
    )
    _fill(budget, cleaned, seat)
    first = budget.rhythm.containing(budget.starts)
    budget.amounts = [[first.start.isoformat(), str(cleaned.amount)]]
    _save(budget)
    return budget


def _bearer(wanted: BudgetInput, seat: Seat) -> dict[str, Any]:
    if wanted.scope in (Scope.UNIT, Scope.BELOW):
        unit = Unit.objects.filter(organization_id=seat.organization_id, pk=wanted.unit_id or 0, closed_at=None).first()
        if unit is None or not seat.covers(unit.path):
            raise NotFound(_("There is no such unit in your organisation."))
        return {"unit": unit}
    if wanted.scope is Scope.MEMBER:
        return {"member": _member(seat, wanted.member_id, field="member", reach=seat.unit_path)}
    require_head_office(seat)
    centre = organization_checks.required(
        wanted.cost_centre, field="cost_centre", text=_("Enter the cost centre."), limit=40
    )
    if not Unit.objects.filter(organization_id=seat.organization_id, closed_at=None, cost_centre=centre).exists():
        raise Invalid(checks.no_such_centre(centre), field="cost_centre")
    return {"cost_centre": centre}


def _member(seat: Seat, member_id: int | None, *, field: str, reach: str) -> Member:
    found = Member.objects.filter(organization_id=seat.organization_id, pk=member_id or 0, removed_at=None).first()
    if found is None or not found.unit.path.startswith(reach):
        raise Invalid(_("Choose one of the members."), field=field)
    return found


def _fill(budget: Budget, wanted: BudgetChange, seat: Seat) -> None:
    """Take over what `checks.change` has cleaned."""
    budget.name = wanted.name
    budget.ends = wanted.ends
    budget.carry = wanted.carry.value
    budget.carry_most = wanted.carry_most
    budget.effect = wanted.effect.value
    # An owner may sit above the budget's unit: they only have to belong to the organisation.
    budget.owner = None if wanted.owner_id is None else _member(seat, wanted.owner_id, field="owner", reach="")
    budget.thresholds = list(wanted.thresholds)
    budget.max_orders = wanted.max_orders
    budget.max_single = wanted.max_single
    budget.state = wanted.state.value


def _save(budget: Budget) -> None:
    try:
        with transaction.atomic():
            budget.save()
    except IntegrityError:
        raise Invalid(_("There is already a budget named %(name)s.") % {"name": budget.name}, field="name") from None


@action
def change(budget_id: int, wanted: BudgetChange, *, actor: Actor, version: int, now: datetime | None = None) -> Budget:
    """Change a budget. A new amount counts from the running period on; what is held and spent stays booked.

    Journal: `budget.changed` with before and after. Raises NotAllowed, NotFound, Stale, Invalid with the field.
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    budget = locked(seat, budget_id)
    if budget.version != version:
        raise Stale(_("Somebody has changed this budget since you opened it. Here is its current state."))
    before = kept(budget)
    cleaned = checks.change(wanted, kind=PeriodKind(budget.period_kind), starts=budget.starts)
    _fill(budget, cleaned, seat)
    budget.amounts = budget.amounts_with(cleaned.amount, on=binding.today_of(budget, at))
    budget.version += 1
    _save(budget)
    event = Event(topics.CHANGED, ("budget", str(budget.pk)), {"before": before, "after": kept(budget)})
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=at)
    return budget


def locked(seat: Seat, budget_id: int) -> Budget:
    """Lock one budget the seat may change. Raises NotFound."""
    rows = policies.manageable(seat).select_related("organization__akcept_calendar")
    found = lock(rows.filter(pk=budget_id)).first()
    if found is None:
        raise NotFound(_("There is no such budget, or you may not change it."))
    return found


def kept(budget: Budget) -> dict[str, Any]:
    """Return what the journal keeps of a budget."""
    return {
        "name": budget.name,
        "scope": budget.scope,
        "unit_id": budget.unit_id,
        "member_id": budget.member_id,
        "cost_centre": budget.cost_centre,
        "amounts": budget.amounts,
        "currency": budget.currency,
        "basis": budget.basis,
        "period": budget.period_kind,
        "starts": budget.starts,
        "ends": budget.ends,
        "carry": budget.carry,
        "carry_most": budget.carry_most,
        "effect": budget.effect,
        "owner_id": budget.owner_id,
        "thresholds": budget.thresholds,
        "max_orders": budget.max_orders,
        "max_single": budget.max_single,
        "state": budget.state,
    }
