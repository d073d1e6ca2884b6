"""Orders and turnover of the last days, day by day, and as bars of a chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from akcept.kernel.money import cents
from akcept.oscar_edge.dashboard.turnover import by_currency, own_currency
from akcept.ui import formats

#: Two weeks: what is seen on one screen, with the same weekday beside it.
DAYS: Final = 14
_NOTHING: Final = Decimal("0.00")
#: A chart in its own units: as narrow as a telephone, so that its letters can be read there.
WIDTH: Final = 360
_TOP, _FLOOR, _LABELS, HEIGHT = 18, 112, 127, 132
_PITCH: Final = WIDTH / DAYS
_BAR: Final = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was placed on a day of the shop's time zone: orders, and their gross total with delivery by currency."""

    day: date
    orders: int = 0
    turnover: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a chart, written as SVG wants numbers."""

    x: str
    y: str
    height: str
    middle: str
    label: str
    title: str
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars of the days; `most` is written above the highest one."""

    name: str
    bars: tuple[Bar, ...]
    most: str
    most_x: str
    anchor: str


def last_days(orders: Any) -> tuple[Day, ...]:
    """Return the last days of orders, today last, those without any too; one statement over these days alone."""
    zone, today = get_default_timezone(), localdate(timezone=get_default_timezone())
    first = today - timedelta(days=DAYS - 1)
    found = orders.filter(date_placed__gte=datetime.combine(first, time.min, tzinfo=zone)).order_by()
    grouped = found.annotate(day=TruncDate("date_placed", tzinfo=zone)).values_list("day", "currency")
    rows = list(grouped.annotate(number=Count("id"), total=Sum("total_incl_tax")))
    totals = by_currency((currency, _NOTHING) for _day, currency, _number, _total in rows)
    days = {first + timedelta(days=n): (0, dict(totals)) for n in range(DAYS)}
    for day, currency, number, total in rows:
        if day in days:  # not one that was placed while midnight passed
            orders_so_far, turnover = days[day]
            turnover[currency] += cents(total)
            days[day] = (orders_so_far + number, turnover)
    return tuple(Day(day=day, orders=number, turnover=turnover) for day, (number, turnover) in days.items())


def charts(days: Sequence[Day]) -> tuple[Chart, ...]:
    """Return the days as charts: orders, and turnover in each currency, the shop's own first."""
    drawn = [_chart(_("Orders"), [Decimal(day.orders) for day in days], days, lambda n: formats.count(int(n)))]
    for currency in days[-1].turnover if days else (own_currency(),):
        values = [day.turnover[currency] for day in days]
        drawn.append(
            _chart(_("Turnover gross, %(currency)s") % {"currency": currency}, values, days, _money_in(currency))
        )
    return tuple(drawn)


def _money_in(currency: str) -> Callable[[Decimal], str]:
    return lambda value: formats.money(value, currency)


def _chart(name: str, values: Sequence[Decimal], days: Sequence[Day], say: Callable[[Decimal], str]) -> Chart:
    most = max(values, default=_NOTHING)
    at = list(values).index(most) if values else 0
    middle = _PITCH * at + _PITCH / 2
    return Chart(
        name=name,
        bars=tuple(
            _bar(place, value, most=most, day=day, said=say(value), is_last=place == len(values) - 1)
            for place, (value, day) in enumerate(zip(values, days, strict=True))
        ),
        most=say(most) if most else "",
        most_x=f"{0 if middle < WIDTH / 4 else WIDTH if middle > WIDTH * 3 / 4 else middle:.1f}",
        anchor="start" if middle < WIDTH / 4 else "end" if middle > WIDTH * 3 / 4 else "middle",
    )


def _bar(place: int, value: Decimal, *, most: Decimal, day: Day, said: str, is_last: bool) -> Bar:
    height = float(value / most) * (_FLOOR - _TOP) if most else 0.0
    return Bar(
        x=f"{_PITCH * place + (_PITCH - _BAR) / 2:.1f}",
        y=f"{_FLOOR - height:.1f}",
        height=f"{height:.1f}",
        middle=f"{_PITCH * place + _PITCH / 2:.1f}",
        label=str(day.day.day),
        title=f"{formats.weekday(day.day)}: {said}",
        is_last=is_last,
    )
