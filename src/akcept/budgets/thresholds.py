"""Notices that a budget's use has reached a threshold, once a period. Run after commit, by the relay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from akcept.budgets import binding, topics
from akcept.budgets.models import Budget, LedgerRow, Reached
from akcept.budgets.standing import Funds, funds_of, reached
from akcept.journal import actions as journal
from akcept.journal import subscribers
from akcept.journal.actions import Event
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now

SUBSCRIBER: Final = "budgets.thresholds"
_NOW: Final = ("now",)


def connect() -> None:
    """Follow what people book by hand, and changed amounts; called once, when the room's app is ready.

    Orders are followed where they are known (`akcept.ordering.reactions.thresholds`).
    """
    subscribers.register(
        SUBSCRIBER,
        topics=[topics.CORRECTED, topics.TRANSFERRED, topics.CHANGED],
        targets=_targets,
        handle=_look,
        transactional=True,
    )


def _targets(entry: Entry) -> Iterable[str]:
    """Return one look, none for what the owner did themselves."""
    by_owner = Budget.objects.filter(pk=int(entry.subject_id), owner__user_id=entry.actor_user_id or 0).exists()
    return () if by_owner else _NOW


def _look(entry: Entry, _target: str) -> None:
    budget = Budget.objects.select_related("organization__akcept_calendar").get(pk=int(entry.subject_id))
    told = entry.payload.get("period")
    day = date.fromisoformat(told) if told else max(budget.starts, binding.today_of(budget, entry.at))
    period = budget.rhythm.containing(min(day, budget.ends or day))
    _tell({budget.pk: period.start}, organization_id=budget.organization_id, now=utc_now())


def look_at(order_id: int, *, organization_id: int, now: datetime) -> None:
    """Look at the budgets an order was booked on, in the period of its placing; write down what has been reached.

    Inside the caller's transaction; the journal tells each threshold once a period whoever looks at the same time,
    because its row is there once. Journal: `budget.threshold_reached`.
    """
    booked = dict(LedgerRow.objects.filter(order_id=order_id).values_list("budget_id", "period_start"))
    _tell(booked, organization_id=organization_id, now=now)


def _tell(starts: Mapping[int, date], *, organization_id: int, now: datetime) -> None:
    """Look at budgets, each in the period that begins on a day."""
    budgets = [budget for budget in Budget.objects.filter(pk__in=starts).order_by("pk") if budget.thresholds]
    sums = binding.sums_of(budgets, since=binding.counting_from(budgets, starts))
    events = []
    for budget in budgets:
        start = starts[budget.pk]
        used = sums.get(budget.pk, {})
        every = funds_of(budget.terms, budget.periods_until(start, marks=used), used)
        funds = next(found for found in every if found.period.start == start)
        if (level := _newly_reached(budget, funds, now)) is not None:
            events.append(_event(budget, funds, level))
    if events:
        journal.write(events, actor=Actor.system("relay"), organization_id=organization_id, now=now)


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


def _event(budget: Budget, funds: Funds, level: int) -> Event:
    return Event(
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
