"""`manage.py import_prices FILE --list NAME --by E-MAIL`: prices of a list from a file, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser, no_translations

from akcept.agreements import price_files
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.kernel.spreadsheets import LARGE
from akcept.ordering.ports import assortment
from akcept.organizations.queries import name_of
from akcept.oscar_edge import agreed
from akcept.transactions import commanding
from akcept.transactions.commanding import counted


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

    @no_translations
    def handle(self, *, file: Path, list: str, new: str, by: str, dry_run: bool, **_options: Any) -> None:
        """Read, judge, write."""
        if not agreed.are_installed():
            raise CommandError("This shop has no agreements: akcept.agreements is not among its apps.")
        try:
            with file.open("rb") as opened:
                found = price_files.read(opened.read(LARGE.bytes + 1), find=assortment().products)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        if found.troubles:
            raise self._refusal(found.troubles, file)
        actor = _staff(by)
        try:
            before, after = self._import(list, found.rows, file=file, new=new, actor=actor, dry_run=dry_run)
        except Refused as refusal:
            raise CommandError(f"{refusal} Nothing was imported.") from None
        prices = counted(after, "price would be", "prices would be")
        if not dry_run:
            prices = counted(after, "price is", "prices are")
        were = counted(before, "was", "were")
        self.stdout.write(f"{counted(len(found.rows), 'row')} read; {prices} in “{list}”, {were}.")

    def _import(
        self, name: str, rows: list[Any], *, file: Path, new: str, actor: Actor, dry_run: bool
    ) -> tuple[int, int]:
        from akcept.agreements import actions, checks
        from akcept.agreements.inputs import ListInput
        from akcept.agreements.models import PriceList

        row = PriceList.objects.filter(name=name).first()
        if row is None and not new:
            raise CommandError(f"There is no price list “{name}”; --new PLN makes it.")
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
            self.stderr.write(f"line {line}: {reason}")
        lines = len({line for line, _reason in troubles})
        return CommandError(f"{counted(lines, 'bad line')} in {file.name}: nothing was imported.")


def _staff(email: str) -> Actor:
    user = get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True).first()
    if user is None:
        raise CommandError(f"Nobody of the shop has the e-mail {email}.")
    return Actor.staff(user.pk, name_of(user))
