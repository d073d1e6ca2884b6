"""All budgets somebody may see, as a tree of units, on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from akcept.budgets import binding, periods, policies, wording
from akcept.budgets.models import Budget
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Funds, funds_of
from akcept.budgets.states import State
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.organizations.queries import name_of
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat

#: Budgets a page lists; a search narrows what there are more of.
SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which budgets are asked for: by words of their name, and on which day (None: today)."""

    text: str = ""
    on: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """A budget in a list, in the period of the day asked for; `depth` is that of its unit in the tree."""

    budget: Budget
    funds: Funds
    bearer: str
    depth: int
    owner: str
    in_force: bool

    @property
    def share(self) -> str:
        """How much of what there is is spent or held."""
        return wording.percent(self.funds.used, self.funds.available)

    @property
    def words(self) -> str:
        """The bar for who cannot see it."""
        return wording.used(self.funds, self.budget.currency)

    @property
    def is_over(self) -> bool:
        """Whether more is used than there is."""
        return self.funds.free < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The page of budgets. `more` says that there are more than are shown."""

    rows: tuple[BudgetRow, ...]
    more: bool
    on: date
    seat: Seat
    manages: bool


def overview(actor: Actor, question: Question = Question()) -> Overview:
    """Return the budgets the actor may see: those of units in the tree's order, then members', then cost centres'.

    A constant number of statements. Raises NotAllowed for whoever sees none.
    """
    seat = policies.require_viewer(organizations.seat_of(actor))
    found = list(_asked(seat, question)[: SHOWN + 1])
    on = question.on or today_for(found)
    rows = sorted(_rows(found[:SHOWN], on), key=_place)
    return Overview(
        rows=tuple(rows),
        more=len(found) > SHOWN,
        on=on,
        seat=seat,
        manages=policies.manages(seat),
    )


def export(actor: Actor, question: Question = Question()) -> list[BudgetRow]:
    """Return every budget the actor may see, for a file; as `overview`."""
    seat = policies.require_viewer(organizations.seat_of(actor))
    found = list(_asked(seat, question))
    return sorted(_rows(found, question.on or today_for(found)), key=_place)


def _asked(seat: Seat, question: Question) -> QuerySet[Budget]:
    found = policies.visible(seat).select_related(
        "organization__akcept_calendar", "unit", "member__user", "member__unit", "owner__user"
    )
    for word in question.text.replace("\0", " ").split()[:4]:
        found = found.filter(mentions(word, "name"))
    if not question.closed:
        found = found.exclude(state=State.CLOSED.value)
    return found.order_by("pk")


def today_for(budgets: Sequence[Budget]) -> date:
    """Return today in the time zone of the organisation the budgets belong to."""
    zone = binding.zone_of(budgets[0]) if budgets else settings.TIME_ZONE
    return periods.local_day(utc_now(), zone)


def _rows(budgets: Sequence[Budget], on: date) -> list[BudgetRow]:
    days = {budget.pk: max(budget.starts, min(on, budget.ends or on)) for budget in budgets}
    sums = binding.sums_of(budgets, since=binding.counting_from(budgets, days))
    rows = []
    for budget in budgets:
        used = sums.get(budget.pk, {})
        funds = funds_of(budget.terms, budget.periods_until(days[budget.pk], marks=used), used)[-1]
        rows.append(
            BudgetRow(
                budget=budget,
                funds=funds,
                bearer=bearer_of(budget),
                depth=budget.unit.depth if budget.unit else 0,
                owner=name_of(budget.owner.user) if budget.owner else "",
                in_force=budget.rhythm.in_force(on) and budget.state != State.CLOSED,
            )
        )
    return rows


def bearer_of(budget: Budget) -> str:
    """Return whom a budget is for, by name."""
    if budget.unit is not None:
        return budget.unit.name
    if budget.member is not None:
        return name_of(budget.member.user)
    return budget.cost_centre


def _place(row: BudgetRow) -> tuple[int, list[int], str, str]:
    """Return where a budget belongs in the list: a unit's path leads through its parents, so the tree stays whole."""
    order = (Scope.BELOW, Scope.UNIT, Scope.MEMBER, Scope.COST_CENTRE)
    of_unit = row.budget.unit is not None
    path = [int(part) for part in row.budget.unit.path.strip("/").split("/")] if row.budget.unit else []
    return (0 if of_unit else order.index(row.budget.reaches), path, row.bearer.casefold(), row.budget.name.casefold())
