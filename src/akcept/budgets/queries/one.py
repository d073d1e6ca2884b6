"""One budget: its ledger, its periods, its forecast, and what a change would mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min, QuerySet, Sum
from django.utils.translation import gettext as _

from akcept.budgets import binding, checks, policies, wording
from akcept.budgets.forecast import Forecast, forecast
from akcept.budgets.inputs import BudgetChange
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.periods import Period, PeriodKind
from akcept.budgets.queries.ledger import LedgerLine, OrderLine, ledger, orders, whole_ledger
from akcept.budgets.queries.overview import bearer_of
from akcept.budgets.standing import Funds, Over, Used, exceeded, funds_of
from akcept.budgets.states import HELD
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.kernel.money import cents
from akcept.kernel.paging import Page
from akcept.organizations import queries as organizations
from akcept.organizations.queries import name_of

#: Past periods a page lists, and waiting orders a preview names.
SHOWN_PERIODS = 24
SHOWN_WAITING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A budget's page for one period."""

    budget: Budget
    bearer: str
    owner: str
    funds: Funds
    is_current: bool
    forecast: Forecast | None
    periods: tuple[Funds, ...]
    #: A page of the ledger, or of the orders where those were asked for.
    rows: Page[LedgerLine] | Page[OrderLine]
    manages: bool
    #: Budgets of the same currency that the actor may transfer to: (id, name).
    others: tuple[tuple[int, str], ...]

    @property
    def granted(self) -> Decimal:
        """What the period began with."""
        return self.funds.allotted + self.funds.carried

    @property
    def share(self) -> str:
        """How much of what there is is spent or held."""
        return wording.percent(self.funds.used, self.funds.available)

    @property
    def words(self) -> str:
        """The bar for who cannot see it."""
        return wording.used(self.funds, self.budget.currency)


def detail(
    actor: Actor, budget_id: int, *, start: date | None = None, after: str = "", by_order: bool = False
) -> Detail:
    """Return a budget in the period that begins on a day (None: the running one), with a page of its ledger or orders.

    A constant number of statements. Raises NotAllowed, NotFound.
    """
    seat = policies.require_viewer(organizations.seat_of(actor))
    budget = _visible(policies.visible(seat), budget_id)
    today = binding.today_of(budget, utc_now())
    current, every = _periods(budget, today, start)
    chosen = _chosen(every, start, current)
    manages = policies.manageable(seat).filter(pk=budget.pk).exists()
    return Detail(
        budget=budget,
        bearer=bearer_of(budget),
        owner=name_of(budget.owner.user) if budget.owner else "",
        funds=chosen,
        is_current=chosen.period == current,
        forecast=forecast(chosen, today=today),
        periods=tuple(reversed(every[-SHOWN_PERIODS:])),
        rows=orders(budget, chosen.period, after=after) if by_order else ledger(budget, chosen, seat=seat, after=after),
        manages=manages,
        others=tuple(
            policies.manageable(seat)
            .filter(currency=budget.currency)
            .exclude(pk=budget.pk)
            .order_by("name")
            .values_list("pk", "name")[:200]
        )
        if manages
        else (),
    )


def _periods(budget: Budget, today: date, asked: date | None) -> tuple[Period, list[Funds]]:
    """Return the running period (the last one of a budget that is over), and every one there is anything to say of.

    Those are the latest ones, those with something booked, and the one asked for.
    """
    current = budget.rhythm.containing(max(budget.starts, min(today, budget.ends or today)))
    sums = binding.sums_of([budget]).get(budget.pk, {})
    marks = [*sums, *budget.rhythm.latest(current.start, SHOWN_PERIODS), *([asked] if asked else [])]
    every = budget.periods_until(max([current.start, *sums]), marks=marks)
    return current, funds_of(budget.terms, every, sums)


def _chosen(every: list[Funds], start: date | None, current: Period) -> Funds:
    found = {funds.period.start: funds for funds in every}
    return found.get(start or current.start) or found[current.start]


def ledger_file(actor: Actor, budget_id: int, *, start: date | None = None) -> tuple[Budget, Funds, list[LedgerLine]]:
    """Return a budget in a period with every row of it, for a file; as `detail`."""
    seat = policies.require_viewer(organizations.seat_of(actor))
    budget = _visible(policies.visible(seat), budget_id)
    current, every = _periods(budget, binding.today_of(budget, utc_now()), start)
    chosen = _chosen(every, start, current)
    return budget, chosen, whole_ledger(budget, chosen, seat=seat)


def _visible(found: QuerySet[Budget], budget_id: int) -> Budget:
    budget = (
        found.select_related("organization__akcept_calendar", "unit", "member__user", "owner__user")
        .filter(pk=budget_id)
        .first()
    )
    if budget is None:
        raise NotFound(_("There is no such budget, or you may not see it."))
    return budget


def budget_to_manage(actor: Actor, budget_id: int) -> Budget:
    """Return a budget the actor may change. Raises NotAllowed, NotFound."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return _visible(policies.manageable(seat), budget_id)


# --- what a change would mean ---


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOrder:
    """An order that waits and holds money of the budget, and in what ways it exceeds the changed budget."""

    number: str
    held: Decimal
    over: tuple[Over, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPreview:
    """The running period before and after a change, and the orders that wait on it, the oldest first.

    Waiting orders keep what they hold whatever happens; `over` says which would not pass if they were placed anew.
    """

    before: Funds
    after: Funds
    waiting: tuple[WaitingOrder, ...]

    @property
    def exceeding(self) -> int:
        """How many waiting orders exceed the changed budget."""
        return sum(1 for order in self.waiting if order.over)


def preview(actor: Actor, budget_id: int, wanted: BudgetChange, *, now: datetime | None = None) -> BudgetPreview:
    """Return what a change would mean for the running period and for waiting orders; nothing is written.

    A constant number of statements. Raises NotAllowed, NotFound, Invalid with the field.
    """
    budget = budget_to_manage(actor, budget_id)
    wanted = checks.change(wanted, kind=PeriodKind(budget.period_kind), starts=budget.starts)
    today = max(budget.starts, binding.today_of(budget, now or utc_now()))
    used = binding.sums_of([budget]).get(budget.pk, {})
    every = budget.periods_until(today, marks=used)
    before = funds_of(budget.terms, every, used)[-1]
    budget.amounts = budget.amounts_with(wanted.amount, on=today)
    budget.carry, budget.carry_most = wanted.carry.value, wanted.carry_most
    budget.max_orders, budget.max_single, budget.state = wanted.max_orders, wanted.max_single, wanted.state.value
    return BudgetPreview(
        before=before,
        after=funds_of(budget.terms, every, used)[-1],
        waiting=tuple(_waiting(budget, every, used)),
    )


def _waiting(budget: Budget, every: list[Period], used: Mapping[date, Used]) -> Iterator[WaitingOrder]:
    start = every[-1].start
    holding = (
        LedgerRow.objects.filter(budget=budget, period_start=start, order__isnull=False)
        .filter(kind__in=[kind.value for kind in HELD])
        .values_list("order_number")
        .annotate(first=Min("pk"), held=Sum("amount"))
        .filter(held__lt=Decimal("-0.004"))  # SQLite adds up floats
        .order_by("first")
    )
    everything = used.get(start, Used())
    for number, _first, summed in holding[:SHOWN_WAITING]:
        held = cents(summed)
        others = replace(everything, held=everything.held + held, orders=everything.orders - 1)
        over = exceeded(budget.terms, every, {**used, start: others}, start=start, amount=-held)
        yield WaitingOrder(number=number, held=-held, over=over)
