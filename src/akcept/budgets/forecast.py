"""Where a budget will end if things go on as they do (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from akcept.budgets.standing import Funds
from akcept.kernel.money import cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """By run rate: what will be used by the period's end, what then is left, and the day on which the money is gone.

    `per_day` is what was used a day so far; `gone_on` is None when it lasts.
    """

    per_day: Decimal
    by_end: Decimal
    left: Decimal
    gone_on: date | None


def forecast(funds: Funds, *, today: date) -> Forecast | None:
    """Return the forecast of a period that runs on `today`; None before it began, after its end, and unused."""
    period = funds.period
    if not period.start <= today < period.end or funds.used <= 0:
        return None
    passed = (today - period.start).days + 1
    by_end = cents(funds.used * period.days / passed)
    return Forecast(
        per_day=cents(funds.used / passed),
        by_end=by_end,
        left=funds.available - by_end,
        gone_on=_gone_on(funds, passed=passed, today=today, by_end=by_end),
    )


def _gone_on(funds: Funds, *, passed: int, today: date, by_end: Decimal) -> date | None:
    if by_end <= funds.available:
        return None
    if funds.free <= 0:
        return today
    days = (funds.free * passed / funds.used).to_integral_value(rounding=ROUND_CEILING)
    return min(today + timedelta(days=int(days)), funds.period.last)
