"""The columns of a file of budgets: what each is called in either language, and how its cells are written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from akcept.budgets.labels import CARRY_LABELS, EFFECT_LABELS, PERIOD_LABELS, SCOPE_LABELS
from akcept.budgets.models import Budget
from akcept.budgets.standing import Funds
from akcept.budgets.states import State
from akcept.kernel.errors import Invalid
from akcept.organizations.bulk.columns import Column, folded
from akcept.organizations.bulk.sheets import Cell
from akcept.organizations.labels import BASIS_LABELS

Choice = TypeVar("Choice", bound=StrEnum)

#: In a cell one word has to be enough.
STATES: Final = {
    State.ACTIVE: gettext_lazy("active"),
    State.FROZEN: gettext_lazy("frozen"),
    State.CLOSED: gettext_lazy("closed"),
}
_LANGUAGES: Final = ("en", "pl")


class Kind(StrEnum):
    """What a file of this room is about."""

    BUDGETS = "budgets"


def column(
    code: str, english: str, polish: str, explained: Any, *, required: bool = False, clearable: bool = False
) -> Column:
    """Return a column of a file of this room."""
    return Column(
        code=code, english=english, polish=polish, required=required, clearable=clearable, explained=explained
    )


COLUMNS: Final = (
    column(
        "name",
        "Name",
        "Nazwa",
        gettext_lazy("Identifies the budget: a known name updates that budget, a new one adds a budget."),
        required=True,
    ),
    column(
        "scope",
        "For",
        "Dla",
        gettext_lazy("below (a unit and every unit below it), unit, member or cost_centre. Default: below."),
    ),
    column("unit", "Unit", "Oddział", gettext_lazy("Code of the unit, for below and unit.")),
    column("member", "Member", "Członek", gettext_lazy("E-mail address, for member.")),
    column("cost_centre", "Cost centre", "Centrum kosztów", gettext_lazy("For cost_centre.")),
    column("amount", "Amount", "Kwota", gettext_lazy("Of one period, with a point or a comma."), required=True),
    column("currency", "Currency", "Waluta", gettext_lazy("Default: the shop's own.")),
    column(
        "basis",
        "Value",
        "Wartość",
        gettext_lazy("goods_net, goods_gross, total_net or total_gross. Default: goods_net."),
    ),
    column("period", "Period", "Okres", gettext_lazy("month, quarter, year, days or own. Default: month.")),
    column("days", "Days", "Dni", gettext_lazy("Of one period, for days.")),
    column("starts", "First day", "Pierwszy dzień", gettext_lazy("Such as 2027-01-01. A new budget needs one.")),
    column("ends", "Last day", "Ostatni dzień", gettext_lazy("Default: no last day."), clearable=True),
    column("carry", "Carry-over", "Przeniesienie", gettext_lazy("none, all or up_to. Default: none.")),
    column("carry_most", "Carry-over at most", "Przeniesienie najwyżej", gettext_lazy("For up_to.")),
    column("effect", "When exceeded", "Po przekroczeniu", gettext_lazy("block, ask or warn. Default: ask.")),
    column(
        "owner", "Owner", "Opiekun", gettext_lazy("E-mail address of the person notified and asked."), clearable=True
    ),
    column(
        "thresholds",
        "Thresholds",
        "Progi",
        gettext_lazy("Percentages at which the owner is notified, such as 80, 100."),
        clearable=True,
    ),
    column(
        "max_orders",
        "Orders at most",
        "Zamówień najwyżej",
        gettext_lazy("In one period. Default: any number."),
        clearable=True,
    ),
    column(
        "max_single",
        "One order at most",
        "Jedno zamówienie najwyżej",
        gettext_lazy("Default: any value."),
        clearable=True,
    ),
    column("state", "State", "Stan", gettext_lazy("active, frozen or closed. Default: active.")),
)
#: Written beside them for whoever calculates on; read and left alone.
FIGURES: Final = (
    column("period_start", "Period from", "Okres od", gettext_lazy("Only exported: the period of the figures.")),
    column("available", "Available", "Do wydania", gettext_lazy("Only exported.")),
    column("spent", "Spent", "Wydano", gettext_lazy("Only exported.")),
    column("held", "Held", "Zarezerwowano", gettext_lazy("Only exported.")),
    column("left", "Left", "Zostało", gettext_lazy("Only exported.")),
)


def chosen(cell: str, labels: Mapping[Choice, Any], *, default: Choice) -> Choice:
    """Return what a cell says, by code or by its words in either language. Raises Invalid."""
    if not cell:
        return default
    said = folded(cell)
    for choice, label in labels.items():
        if said in {choice.value, *_spoken(label)}:
            return choice
    raise Invalid(
        _("“%(cell)s” is not one of: %(known)s.")
        % {"cell": cell[:60], "known": ", ".join(choice.value for choice in labels)}
    )


def _spoken(label: Any) -> list[str]:
    words = []
    for language in _LANGUAGES:
        with override(language):
            words.append(folded(str(label)))
    return words


def row_of(budget: Budget) -> list[Cell]:
    """Return a budget as a row of the file, the way it is read again."""
    terms, of_days, up_to = budget.terms, budget.period_kind == "days", budget.carry == "up_to"
    values: dict[str, Cell | None] = {
        "name": budget.name,
        "scope": budget.scope,
        "unit": budget.unit.key if budget.unit else "",
        "member": budget.member.user.email if budget.member else "",
        "cost_centre": budget.cost_centre,
        "amount": terms.amounts[-1][1],
        "currency": budget.currency,
        "basis": budget.basis,
        "period": budget.period_kind,
        "days": budget.period_days if of_days else "",
        "starts": budget.starts,
        "ends": budget.ends,
        "carry": budget.carry,
        "carry_most": budget.carry_most if up_to else "",
        "effect": budget.effect,
        "owner": budget.owner.user.email if budget.owner else "",
        "thresholds": ", ".join(map(str, budget.thresholds)),
        "max_orders": budget.max_orders,
        "max_single": budget.max_single,
        "state": budget.state,
    }
    return ["" if (value := values[column.code]) is None else value for column in COLUMNS]


def cells_of(budget: Budget) -> list[str]:
    """Return the same row as text, as a preview shows and compares it."""
    return [_number(value) if isinstance(value, Decimal) else str(value) for value in row_of(budget)]


def _number(value: Decimal) -> str:
    return str(format_decimal(value, format="0.00", locale=(get_language() or "pl").split("-")[0]))


def figures_of(funds: Funds) -> list[Cell]:
    """Return what is written beside a budget."""
    return [funds.period.start, funds.available, funds.spent, funds.held, funds.free]


#: What each column of a choice may say.
CHOICES: Final[dict[str, Mapping[Any, Any]]] = {
    "scope": SCOPE_LABELS,
    "basis": BASIS_LABELS,
    "period": PERIOD_LABELS,
    "carry": CARRY_LABELS,
    "effect": EFFECT_LABELS,
    "state": STATES,
}
