"""Which budgets bind an order, and how each stands with it: the same answer for basket, checkout, placing, approver.

A constant number of statements: none, one or five budgets cost 1, 2 and 2; one more where a rate is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from akcept.budgets import conversion, periods
from akcept.budgets.conversion import Converted, DayRate
from akcept.budgets.models import Budget, Calendar, LedgerRow, Rate
from akcept.budgets.scope import Bearer, Scope
from akcept.budgets.standing import ZERO, Carry, Effect, Funds, Over, Used, exceeded, funds_of
from akcept.budgets.states import HELD, SPENT, RowKind, State
from akcept.kernel.amounts import Amounts, Basis, Limit
from akcept.kernel.money import cents
from akcept.organizations.models import Unit
from akcept.organizations.paths import ancestors_of
from akcept.organizations.queries import name_of
from akcept.transactions import locking

Sums = Mapping[int, Mapping[date, Used]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One budget beside one order. `funds` are without the order, `this` is what it takes; in the budget's currency.

    `this` None: the order's currency cannot be converted (see `Over.NO_RATE`). `original` is the order's own value on
    the budget's basis, in `original_currency`.
    """

    budget_id: int
    name: str
    effect: Effect
    currency: str
    basis: Basis
    max_orders: int | None
    max_single: Decimal | None
    #: None where nobody was named.
    owner_id: int | None
    owner_name: str
    #: Whether the owner is asked about this order: not about their own, nor when they may accept no orders any more.
    asks_owner: bool
    #: How far the owner's acceptance reaches; none means without limit.
    owner_limits: tuple[Limit, ...]
    funds: Funds
    this: Decimal | None
    original: Decimal
    original_currency: str
    converted: Converted | None
    over: tuple[Over, ...]
    #: Whether the order is there already, and what it has booked so far.
    placed: bool = False
    booked: Decimal = ZERO

    @property
    def refuses(self) -> bool:
        """Whether the budget lets the order, or what it takes more, not pass; frozen it does whatever its effect.

        What an order gives back exceeds nothing.
        """
        takes_more = self.this is None or self.this > self.booked or not self.booked
        return bool(self.over) and takes_more and (self.effect is Effect.BLOCK or Over.FROZEN in self.over)

    @property
    def left(self) -> Decimal:
        """What is left with the order; negative when it exceeds the budget."""
        return self.funds.free - (self.this or ZERO)


def standings(
    bearer: Bearer,
    amounts: Amounts,
    *,
    at: datetime,
    lock: bool = False,
    today: date | None = None,
    held: Sequence[Budget] | None = None,
) -> tuple[Standing, ...]:
    """Return every budget that binds an order placed at a moment, in the order in which they are locked.

    With `lock` the budgets' rows stay locked until the transaction ends, so that what is free cannot be used twice;
    `held` are those that `locked` has locked before.
    """
    found = _loaded(binding(bearer), lock=lock) if held is None else held
    days = {budget.pk: periods.local_day(at, zone_of(budget)) for budget in found}
    bound = [budget for budget in found if budget.rhythm.in_force(days[budget.pk])]
    sums = sums_of(bound, since=counting_from(bound, days))
    currencies = {budget.currency for budget in bound} | {amounts.currency}
    rates = rates_for(currencies, days=[days[budget.pk] for budget in bound])
    return tuple(
        _standing(
            budget,
            amounts,
            on=days[budget.pk],
            used=sums.get(budget.pk, {}),
            converted=conversion.convert(
                amounts.on(Basis(budget.basis)),
                currency=amounts.currency,
                into=budget.currency,
                on=days[budget.pk],
                rates=rates,
            ),
            own=budget.owner_id == bearer.member_id,
            today=today,
        )
        for budget in bound
    )


def locked(bearer: Bearer) -> list[Budget]:
    """Lock the budgets that bind an order of a member before what it costs is known; one statement."""
    return _loaded(binding(bearer), lock=True)


def locked_of_order(order_id: int) -> list[Budget]:
    """Lock the budgets an order was booked on; one statement."""
    booked = LedgerRow.objects.filter(order_id=order_id).values("budget_id")
    return _loaded(Budget.objects.filter(pk__in=booked), lock=True)


