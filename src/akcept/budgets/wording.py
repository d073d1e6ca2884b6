"""What a budget says to people, in the active language: its period, what an order does to it, why it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from akcept.budgets.binding import Standing
from akcept.budgets.nbp import Fault, NotRates
from akcept.budgets.periods import Period
from akcept.budgets.standing import Effect, Funds, Over, share
from akcept.kernel.amounts import Basis
from akcept.kernel.clock import YEARS
from akcept.organizations.labels import BASIS_LABELS
from akcept.organizations.wording import money, with_percent


def day(value: date) -> str:
    """Return "6 Nov 2026" or "6 lis 2026"."""
    return format_date(value, "d MMM y", locale=_locale())


def period(value: Period) -> str:
    """Return "November 2026", "Q4 2026", "2026", "Apr 2026 – Mar 2027" or two days."""
    start, last = value.start, value.last
    if start.day == 1 and value.end.day == 1:
        months = (value.end.year - start.year) * 12 + value.end.month - start.month
        if months == 1:
            return format_date(start, "LLLL y", locale=_locale())
        if months == 12 and start.month == 1:
            return str(start.year)
        if months == 3 and start.month % 3 == 1:
            return format_date(start, "QQQ y", locale=_locale())
        return f"{format_date(start, 'LLL y', locale=_locale())} – {format_date(last, 'LLL y', locale=_locale())}"
    if value.end == date.max:
        return _("from %(day)s") % {"day": day(start)}
    return f"{day(start)} – {day(last)}"


def _locale() -> str:
    return (get_language() or "pl").split("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """In what ways an order exceeds a budget, with the figures as they stood; kept with the step that asks about it."""

    budget: str
    start: date
    end: date
    currency: str
    basis: Basis
    free: Decimal
    this: Decimal | None
    over: tuple[Over, ...]
    max_orders: int | None = None
    max_single: Decimal | None = None
    order_currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "budget": self.budget,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "currency": self.currency,
            "basis": self.basis.value,
            "free": str(self.free),
            "this": None if self.this is None else str(self.this),
            "over": [over.value for over in self.over],
            "max_orders": self.max_orders,
            "max_single": None if self.max_single is None else str(self.max_single),
            "order_currency": self.order_currency,
        }


def excess_of(standing: Standing) -> Excess:
    """Return in what ways an order exceeds a budget now."""
    return Excess(
        budget=standing.name,
        start=standing.funds.period.start,
        end=standing.funds.period.end,
        currency=standing.currency,
        basis=standing.basis,
        free=standing.funds.free,
        this=standing.this,
        over=standing.over,
        max_orders=standing.max_orders,
        max_single=standing.max_single,
        order_currency=standing.original_currency,
    )


def excess_from(stored: Mapping[str, Any]) -> Excess:
    """Return a stored one."""
    return Excess(
        budget=stored["budget"],
        start=date.fromisoformat(stored["start"]),
        end=date.fromisoformat(stored["end"]),
        currency=stored["currency"],
        basis=Basis(stored["basis"]),
        free=Decimal(stored["free"]),
        this=None if stored["this"] is None else Decimal(stored["this"]),
        over=tuple(Over(value) for value in stored["over"]),
        max_orders=stored["max_orders"],
        max_single=None if stored["max_single"] is None else Decimal(stored["max_single"]),
        order_currency=stored["order_currency"],
    )


def excess(found: Excess) -> str:
    """Return it in sentences; empty when nothing is exceeded."""
    return " ".join(_EXCESS[over](found) for over in found.over)


def _words(found: Excess) -> dict[str, object]:
    return {
        "budget": found.budget,
        "period": period(Period(start=found.start, end=found.end)),
        "free": money(found.free, found.currency),
        "this": money(found.this, found.currency) if found.this is not None else "",
        "basis": BASIS_LABELS[found.basis],
        "most": money(found.max_single, found.currency) if found.max_single is not None else "",
        "from": found.order_currency,
        "into": found.currency,
    }


def _amount(found: Excess) -> str:
    if found.free < 0:
        return _(
            "The budget “%(budget)s” is over by %(over)s for %(period)s already; this order takes %(this)s (%(basis)s)."
        ) % (_words(found) | {"over": money(-found.free, found.currency)})
    if found.free == 0:
        return _(
            "Nothing is left of the budget “%(budget)s” for %(period)s; this order takes %(this)s (%(basis)s)."
        ) % _words(found)
    return _(
        "The budget “%(budget)s” has %(free)s left for %(period)s; this order takes %(this)s (%(basis)s)."
    ) % _words(found)


def _orders(found: Excess) -> str:
    number = found.max_orders or 0
    return ngettext(
        "The budget “%(budget)s” allows %(n)d order for %(period)s, and no more can be placed.",
        "The budget “%(budget)s” allows %(n)d orders for %(period)s, and no more can be placed.",
        number,
    ) % (_words(found) | {"n": number})


_EXCESS: Final[dict[Over, Callable[[Excess], str]]] = {
    Over.AMOUNT: _amount,
    Over.ORDERS: _orders,
    Over.SINGLE: lambda found: (
        _("The budget “%(budget)s” lets one order cost up to %(most)s (%(basis)s); this one costs %(this)s.")
        % _words(found)
    ),
    Over.NO_RATE: lambda found: (
        _(
            "There is no exchange rate from %(from)s to %(into)s for this day, so the order counts as exceeding "
            "the budget “%(budget)s”."
        )
        % _words(found)
    ),
    Over.FROZEN: lambda found: (
        _("The budget “%(budget)s” is frozen: nothing may be ordered on it for now.") % _words(found)
    ),
}


def refusal(blocking: Iterable[Standing], *, placed: bool) -> str:
    """Return why budgets let an order (or a change of one that is `placed`) not pass, and whom to ask."""
    every = list(blocking)
    owners = list(dict.fromkeys(standing.owner_name for standing in every if standing.owner_name))
    words = {"names": ", ".join(owners)}
    if placed:
        ask = (
            _("Ask %(names)s; the order stays as it is.") % words
            if owners
            else _("Ask the people who manage budgets in your organisation; the order stays as it is.")
        )
    else:
        ask = (
            _("Ask %(names)s; your basket stays as it is.") % words
            if owners
            else _("Ask the people who manage budgets in your organisation; your basket stays as it is.")
        )
    return " ".join([*(excess(excess_of(standing)) for standing in every), ask])


def outcome(standing: Standing) -> str:
    """Return what an order does to the budget: what will be left, or by how much it exceeds it and what follows."""
    if not standing.over and standing.left < 0:
        return _("It stays over by %(over)s.") % {"over": money(-standing.left, standing.currency)}
    if not standing.over:
        return _("%(left)s of %(available)s will be left.") % {
            "left": money(standing.left, standing.currency),
            "available": money(standing.funds.available, standing.currency),
        }
    return " ".join([excess(excess_of(standing)), _what_follows(standing)]).strip()


def _what_follows(standing: Standing) -> str:
    """Return what a new order is in for; what one that is placed is waiting for its page says anyway."""
    if standing.placed:
        return ""
    if standing.refuses:
        return _("The order is refused.")
    if standing.effect is Effect.WARN:
        return _("This is a warning only.")
    return (
        _("%(name)s has to accept it.") % {"name": standing.owner_name}
        if standing.asks_owner
        else _("It has to be accepted.")
    )


def described(standing: Standing) -> str:
    """Return the bar in words, for who cannot see it."""
    funds = standing.funds
    return _("Spent %(spent)s, held %(held)s, this order %(this)s, of %(available)s") % {
        "spent": money(funds.spent, standing.currency),
        "held": money(funds.held, standing.currency),
        "this": money(standing.this, standing.currency) if standing.this is not None else "–",
        "available": money(funds.available, standing.currency),
    }


def conversion(standing: Standing) -> str:
    """Return by which rate the order was converted; empty when it was not."""
    converted = standing.converted
    if converted is None or converted.day is None:
        return ""
    return _("%(original)s at %(rate)s, %(source)s of %(day)s") % {
        "original": money(standing.original, standing.original_currency),
        "rate": rate(converted.rate),
        "source": converted.source,
        "day": day(converted.day),
    }


def rate(value: Decimal) -> str:
    """Return an exchange rate with at least four places, "4,2531"."""
    return format_decimal(value, format="0.0000####", locale=_locale())


def percent(part: Decimal, whole: Decimal) -> str:
    """Return "78%", rounded to whole per cent; what is not quite full, or more than that, is not called full."""
    rounded = round(share(part, whole))
    if rounded == 100 and part < whole:
        rounded = 99
    text = with_percent(str(rounded))
    if rounded <= 100 and part > whole:
        return _("over %(full)s") % {"full": text}
    return text


def rest(free: Decimal, currency: str) -> str:
    """Return what is left of a budget, "PLN 120.00", or by how much it is exceeded: "over by PLN 469.75"."""
    if free < 0:
        return _("over by %(over)s") % {"over": money(-free, currency)}
    return money(free, currency)


def used(funds: Funds, currency: str) -> str:
    """Return a budget's bar in words, for who cannot see it."""
    if funds.free < 0:
        return _("Spent %(spent)s, held %(held)s, over by %(over)s, of %(available)s") % {
            "spent": money(funds.spent, currency),
            "held": money(funds.held, currency),
            "over": money(-funds.free, currency),
            "available": money(funds.available, currency),
        }
    return _("Spent %(spent)s, held %(held)s, free %(free)s, of %(available)s") % {
        "spent": money(funds.spent, currency),
        "held": money(funds.held, currency),
        "free": money(funds.free, currency),
        "available": money(funds.available, currency),
    }


