"""What a file of budgets would do, row by row: the same for the preview and for the deed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.budgets import checks
from akcept.budgets.bulk.columns import CHOICES, COLUMNS, Kind, cells_of, chosen
from akcept.budgets.models import Budget
from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect
from akcept.budgets.states import State
from akcept.kernel.amounts import Basis
from akcept.kernel.errors import Refused
from akcept.kernel.typed import same
from akcept.organizations import checks as organization_checks
from akcept.organizations import figures
from akcept.organizations.bulk.planning import ImportPlan, RowAct, RowPlan, begin
from akcept.organizations.bulk.sheets import Row, Sheet
from akcept.organizations.models import Member, Unit
from akcept.organizations.seats import Seat

#: Kept as they were set, because rows of the ledger are sums of them.
FIXED: Final = ("scope", "unit", "member", "cost_centre", "currency", "basis", "period", "days", "starts")
_DEFAULTS: Final[dict[str, Any]] = {
    "scope": Scope.BELOW,
    "basis": Basis.GOODS_NET,
    "period": PeriodKind.MONTH,
    "carry": Carry.NONE,
    "effect": Effect.ASK,
    "state": State.ACTIVE,
}
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a file is read against: what one seat sees: budgets by folded name, units by key, members by e-mail.

    `names` are those of all budgets, also of those out of the seat's reach.
    """

    seat: Seat
    fiscal_month: int
    today: date
    budgets: dict[str, Budget]
    names: frozenset[str]
    units: dict[str, Unit]
    members: dict[str, Member]


def plan_budgets(sheet: Sheet, around: Surroundings) -> ImportPlan[Budget]:
    """Return what the file would do."""
    outcomes: list[RowPlan[Budget]] = begin(sheet.rows, key="name", check=checks.name, columns=COLUMNS)
    for outcome in outcomes:
        outcome.title = outcome.key
        if not outcome.broken:
            _plan(outcome, around)
    return ImportPlan(kind=Kind.BUDGETS, outcomes=outcomes)


def _plan(outcome: RowPlan[Budget], around: Surroundings) -> None:
    known = around.budgets.get(same(outcome.key))
    if known is None and same(outcome.key) in around.names:
        outcome.errors.append(_("There is already a budget named %(name)s.") % {"name": outcome.key})
        return
    reading = _Reading(row=outcome.row, around=around, known=known, errors=outcome.errors)
    before = cells_of(known) if known is not None else [""] * len(COLUMNS)
    if known is not None:
        outcome.known = (known.pk, known.version)
        _refuse_fixed(outcome, dict(zip((c.code for c in COLUMNS), before, strict=True)), reading)
    budget = reading.budget()
    if outcome.errors:
        return
    outcome.wanted = budget
    for column, was, becomes in zip(COLUMNS, before, cells_of(budget), strict=True):
        outcome.differs(column.code, was, becomes)
    if outcome.act is not RowAct.LEFT and budget.effect == Effect.ASK.value and budget.owner is None:
        outcome.note = _("It has no owner: orders that exceed it go to anyone who may accept them.")


