"""`manage.py import_prices FILE --list NAME --by E-MAIL`: prices of a list from a file, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.agreements import price_files
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.kernel.spreadsheets import LARGE
from akcept.ordering.ports import assortment
from akcept.organizations.queries import name_of
from akcept.oscar_edge import agreed
from akcept.transactions import commanding


class Command(commanding.Command):
    """Changes the prices a file names, adds new ones, and leaves all others of the list alone."""

    help = (
        "Imports prices of a price list from a CSV or XLSX file. Columns: "
        + "; ".join(f"{name} = {text}" for name, text in price_files.COLUMNS.items())
        + ". A price the list has for the same product, quantity and first day is changed; what no cell says stays as"
        " it is. One bad row and nothing is imported; every bad row is named with its line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="the CSV or XLSX file, its columns in any order")
        parser.add_argument("--list", required=True, help="the price list's name")
        parser.add_argument("--new", default="", metavar="CURRENCY", help="make the list, in this currency")
        parser.add_argument("--by", required=True, help="e-mail of who does it: somebody who manages organisations")
        parser.add_argument("--dry-run", action="store_true", help="check and count, but write nothing")

    def handle(self, *, file: Path, list: str, new: str, by: str, dry_run: bool, **_options: Any) -> None:
        """Read, judge, write."""
        if not agreed.are_installed():
            raise CommandError(_("This shop has no agreements: akcept.agreements is not in INSTALLED_APPS."))
        try:
            with file.open("rb") as opened:
                found = price_files.read(opened.read(LARGE.bytes + 1), find=assortment().products)
        except OSError as error:
            raise CommandError(f"{file}: {commanding.reason_of(error)}") from error
        if found.troubles:
            raise self._refusal(found.troubles, file)
        actor = _staff(by)
        try:
            before, after = self._import(list, found.rows, file=file, new=new, actor=actor, dry_run=dry_run)
        except Refused as refusal:
            nothing = _("Nothing was imported.")
            raise CommandError(f"{refusal} {nothing}") from None
        told = _("Rows read: %(rows)d. Prices in “%(list)s”: %(after)d, before: %(before)d.")
        if dry_run:
            told = _("Rows read: %(rows)d. Prices there would be in “%(list)s”: %(after)d, now: %(before)d.")
        self.stdout.write(told % {"rows": len(found.rows), "list": list, "after": after, "before": before})

    def _import(
        self, name: str, rows: list[Any], *, file: Path, new: str, actor: Actor, dry_run: bool
    ) -> tuple[int, int]:
        from akcept.agreements import actions, checks
        from akcept.agreements.inputs import ListInput
        from akcept.agreements.models import PriceList

        row = PriceList.objects.filter(name=name).first()
        if row is None and not new:
            raise CommandError(_("There is no price list “%(name)s”; --new PLN creates it.") % {"name": name})
        prices, troubles = price_files.merged(row.pk if row else 0, rows)
        if troubles:
            raise self._refusal(troubles, file)
        before = row.rows.count() if row else 0
        if dry_run:
            checks.rows(prices)
        elif row is None:
            actions.add_list(ListInput(name=name, currency=new), prices=prices, actor=actor)
        else:
            actions.set_prices(row.pk, prices, actor=actor, version=row.version)
        return before, len(prices)

    def _refusal(self, troubles: list[tuple[int, str]], file: Path) -> CommandError:
        for line, reason in sorted(troubles):
            self.stderr.write(_("line %(line)d: %(reason)s") % {"line": line, "reason": reason})
        lines = len({line for line, _reason in troubles})
        told = ngettext(
            "%(n)d bad line in %(file)s: nothing was imported.",
            "%(n)d bad lines in %(file)s: nothing was imported.",
            lines,
        )
        return CommandError(told % {"n": lines, "file": file.name})


def _staff(email: str) -> Actor:
    user = get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True).first()
    if user is None:
        raise CommandError(_("Nobody on the shop's staff has the e-mail address %(email)s.") % {"email": email})
    return Actor.staff(user.pk, name_of(user))
