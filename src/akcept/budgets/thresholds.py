"""Notices that a budget's use has reached a threshold, once a period. Run after commit, by the relay."""

from __future__ import annotations

from datetime import datetime

from akcept.budgets import binding, topics
from akcept.budgets.models import Budget, LedgerRow, Reached
from akcept.budgets.standing import Funds, funds_of, reached
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor


def look_at(order_id: int, *, organization_id: int, now: datetime) -> None:
    """Look at the budgets an order was booked on, in the period of its placing; write down what has been reached.

    Inside the caller's transaction; the journal tells each threshold once a period whoever looks at the same time,
    because its row is there once. Journal: `budget.threshold_reached`.
    """
    booked = dict(LedgerRow.objects.filter(order_id=order_id).values_list("budget_id", "period_start"))
    budgets = [budget for budget in Budget.objects.filter(pk__in=booked).order_by("pk") if budget.thresholds]
    sums = binding.sums_of(budgets)
    facts = []
    for budget in budgets:
        used = sums.get(budget.pk, {})
        every = funds_of(budget.terms, budget.rhythm.until(max(used)), used)
        funds = next(found for found in every if found.period.start == booked[budget.pk])
        if (level := _newly_reached(budget, funds, now)) is not None:
            facts.append(_fact(budget, funds, level))
    if facts:
        journal.write(facts, actor=Actor.system("relay"), organization_id=organization_id, now=now)


def _newly_reached(budget: Budget, funds: Funds, now: datetime) -> int | None:
    """Return the highest threshold that nobody has been told of yet; lower ones reached with it are told with it."""
    levels = reached(budget.thresholds, funds)
    if not levels:
        return None
    new = []
    for level in levels:
        _row, created = Reached.objects.get_or_create(
            budget=budget, period_start=funds.period.start, level=level, defaults={"at": now}
        )
        if created:
            new.append(level)
    return max(new, default=None)


def _fact(budget: Budget, funds: Funds, level: int) -> Fact:
    return Fact(
        topics.THRESHOLD_REACHED,
        ("budget", str(budget.pk)),
        {
            "name": budget.name,
            "level": level,
            "period": funds.period.start,
            "period_end": funds.period.end,
            "currency": budget.currency,
            "spent": funds.spent,
            "held": funds.held,
            "available": funds.available,
        },
    )
