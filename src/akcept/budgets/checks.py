"""What may be typed about a budget: each returns the cleaned value, or refuses with field and reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from akcept.budgets.inputs import BudgetChange
from akcept.budgets.periods import PeriodKind
from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid
from akcept.organizations import checks

NAME_LIMIT: Final = 120
REASON_LIMIT: Final = 300
_MOST: Final = Decimal("999999999.99")
_LONGEST_DAYS: Final = 3660
_MOST_THRESHOLDS: Final = 5


def name(typed: str) -> str:
    """Return the budget's name. Raises Invalid."""
    return checks.required(typed, field="name", text=_("Enter the budget's name."), limit=NAME_LIMIT)


def reason(typed: str) -> str:
    """Return why somebody books something by hand. Raises Invalid where nothing is said."""
    return checks.required(
        typed, field="reason", text=_("Give a reason. Others will see it in the ledger."), limit=REASON_LIMIT
    )


def no_such_centre(centre: str) -> str:
    """Return why there is no budget for a cost centre: nothing would ever be counted on it."""
    return _("No unit has the cost centre “%(centre)s”. Enter it with its units first.") % {"centre": centre}


def amount(typed: Decimal, *, field: str = "amount", least: Decimal = Decimal(0)) -> Decimal:
    """Return an amount with two decimal places. Raises Invalid."""
    if not typed.is_finite() or not least <= typed <= _MOST:
        raise Invalid(_("Enter an amount from %(least)s to %(most)s.") % {"least": least, "most": _MOST}, field=field)
    if typed != round(typed, 2):
        raise Invalid(_("An amount has two decimal places at most."), field=field)
    return typed.quantize(Decimal("0.01"))


def currency(typed: str) -> str:
    """Return a currency's code. Raises Invalid."""
    if not re.fullmatch(r"[A-Z]{3}", typed):
        raise Invalid(_("Choose a currency."), field="currency")
    return typed


def thresholds(typed: Sequence[int]) -> list[int]:
    """Return thresholds in per cent, each once, lowest first. Raises Invalid."""
    found = sorted(set(typed))
    if len(found) > _MOST_THRESHOLDS or any(not 1 <= level <= 200 for level in found):
        raise Invalid(_("Enter up to five numbers from 1 to 200, for example 80, 100."), field="thresholds")
    return found


def dates(kind: PeriodKind, starts: date, ends: date | None) -> None:
    """Raise Invalid unless the days fit each other and the kind of period."""
    if ends is not None and ends < starts:
        raise Invalid(_("The last day comes before the first one."), field="ends")
    if kind is PeriodKind.OWN and ends is None:
        raise Invalid(_("A budget with its own dates needs a last day."), field="ends")
    if not 2000 <= starts.year <= 2100:
        raise Invalid(_("Choose a first day between 2000 and 2100."), field="starts")
    if ends is not None:
        day(ends, field="ends")


def day(typed: date, *, field: str | None = None) -> date:
    """Return a day that is not absurdly far away. Raises Invalid."""
    if not is_sensible(typed):
        raise Invalid(_("Enter a day between %(first)d and %(last)d.") % YEARS, field=field)
    return typed


def days(typed: int) -> int:
    """Return how many days a period has. Raises Invalid."""
    if not 1 <= typed <= _LONGEST_DAYS:
        raise Invalid(_("Enter a number of days from 1 to %(most)d.") % {"most": _LONGEST_DAYS}, field="period_days")
    return typed


def orders(typed: int | None) -> int | None:
    """Return how many orders a period may have; None for any number. Raises Invalid."""
    if typed is not None and not 0 <= typed <= 1_000_000:
        raise Invalid(_("Enter a number from 0 to 1000000."), field="max_orders")
    return typed


def change(wanted: BudgetChange, *, kind: PeriodKind, starts: date) -> BudgetChange:
    """Return a change with what was typed cleaned; who the owner is, is not looked at. Raises Invalid."""
    dates(kind, starts, wanted.ends)
    return replace(
        wanted,
        name=name(wanted.name),
        amount=amount(wanted.amount),
        carry_most=amount(wanted.carry_most, field="carry_most"),
        thresholds=thresholds(wanted.thresholds),
        max_orders=orders(wanted.max_orders),
        max_single=None if wanted.max_single is None else amount(wanted.max_single, field="max_single"),
    )


def time_zone(typed: str) -> str:
    """Return a time zone's name. Raises Invalid."""
    if typed not in available_timezones():
        raise Invalid(_("Choose one of the time zones."), field="time_zone")
    return typed


def month(typed: int) -> int:
    """Return a month's number. Raises Invalid."""
    if not 1 <= typed <= 12:
        raise Invalid(_("Choose one of the months."), field="fiscal_month")
    return typed
