"""`manage.py index_products`: what products are found by, brought up to date, made anew, or compared."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.oscar_edge.search import index
from akcept.transactions import commanding


class Command(commanding.Command):
    """Keeps the index of search."""

    help = (
        "Indexes the products that have changed since; the relay does that by itself. --all makes the index anew, "
        "--check compares it with the products and ends with 1 where they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", dest="whole", help="index every product anew")
        which.add_argument("--check", action="store_true", help="only compare, and name products that differ")

    def handle(self, *, whole: bool, check: bool, **_options: Any) -> None:
        """Do what was asked for, and say how many."""
        if check:
            self._check()
            return
        done = 0
        if whole:
            done = index.everything()
        else:
            while some := index.keep_up():
                done += some
        told = ngettext("%(n)d product indexed.", "%(n)d products indexed.", done)
        self.stdout.write(told % {"n": done})

    def _check(self) -> None:
        index.keep_up(most=10**9)
        wrong = index.differences()
        for pk in wrong:
            self.stdout.write(_("The index does not match product %(id)d.") % {"id": pk})
        if wrong:
            told = ngettext(
                "The index does not match %(n)d product; index_products --all rebuilds it.",
                "The index does not match %(n)d products; index_products --all rebuilds it.",
                len(wrong),
            )
            raise CommandError(told % {"n": len(wrong)})
        self.stdout.write(_("The index matches the products."))
