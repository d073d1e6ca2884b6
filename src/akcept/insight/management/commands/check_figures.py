"""`manage.py check_figures`: whether the figures of months that are over are what the orders come to."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.insight import comparing, keeping
from akcept.insight.models import KeptMonth
from akcept.kernel.clock import utc_now
from akcept.transactions import commanding


class Command(commanding.Command):
    """Counts every kept month from its orders, and compares; or keeps all of them anew."""

    help = (
        "Counts each month with kept figures from its orders and compares the two; names those that differ and ends "
        "with 1. --again drops what is kept and counts it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--again", action="store_true", help="drop what is kept, and count all of it again")

    def handle(self, *, again: bool, **_options: Any) -> None:
        """Compare, or count."""
        if again:
            told = ngettext("%(n)d month was counted again.", "%(n)d months were counted again.", number := _anew())
            self.stdout.write(told % {"n": number})
            return
        found = list(comparing.months())
        wrong = [_named(month) for month, right in found if not right]
        if wrong:
            text = _("Figures are not what the orders come to: %(months)s. --again counts them again.")
            raise CommandError(text % {"months": ", ".join(wrong)})
        told = ngettext("The figures of %(n)d month add up.", "The figures of %(n)d months add up.", len(found))
        self.stdout.write(told % {"n": len(found)})


def _anew() -> int:
    KeptMonth.objects.all().delete()
    before = -1
    while (number := KeptMonth.objects.count()) > before:
        before = number
        keeping.tend(now=utc_now(), stopped=lambda: False)
    return number


def _named(month: KeptMonth) -> str:
    return month.starts_at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m")
