"""`manage.py import_catalogue FILE.csv`: products from a file, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model
from tqdm import tqdm

from akcept.kernel.spreadsheets import LARGE
from akcept.oscar_edge.catalogue_import import reading
from akcept.oscar_edge.catalogue_import.writing import BadRows, Count, Writer
from akcept.transactions import commanding
from akcept.transactions.acting import together


class Command(commanding.Command):
    """Creates products, updates those whose sku is known, leaves all others alone."""

    help = (
        "Imports products from a CSV or XLSX file; prices net. Columns: "
        + "; ".join(f"{name} = {text}" for name, text in reading.COLUMNS.items())
        + ". Of products that are there only sku is needed: what no cell says stays as it is, and - clears."
        " One bad row and nothing is imported; every bad row is named with its line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="the CSV or XLSX file, its columns in any order")
        parser.add_argument("--partner", default="", help="partner the stock belongs to (default: the shop's name)")
        parser.add_argument(
            "--currency", default=settings.OSCAR_DEFAULT_CURRENCY, help="of the net prices (%(default)s)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count, but write nothing")

    def handle(self, *, file: Path, partner: str, currency: str, dry_run: bool, **_options: Any) -> None:
        """Read, judge, write."""
        try:
            with file.open("rb") as opened:
                found = reading.read(opened.read(LARGE.bytes + 1))
        except OSError as error:
            raise CommandError(f"{file}: {commanding.reason_of(error)}") from error
        if found.troubles:
            raise self._refusal(found.troubles, file)
        try:
            count = self._write(found.rows, partner=partner, currency=currency, dry_run=dry_run)
        except BadRows as bad:
            raise self._refusal(bad.troubles, file) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted: nothing was imported."), returncode=130) from None
        except IntegrityError as error:
            told = _("The database refused the file, nothing was imported: %(reason)s")
            raise CommandError(told % {"reason": error}) from error
        told = _("Products: %(all)d; created: %(created)d, updated: %(updated)d, unchanged: %(unchanged)d.")
        if dry_run:
            told = _("Products: %(all)d; to create: %(created)d, to update: %(updated)d, unchanged: %(unchanged)d.")
        figures = {"created": count.created, "updated": count.updated, "unchanged": count.unchanged}
        self.stdout.write(told % {"all": len(found.rows), **figures})

    def _refusal(self, troubles: Sequence[reading.Trouble], file: Path) -> CommandError:
        for trouble in troubles:
            self.stderr.write(_("line %(line)d: %(reason)s") % {"line": trouble.line, "reason": trouble.reason})
        lines = len({trouble.line for trouble in troubles})
        told = ngettext(
            "%(n)d bad line in %(file)s: nothing was imported.",
            "%(n)d bad lines in %(file)s: nothing was imported.",
            lines,
        )
        return CommandError(told % {"n": lines, "file": file.name})

    def _write(self, rows: list[reading.ProductRow], *, partner: str, currency: str, dry_run: bool) -> Count:
        with together(), tqdm(total=len(rows), unit=" products", disable=None) as bar:
            name = partner or settings.OSCAR_SHOP_NAME
            row, _created = get_model("partner", "Partner").objects.get_or_create(name=name)
            count = Writer(partner=row, currency=currency).write(rows, progress=bar.update)
            if dry_run:
                transaction.set_rollback(True)
        return count
