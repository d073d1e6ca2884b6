"""Day rates (pure): how much of one currency another one is worth. Rates are in PLN for one unit, as NBP gives them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from akcept.kernel.money import cents

HOME: Final = "PLN"
#: Tables come out on working days: a rate may be as old as the longest row of holidays.
OLDEST: Final = timedelta(days=7)
#: A rate is rounded before it is used, so that whoever reads it beside the two amounts can calculate them again.
_PLACES: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRate:
    """What one unit of a currency costs in PLN by the table of a day; `source` names the table."""

    currency: str
    day: date
    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """An amount in another currency (two places, half up), by which rate, of which day and table."""

    amount: Decimal
    rate: Decimal = Decimal(1)
    day: date | None = None
    source: str = ""


def convert(amount: Decimal, *, currency: str, into: str, on: date, rates: Iterable[DayRate]) -> Converted | None:
    """Convert by the latest tables up to and including a day, at most seven days old; None without a rate."""
    if currency == into:
        return Converted(amount=amount)
    known = tuple(rates)
    used = [_latest(known, code, on=on) for code in (currency, into) if code != HOME]
    if None in used:
        return None
    tables = [rate for rate in used if rate is not None]
    worth = {rate.currency: rate.rate for rate in tables} | {HOME: Decimal(1)}
    rate = (worth[currency] / worth[into]).quantize(_PLACES)
    return Converted(
        amount=cents(amount * rate),
        rate=rate,
        day=min(table.day for table in tables),
        source=", ".join(dict.fromkeys(table.source for table in tables)),
    )


def _latest(rates: Iterable[DayRate], currency: str, *, on: date) -> DayRate | None:
    usable = [rate for rate in rates if rate.currency == currency and on - OLDEST <= rate.day <= on]
    return max(usable, key=lambda rate: rate.day, default=None)