def binding(bearer: Bearer) -> QuerySet[Budget]:
    """Return the budgets for a member, their unit, the units above or its cost centre, whatever their dates."""
    own_centre = Unit.objects.filter(pk=bearer.unit_id).values("cost_centre")
    return open_budgets(bearer.organization_id).filter(
        Q(member_id=bearer.member_id)
        | Q(unit_id=bearer.unit_id)
        | Q(scope=Scope.BELOW.value, unit__path__in=ancestors_of(bearer.unit_path))
        | Q(scope=Scope.COST_CENTRE.value, cost_centre=Subquery(own_centre)),
    )


def open_budgets(organization_id: int) -> QuerySet[Budget]:
    """Return an organisation's budgets that are not closed, whatever their dates."""
    return Budget.objects.filter(organization_id=organization_id).exclude(state=State.CLOSED.value)


def standings_of_order(
    order_id: int,
    amounts: Amounts,
    *,
    lock: bool = False,
    today: date | None = None,
    held: Sequence[Budget] | None = None,
) -> tuple[Standing, ...]:
    """Return the budgets an order was booked on, each in the period of placing and without that order's own rows.

    `amounts` are the order's sums as they are, or as they would be, converted by the rate of placing; `lock` and `held`
    as in `standings`.
    """
    booked: dict[int, LedgerRow] = {}
    taken: dict[int, Decimal] = {}
    for row in LedgerRow.objects.filter(order_id=order_id).order_by("-pk"):
        booked[row.budget_id] = row  # in the end the first row of each, the one of placing
        taken[row.budget_id] = taken.get(row.budget_id, ZERO) - row.amount
    if not booked:
        return ()
    found = _loaded(Budget.objects.filter(pk__in=booked), lock=lock) if held is None else held
    since = counting_from(found, {pk: row.period_start for pk, row in booked.items()})
    sums = sums_of(found, without=order_id, since=since)
    return tuple(
        _standing(
            budget,
            amounts,
            on=booked[budget.pk].period_start,
            used=sums.get(budget.pk, {}),
            converted=_as_booked(booked[budget.pk], amounts.on(Basis(budget.basis))),
            own=bool(budget.owner and budget.owner.user_id == booked[budget.pk].actor_id),
            booked=taken[budget.pk],
            today=today,
        )
        for budget in found
    )


def _as_booked(row: LedgerRow, original: Decimal) -> Converted | None:
    if row.rate is None:
        return None
    return Converted(amount=cents(original * row.rate), rate=row.rate, day=row.rate_day, source=row.rate_source)


def _loaded(budgets: QuerySet[Budget], *, lock: bool) -> list[Budget]:
    found = budgets.select_related("owner__user", "organization__akcept_calendar").order_by("pk")
    if lock:
        found = locking.lock(found)
    return list(found)


def zone_of(budget: Budget) -> str:
    """Return the time zone of a budget loaded with its organisation's calendar."""
    calendar: Calendar | None = getattr(budget.organization, "akcept_calendar", None)
    return calendar.time_zone if calendar else settings.TIME_ZONE


def today_of(budget: Budget, at: datetime) -> date:
    """Return the day of a moment where the budget's organisation is; as `zone_of`."""
    return periods.local_day(at, zone_of(budget))


def counting_from(budgets: Iterable[Budget], days: Mapping[int, date]) -> dict[int, date]:
    """Return from which period on the rows of a budget decide about an order of a day: all where rests are carried."""
    return {
        budget.pk: budget.rhythm.containing(days[budget.pk]).start
        for budget in budgets
        if budget.terms.carry is Carry.NONE
    }


def sums_of(budgets: Sequence[Budget], *, without: int | None = None, since: Mapping[int, date] | None = None) -> Sums:
    """Return what the ledgers add up to, by budget and period, leaving one order out; one statement, none for none.

    `since` says from which period on, for budgets whose earlier ones are not asked for.
    """
    if not budgets:
        return {}
    begins: dict[date | None, list[int]] = {}
    for budget in budgets:
        begins.setdefault((since or {}).get(budget.pk), []).append(budget.pk)
    asked = Q()
    for start, ids in begins.items():
        asked |= Q(budget__in=ids) if start is None else Q(budget__in=ids, period_start__gte=start)
    rows = LedgerRow.objects.filter(asked)
    if without is not None:
        rows = rows.filter(Q(order=None) | ~Q(order_id=without))
    # One sum by kind takes the database half the time of a sum for each group of kinds.
    grouped = (
        rows.order_by()
        .values_list("budget_id", "period_start", "kind")
        .annotate(amount=Sum("amount"), number=Coalesce(Sum("orders"), 0))
    )
    found: dict[int, dict[date, Used]] = {}
    for budget_id, start, kind, amount, number in grouped:
        periods_of = found.setdefault(budget_id, {})
        periods_of[start] = _with(periods_of.get(start, Used()), RowKind(kind), cents(amount), number)
    return found