def rates_refused(refused: NotRates) -> str:
    """Return why a file of exchange rates was not taken: what stands in it, and what was expected."""
    text = _RATES_REFUSED[refused.fault]()
    return text % {"text": refused.text or _("(empty)"), "code": refused.code, "line": refused.line, **YEARS}


_RATES_REFUSED: Final[dict[Fault, Callable[[], str]]] = {
    Fault.NO_RATES: lambda: _("There are no exchange rates in it."),
    Fault.NO_CODE: lambda: _("%(text)s is not a currency code."),
    Fault.NO_NUMBER: lambda: _("The rate of %(code)s is not a number: %(text)s."),
    Fault.TWO_NUMBERS: lambda: _("The rate of %(code)s could be two numbers: %(text)s."),
    Fault.CUT_SHORT: lambda: _("The rate of %(code)s was cut short by a spreadsheet: %(text)s."),
    Fault.OUT_OF_BOUNDS: lambda: _("The rate of %(code)s cannot be right: %(text)s."),
    Fault.NO_DAY: lambda: _("%(text)s is not a date."),
    Fault.TWO_DAYS: lambda: _("%(text)s could be two days."),
    Fault.FAR_DAY: lambda: _("%(text)s is too far away: enter a day between %(first)d and %(last)d."),
    Fault.OTHER_TABLE: lambda: _("This is table %(text)s; mid rates are in table A."),
    Fault.JSON: lambda: _("This is not a table of exchange rates: its JSON is not the bank's."),
    Fault.XML: lambda: _("This is not a table of exchange rates: its XML cannot be read."),
    Fault.COLUMNS: lambda: _("This is not a table of exchange rates: it has no columns “currency”, “day” and “rate”."),
    Fault.COLUMN_TWICE: lambda: _("A column appears twice."),
    Fault.RATE_TWICE: lambda: _("%(code)s has two rates on %(text)s."),
    Fault.ERROR_CELL: lambda: _("Row %(line)d has a cell that could not be calculated: %(text)s."),
    Fault.FORMAT: lambda: _("This is not a table of exchange rates: JSON, XML, CSV or XLSX is expected."),
}
