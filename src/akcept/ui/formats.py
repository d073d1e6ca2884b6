"""Money and time as people read them, in the active language and the local time zone; for pages and mails alike."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from akcept.kernel import price_sight
from akcept.kernel.clock import utc_now
from akcept.kernel.paging import COUNTED
from akcept.organizations.wording import figure, money, with_percent

__all__ = [
    "amount",
    "count",
    "counted",
    "dated",
    "day",
    "exact",
    "local",
    "moment",
    "money",
    "percent",
    "plain",
    "span",
    "term",
    "weekday",
    "whole_day",
]


def _locale() -> str:
    return (get_language() or "pl").split("-")[0]


def amount(value: Decimal) -> str:
    """Return the figure alone, "2 846,10", for columns whose head names the currency."""
    return figure(value)


def unit_price(value: Decimal) -> str:
    """Return the price of one piece with the decimals it has, two at least: "0,01235" of a list that counts so."""
    if not price_sight.are_seen():
        return price_sight.UNTOLD
    whole = value.quantize(Decimal("0.01"), ROUND_DOWN)
    more = format(value, "f").partition(".")[2][2:].rstrip("0")
    return amount(whole) + more


def count(number: int) -> str:
    """Return a number of pieces, grouped as the language does: "3 000 000" or "3,000,000"."""
    return format_decimal(number, format="#,##0", locale=_locale()).replace(" ", "\N{NO-BREAK SPACE}")


def counted(number: int) -> str:
    """Return a number that is counted up to `COUNTED` only: nothing for nothing, "99+" for more."""
    return f"{COUNTED}+" if number > COUNTED else str(number or "")


def counted_aloud(number: int) -> str:
    """Return the same as it is heard: "more than 99"."""
    return _("more than %(n)d") % {"n": COUNTED} if number > COUNTED else counted(number)


def percent(rate: Decimal | None) -> str:
    """Return a rate as "23%" in English, as "23 %" in Polish; without one, a dash."""
    if rate is None:
        return "–"
    written = format_percent(rate, locale=_locale())
    return with_percent(written.replace("%", "").strip())


def per_cent(value: Decimal) -> str:
    """Return per cent, given as such, with the decimals they have: "12.5%" in English, "12,5 %" in Polish."""
    return with_percent(format_decimal(value, format="0.####", locale=_locale()))


def moment(at: datetime, *, now: datetime | None = None) -> str:
    """Return a time relative while fresh: "today, 9:12", "yesterday, 14:02", "Friday 27 November, 9:12"."""
    local = timezone.localtime(at)
    days = (timezone.localtime(now or utc_now()).date() - local.date()).days
    clock = date_format(local, "H:i")
    if days == 0:
        return _("today, %(time)s") % {"time": clock}
    if days == 1:
        return _("yesterday, %(time)s") % {"time": clock}
    return dated(at, with_year=not 1 < days < 300)


def dated(at: datetime, *, with_year: bool = False) -> str:
    """Return a time as it is read on another day, in a mail or a file: "27 November, 9:12"."""
    local = timezone.localtime(at)
    words = "j E" if _locale() == "pl" else "j F"
    return f"{date_format(local, f'{words} Y' if with_year else words)}, {date_format(local, 'H:i')}"


def exact(at: datetime) -> str:
    """Return the full local time with its zone, for titles and exports."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"


def day(at: datetime) -> str:
    """Return a short date: this year "6 Oct", in Polish "6.10"; else as `whole_day`."""
    local = timezone.localtime(at)
    if local.year != timezone.localtime(utc_now()).year:
        return whole_day(at)
    return f"{local.day}.{local.month:02d}" if _locale() == "pl" else format_date(local, "d MMM", locale=_locale())


def whole_day(at: datetime) -> str:
    """Return a short date with its year: "6 Oct 2025", in Polish "6.10.2025"."""
    local = timezone.localtime(at)
    return f"{local.day}.{local:%m.%Y}" if _locale() == "pl" else format_date(local, "d MMM y", locale=_locale())


def written_day(on: date) -> str:
    """Return a day written out: "1 Dec 2026"."""
    return format_date(on, "d MMM y", locale=_locale())


def weekday(on: date) -> str:
    """Return a day near today: "Tue 1 Dec"."""
    return format_date(on, "EEE d MMM", locale=_locale())


def term(starts: date | None, ends: date | None) -> str:
    """Return from when to when something counts, days written out: "1 Dec 2026 – 31 Jan 2027", "from …", "until …"."""
    first, last = (written_day(each) if each else "" for each in (starts, ends))
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("from %(day)s") % {"day": first}
    return _("until %(day)s") % {"day": last} if last else _("without end")


def span(since: datetime, *, now: datetime | None = None) -> str:
    """Return how long ago in the largest whole unit: "2 days", "3 hours", "22 minutes"."""
    minutes = max(1, int(((now or utc_now()) - since).total_seconds() // 60))
    if minutes >= 48 * 60:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def plain(value: Decimal) -> str:
    """Return an amount for a file: no grouping, the language's decimal sign; nothing for whoever sees no prices."""
    return format_decimal(value, format="0.00", locale=_locale()) if price_sight.are_seen() else ""


def local(at: datetime) -> str:
    """Return a local time for a file; its header names the zone."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
