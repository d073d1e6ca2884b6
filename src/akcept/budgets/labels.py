"""Kinds, effects and states in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect
from akcept.budgets.states import RowKind, State

SCOPE_LABELS: Final = {
    Scope.BELOW: _("a unit and every unit below it"),
    Scope.UNIT: _("one unit alone"),
    Scope.MEMBER: _("a member"),
    Scope.COST_CENTRE: _("a cost centre"),
}
PERIOD_LABELS: Final = {
    PeriodKind.MONTH: _("month"),
    PeriodKind.QUARTER: _("quarter"),
    PeriodKind.YEAR: _("year"),
    PeriodKind.DAYS: _("number of days"),
    PeriodKind.OWN: _("custom dates, one-off"),
}
EFFECT_LABELS: Final = {
    Effect.BLOCK: _("the order is refused"),
    Effect.ASK: _("the budget's owner has to accept it"),
    Effect.WARN: _("only a warning"),
}
CARRY_LABELS: Final = {
    Carry.NONE: _("the rest lapses"),
    Carry.ALL: _("all of the rest"),
    Carry.UP_TO: _("the rest, up to an amount"),
}
STATE_LABELS: Final = {
    State.ACTIVE: pgettext_lazy("budget", "active"),
    State.FROZEN: _("frozen: nothing may be ordered on it"),
    State.CLOSED: _("closed: does not apply to new orders"),
}
KIND_LABELS: Final = {
    RowKind.HOLD: _("held"),
    RowKind.RELEASE: _("released"),
    RowKind.SPEND: _("spent"),
    RowKind.CREDIT: _("credited"),
    RowKind.CORRECTION: _("corrected"),
    RowKind.TRANSFER: _("transferred"),
}
