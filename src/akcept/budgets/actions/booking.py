"""Rows people book by hand: a correction with its reason, a transfer as two rows of one act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4

from django.utils.translation import gettext as _

from akcept.budgets import binding, checks, policies, topics, wording
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.standing import Over, exceeded, funds_of
from akcept.budgets.states import RowKind
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Seat
from akcept.organizations.wording import money
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

#: Nobody books further ahead by hand.
BOOKED_AHEAD: Final = timedelta(days=731)


@action
def correct(
    budget_id: int, *, actor: Actor, amount: Decimal, reason: str, on: date | None = None, now: datetime | None = None
) -> LedgerRow:
    """Book a correction: a positive amount gives money to the period of a day (today's), a negative one takes it.

    It may take a budget below zero, because it says what is so. In the budget's currency. Journal:
    `budget.corrected`. Raises NotAllowed, NotFound, Invalid with the field.
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    budget = _locked_pair(seat, (budget_id,))[budget_id]
    why = checks.reason(reason)
    value = checks.amount(abs(amount), least=Decimal("0.01")).copy_sign(amount)
    act = f"correction/{uuid4().hex}"
    row = _row(budget, RowKind.CORRECTION, value, act=act, reason=why, on=on, actor=actor, at=at)
    LedgerRow.objects.bulk_create([row])
    event = Event(
        topics.CORRECTED,
        ("budget", str(budget.pk)),
        {"amount": value, "currency": budget.currency, "period": row.period_start, "reason": why, "act": act},
    )
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=at)
    return row


@action
def transfer(
    budget_id: int,
    *,
    to_id: int,
    actor: Actor,
    amount: Decimal,
    reason: str,
    on: date | None = None,
    now: datetime | None = None,
) -> None:
    """Move money from one budget to another of the same currency: two rows of one act, in the periods of a day.

    Journal: `budget.transferred` for each. Raises NotAllowed, NotFound, Invalid (more than is free, other currency).
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    if budget_id == to_id:
        raise Invalid(_("Choose another budget."), field="to")
    both = _locked_pair(seat, (budget_id, to_id))
    giving, taking = both[budget_id], both[to_id]
    value, why = checks.amount(amount, least=Decimal("0.01")), checks.reason(reason)
    if giving.currency != taking.currency:
        raise Invalid(_("Both budgets have to be in the same currency."), field="to")
    act = f"transfer/{uuid4().hex}"
    rows = [
        _row(giving, RowKind.TRANSFER, -value, act=act, reason=why, on=on, actor=actor, at=at, counterpart=taking),
        _row(taking, RowKind.TRANSFER, value, act=act, reason=why, on=on, actor=actor, at=at, counterpart=giving),
    ]
    _require_free(giving, rows[0].period_start, value)
    LedgerRow.objects.bulk_create(rows)
    details = {"amount": value, "currency": giving.currency, "reason": why, "act": act}
    journal.write(
        [
            Event(
                topics.TRANSFERRED,
                ("budget", str(giving.pk)),
                details | {"to": taking.name, "period": rows[0].period_start},
            ),
            Event(
                topics.TRANSFERRED,
                ("budget", str(taking.pk)),
                details | {"from": giving.name, "period": rows[1].period_start},
            ),
        ],
        actor=actor,
        organization_id=seat.organization_id,
        now=at,
    )


def _locked_pair(seat: Seat, ids: tuple[int, ...]) -> dict[int, Budget]:
    found = {
        budget.pk: budget
        for budget in lock(
            policies.manageable(seat).select_related("organization__akcept_calendar").filter(pk__in=ids).order_by("pk")
        )
    }
    if len(found) != len(ids):
        raise NotFound(_("There is no such budget, or you may not change it."))
    return found


def _require_free(budget: Budget, start: date, value: Decimal) -> None:
    used = binding.sums_of([budget]).get(budget.pk, {})
    every = budget.periods_until(max([start, *used]), marks=[start, *used])
    free = next(funds.free for funds in funds_of(budget.terms, every, used) if funds.period.start == start)
    if value > free:
        raise Invalid(
            _("Only %(free)s are free in this budget.") % {"free": money(max(free, Decimal(0)), budget.currency)},
            field="amount",
        )
    if Over.AMOUNT in exceeded(budget.terms, every, used, start=start, amount=value):
        raise Invalid(_("Some of it has been carried over, and a later period uses it."), field="amount")


def _row(
    budget: Budget,
    kind: RowKind,
    amount: Decimal,
    *,
    act: str,
    reason: str,
    on: date | None,
    actor: Actor,
    at: datetime,
    counterpart: Budget | None = None,
) -> LedgerRow:
    today = binding.today_of(budget, at)
    day = on or today
    latest = today + BOOKED_AHEAD
    if day > latest:
        raise Invalid(_("Choose a day up to %(day)s.") % {"day": wording.day(latest)}, field="on")
    if day < budget.starts or not budget.rhythm.in_force(min(day, budget.ends or day)):
        raise Invalid(_("The budget “%(name)s” does not reach that day.") % {"name": budget.name}, field="on")
    return LedgerRow(
        budget=budget,
        organization_id=budget.organization_id,
        period_start=budget.rhythm.containing(min(day, budget.ends or day)).start,
        kind=kind.value,
        amount=amount,
        act=act,
        counterpart=counterpart,
        actor_kind=actor.kind.value,
        actor_id=actor.user_id,
        reason=reason,
        at=at,
    )