def _with(used: Used, kind: RowKind, amount: Decimal, orders: int) -> Used:
    """Return what rows of one kind add to; money held and spent is positive there, negative in its rows."""
    counted = used.orders + orders
    if kind in HELD:
        return replace(used, held=used.held - amount, orders=counted)
    if kind in SPENT:
        return replace(used, spent=used.spent - amount, orders=counted)
    return replace(used, moved=used.moved + amount, orders=counted)


def sum_of(kinds: Iterable[RowKind]) -> Coalesce:
    """Return the sum of rows of these kinds; SQLite adds up floats, so whoever reads it rounds it to the cent."""
    return Coalesce(Sum("amount", filter=Q(kind__in=[kind.value for kind in kinds])), ZERO)


def rates_for(currencies: set[str], *, days: Iterable[date]) -> list[DayRate]:
    """Return the stored rates that may be used on the days; one statement, none when nothing is to be converted."""
    asked = sorted(days)
    if len(currencies) < 2 or not asked:
        return []
    found = Rate.objects.filter(
        currency__in=currencies - {conversion.HOME},
        day__gte=asked[0] - conversion.OLDEST,
        day__lte=asked[-1],
    )
    return [rate.as_day_rate for rate in found]


def _standing(
    budget: Budget,
    amounts: Amounts,
    *,
    on: date,
    used: Mapping[date, Used],
    converted: Converted | None,
    own: bool,
    today: date | None,
    booked: Decimal | None = None,
) -> Standing:
    basis = Basis(budget.basis)
    this = converted.amount if converted else None
    start = budget.rhythm.containing(on).start
    # Later periods are looked at too: what this one carries over may be in use there.
    latest = max([on, *used, *([today] if today else [])])
    terms, every = budget.terms, budget.periods_until(latest, marks=[on, *used])
    return Standing(
        budget_id=budget.pk,
        name=budget.name,
        effect=budget.does,
        currency=budget.currency,
        basis=basis,
        max_orders=budget.max_orders,
        max_single=budget.max_single,
        owner_id=budget.owner_id,
        owner_name=name_of(budget.owner.user) if budget.owner else "",
        asks_owner=bool(not own and budget.owner and budget.owner.active and budget.owner.accept_orders),
        owner_limits=budget.owner.limits if budget.owner else (),
        funds=next(found for found in funds_of(terms, every, used) if found.period.start == start),
        this=this,
        original=amounts.on(basis),
        original_currency=amounts.currency,
        converted=converted,
        over=exceeded(terms, every, used, start=start, amount=this),
        placed=booked is not None,
        booked=booked or ZERO,
    )


def order_sums(order_id: int) -> list[tuple[int, date, Decimal, Decimal, int]]:
    """Return what an order holds and has spent, by budget and period: (budget, period, held, spent, orders)."""
    grouped = (
        LedgerRow.objects.filter(order_id=order_id)
        .order_by("budget_id")
        .values_list("budget_id", "period_start")
        .annotate(held=sum_of(HELD), spent=sum_of(SPENT), number=Sum(F("orders")))
    )
    return [(budget, start, -cents(held), -cents(spent), orders) for budget, start, held, spent, orders in grouped]


def exceeded_by(order_ids: Iterable[int]) -> dict[int | None, tuple[str, ...]]:
    """Return the names of the budgets that orders exceeded when they last took money of them; one statement."""
    last: dict[tuple[int, int], tuple[bool, str]] = {}
    rows = LedgerRow.objects.filter(order__in=list(order_ids), original__isnull=False).order_by("pk")
    for order_id, budget_id, over, name in rows.values_list("order_id", "budget_id", "exceeded", "budget__name"):
        last[order_id, budget_id] = (over, name)
    found: dict[int | None, tuple[str, ...]] = {}
    for (order_id, _budget), (over, name) in last.items():
        if over:
            found[order_id] = (*found.get(order_id, ()), name)
    return found