def _refuse_fixed(outcome: RowPlan[Budget], before: dict[str, str], reading: _Reading) -> None:
    for name in FIXED:
        typed = outcome.cell(name)
        if not typed:
            continue
        said = len(outcome.errors)
        if not reading.agrees(name, typed, before[name]) and len(outcome.errors) == said:  # else it cannot be read
            column = next(column for column in COLUMNS if column.code == name)
            outcome.errors.append(
                _("%(column)s of a budget cannot be changed: close it and add another one.")
                % {"column": column.heading(get_language() or "pl")}
            )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Reads the cells of one row; whatever is wrong with any of them becomes an error of the row."""

    row: Row
    around: Surroundings
    known: Budget | None
    errors: list[str] = field(default_factory=list)

    def budget(self) -> Budget:
        """Return the budget as the row wants it, in no table yet; useless once there are errors."""
        known = self.known
        found = self._same(known) if known is not None else self._new()
        found.name = self.cell("name") if known is None else known.name
        amount = self._amount()
        for name in ("carry", "effect", "state"):
            if known is None or self.cell(name):
                setattr(found, name, self.choice(name).value)
        self._set(found, "ends", lambda cell: checks.day(figures.day(cell)), cleared=None)
        self._set(found, "carry_most", self._limit, cleared=Decimal(0))
        self._set(found, "max_single", self._limit, cleared=None)
        self._set(found, "max_orders", lambda cell: checks.orders(figures.whole(cell)), cleared=None)
        self._set(found, "thresholds", lambda cell: checks.thresholds(figures.wholes(cell)), cleared=[])
        if self.row.said("owner") is not None:
            found.owner = self._member("owner")
        if not self.errors:
            self._checked(lambda: checks.dates(PeriodKind(found.period_kind), found.starts, found.ends))
        if not self.errors:
            if known is None:
                found.amounts = found.amounts_with(amount, on=found.starts)
            elif known.terms.amounts[-1][1] != amount:
                found.amounts = found.amounts_with(amount, on=self.around.today)
        return found

    def _amount(self) -> Decimal:
        if self.known is not None and not self.cell("amount"):
            return self.known.terms.amounts[-1][1]
        return self._checked(lambda: self._limit(self.cell("amount"))) or Decimal(0)

    def _limit(self, cell: str) -> Decimal:
        """Return an amount; its currency may stand beside it, no other."""
        currency = self.cell("currency").upper() or (
            self.known.currency if self.known else str(settings.OSCAR_DEFAULT_CURRENCY)
        )
        units = (currency, "zł") if currency == "PLN" else (currency,)
        return checks.amount(figures.amount(cell, units=units))

    def _set(self, found: Budget, name: str, read: Callable[[str], Any], *, cleared: Any) -> None:
        """Set what a cell says: nothing where it says nothing, `cleared` where it says so."""
        said = self.row.said(name)
        if said is not None:
            setattr(found, name, self._checked(lambda: read(said)) if said else cleared)

    def agrees(self, name: str, said: str, before: str) -> bool:
        """Whether what a cell says is what stands there already."""
        if name in CHOICES:
            return str(self.choice(name).value) == before
        if name == "starts":
            return str(self._day(name)) == before
        if name == "days":
            return str(self._checked(lambda: figures.whole(said))) == before
        return same(said) == same(before)

    def cell(self, name: str) -> str:
        """Return what a cell says, empty where it says nothing or is to be cleared."""
        return self.row.said(name) or ""

    def choice(self, name: str) -> Any:
        """Return what a column of a choice says."""
        default = _DEFAULTS[name]
        return self._checked(lambda: chosen(self.cell(name), CHOICES[name], default=default)) or default

    def _same(self, known: Budget) -> Budget:
        copy = Budget(**{f.attname: getattr(known, f.attname) for f in Budget._meta.concrete_fields})
        for name in ("unit", "member"):
            setattr(copy, name, getattr(known, name))
        return copy

    def _new(self) -> Budget:
        scope, period = self.choice("scope"), self.choice("period")
        found = Budget(
            organization_id=self.around.seat.organization_id,
            scope=scope.value,
            currency=self._checked(
                lambda: checks.currency(self.cell("currency").upper() or settings.OSCAR_DEFAULT_CURRENCY)
            )
            or "",
            basis=self.choice("basis").value,
            period_kind=period.value,
            fiscal_month=self.around.fiscal_month,
            starts=self._day("starts") or self.around.today,
        )
        if not self.cell("starts"):
            self.errors.append(_("A new budget needs its first day."))
        if period is PeriodKind.DAYS:
            found.period_days = self._checked(lambda: checks.days(figures.whole(self.cell("days") or "0"))) or 30
        self._bearer(found, scope)
        return found

    def _bearer(self, found: Budget, scope: Scope) -> None:
        seat = self.around.seat
        if scope in (Scope.BELOW, Scope.UNIT):
            found.unit = self.around.units.get(self.cell("unit").upper())
            if not self.cell("unit"):
                self.errors.append(_("The code of the unit is missing."))
            elif found.unit is None or not seat.covers(found.unit.path):
                self.errors.append(_("There is no unit with the code “%(code)s”.") % {"code": self.cell("unit")})
        elif scope is Scope.MEMBER:
            found.member = self._member("member")
            if found.member is None and not self.cell("member"):
                self.errors.append(_("The member's e-mail address is missing."))
            elif found.member is not None and not seat.covers(found.member.unit.path):
                self.errors.append(_("No active member of your organisation has this e-mail address."))
        elif not seat.at_head_office:
            self.errors.append(_("Only administrators at head office may do this."))
        else:
            found.cost_centre = self._checked(lambda: organization_checks.cost_centre(self.cell("cost_centre"))) or ""
            if not found.cost_centre:
                self.errors.append(_("Enter the cost centre."))
            elif all(unit.cost_centre != found.cost_centre for unit in self.around.units.values()):
                self.errors.append(checks.no_such_centre(found.cost_centre))

    def _member(self, name: str) -> Member | None:
        email = same(self.cell(name))
        if not email:
            return None
        found = self.around.members.get(email)
        if found is None:
            self.errors.append(_("No active member of your organisation has the address %(email)s.") % {"email": email})
        return found

    def _day(self, name: str) -> date | None:
        return self._checked(lambda: checks.day(figures.day(self.cell(name)))) if self.cell(name) else None

    def _checked(self, check: Callable[[], Value]) -> Value | None:
        try:
            return check()
        except Refused as refusal:
            self.errors.append(str(refusal))
            return None


def wanted(plan: ImportPlan[Budget]) -> Iterator[tuple[RowPlan[Budget], Budget]]:
    """Yield the rows that add or change something, with the budget each wants."""
    for outcome in plan.outcomes:
        if outcome.wanted is not None and (outcome.known is None or outcome.changes):
            yield outcome, outcome.wanted
