"""Every write of budgets but the orders' own (those are in `akcept.budgets.ledger`)."""

from akcept.budgets.actions.booking import correct, transfer
from akcept.budgets.actions.calendar import set_calendar
from akcept.budgets.actions.importing import import_budgets
from akcept.budgets.actions.rates import store_rates
from akcept.budgets.actions.setting import add, change
from akcept.budgets.actions.years import copy_to_next_year

__all__ = [
    "add",
    "change",
    "copy_to_next_year",
    "correct",
    "import_budgets",
    "set_calendar",
    "store_rates",
    "transfer",
]
