"""`manage.py import_rates`: stores the day rates by which budgets convert orders in other currencies."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.budgets import actions, nbp, wording
from akcept.kernel.actor import Actor
from akcept.transactions import commanding

DEFAULT: Final = "https://api.nbp.pl/api/exchangerates/tables/A?format=json"
MOST_BYTES: Final = 5_000_000
PATIENCE: Final = 20


class Command(commanding.Command):
    """Reads table A of the National Bank of Poland from a file or an address, XML or JSON."""

    help = "Stores the mid rates of NBP's table A. Run it each working day; a rate counts for seven days at most."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where rates come from."""
        parser.add_argument(
            "source", nargs="?", default=DEFAULT, help="a file, or an address (http, https); default: the bank's latest"
        )

    def handle(self, *, source: str, **_options: Any) -> None:
        """Read everything, then store it; with one bad rate nothing is stored."""
        try:
            rates = nbp.read(_content(source))
        except nbp.NotRates as refused:
            raise CommandError(f"{source}: {wording.rates_refused(refused)}") from None
        stored = actions.store_rates(rates, actor=Actor.system("import_rates"))
        days = sorted({rate.day for rate in rates})
        told = ngettext("%(n)d exchange rate stored: %(days)s.", "%(n)d exchange rates stored: %(days)s.", stored)
        self.stdout.write(
            told % {"n": stored, "days": " – ".join(str(day) for day in dict.fromkeys((days[0], days[-1])))}
        )


def _content(source: str) -> bytes:
    try:
        if urlsplit(source).scheme in {"http", "https"}:
            asked = Request(source, headers={"User-Agent": "akcept", "Accept": "application/json, application/xml"})  # noqa: S310  http(s) by the line above
            with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310  as above
                content = bytes(answer.read(MOST_BYTES + 1))
        else:
            content = Path(source).read_bytes()
    except HTTPError as error:
        raise _unreadable(source, f"HTTP {error.code}") from None
    except (OSError, URLError, ValueError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        raise _unreadable(source, commanding.reason_of(cause) if isinstance(cause, OSError) else cause) from None
    if len(content) > MOST_BYTES:
        told = _("%(source)s is larger than %(most)d MB: this is not a table of exchange rates.")
        raise CommandError(told % {"source": source, "most": MOST_BYTES // 1_000_000})
    return content


def _unreadable(source: str, reason: object) -> CommandError:
    return CommandError(_("%(source)s cannot be read: %(reason)s") % {"source": source, "reason": reason})
