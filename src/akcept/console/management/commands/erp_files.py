"""`manage.py erp_files DIRECTORY`: a file for each order the shop got, for an ERP that reads a folder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from akcept.console import erp_folder
from akcept.console.erp_folder import Folder
from akcept.fulfilment import sheets, ubl
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.models import Placement
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WholeOrder, WorkFilter
from akcept.transactions import commanding

DAYS: Final = 30


def _json(order: WholeOrder) -> bytes:
    return json.dumps(sheets.told(order), ensure_ascii=False, indent=1).encode() + b"\n"


def _csv(order: WholeOrder) -> bytes:
    return "".join(sheets.csv_lines([order])).encode()


_FORMATS: Final[dict[str, tuple[str, Callable[[WholeOrder], bytes]]]] = {
    "json": (".json", _json),
    "ubl": (".xml", ubl.xml_of),
    "csv": (".csv", _csv),
}


_ACTOR: Final = Actor.system("erp_files")


def _marked(found: QuerySet[Placement], folder_id: str) -> QuerySet[Placement]:
    """Mark what bears no mark as this folder's, then return what is the folder's: also what a killed run had marked."""
    from akcept.handover import actions, queries
    from akcept.handover.models import Export

    for keys in whole.keys_in_chunks(queries.narrowed(found, exported=False)):
        wanted = WorkFilter(numbers=tuple(number for _key, number, _version in keys))
        actions.mark_exported(wanted, actor=_ACTOR, via=Export.Via.FOLDER, place=folder_id)
    return queries.of_place(found, folder_id)


def _by_export(keys: Sequence[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """Return orders with the export they were marked in for a version: marked anew, they are written anew."""
    from akcept.handover import queries

    exports = queries.exports_of([key for key, _number, _version in keys])
    return [(key, number, exports[key]) for key, number, _version in keys if key in exports]


class Command(commanding.Command):
    """Writes what is new into the folder; run it as often as the ERP looks."""

    help = (
        "Writes each order that the shop got (accepted, or placed where nobody had to accept it) into a folder, once."
        " Held orders are never written. One that was taken back and accepted again is written anew under its name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("directory", type=Path, help="the folder; what was written is noted in it")
        parser.add_argument("--format", choices=sorted(_FORMATS), default="json", help="default: json")
        parser.add_argument(
            "--unexported", action="store_true", help="only orders that bear no mark of an export, and mark them"
        )
        parser.add_argument("--days", type=int, default=DAYS, help=f"how far back to look, 1 to 3650; default: {DAYS}")

    def handle(self, *, directory: Path, format: str, days: int, unexported: bool, **_options: Any) -> None:
        """Write what is new, one after another; what was written stays written if a later one fails."""
        if not directory.is_dir():
            raise CommandError(_("%(folder)s is not a folder.") % {"folder": directory})
        if not 1 <= days <= 3650:
            raise CommandError(_("--days: enter a number from 1 to 3650."))
        if unexported and not apps.is_installed("akcept.handover"):
            raise CommandError(_("This shop does not mark exported orders: akcept.handover is not in INSTALLED_APPS."))
        try:
            with erp_folder.opened(directory) as folder:
                with override(None):  # what the ERP reads is the same in every shop
                    written = self._write(folder, format=format, days=days, unexported=unexported)
                self._tell_taken_back(folder)
        except erp_folder.Busy:
            told = _("Another process is writing to %(folder)s; run it again later.") % {"folder": directory}
            raise CommandError(told, returncode=commanding.LATER) from None
        except (OSError, sqlite3.Error) as error:
            reason = commanding.reason_of(error) if isinstance(error, OSError) else error
            told = _("%(folder)s cannot be written to: %(reason)s") % {"folder": directory, "reason": reason}
            raise CommandError(told) from error
        told = ngettext("%(n)d order written to %(folder)s.", "%(n)d orders written to %(folder)s.", written)
        self.stdout.write(told % {"n": written, "folder": directory})

    def _write(self, folder: Folder, *, format: str, days: int, unexported: bool) -> int:
        suffix, content_of = _FORMATS[format]
        found = whole.given_since(_ACTOR, utc_now() - timedelta(days=days))
        if unexported:
            found = _marked(found, folder.id)
        written = 0
        for keys in whole.keys_in_chunks(found):
            if unexported:
                keys = _by_export(keys)
            new = {key: version for key, (_number, version) in folder.new_among(keys).items()}
            for first in range(0, len(new), whole.CHUNK):
                for order in whole.whole_by_keys(found, list(new)[first : first + whole.CHUNK]):
                    folder.write(order.number, new[order.placement.order_id], suffix=suffix, content=content_of(order))
                    written += 1
        return written

    def _tell_taken_back(self, folder: Folder) -> None:
        """Name the orders that the ERP has and that wait for acceptance again: nobody may go on with them."""
        for number in whole.taken_back().order_by("order_id").values_list("order__number", flat=True).iterator():
            if folder.has(number):
                told = _("Order %(number)s was written, but the customer has withdrawn their acceptance since.")
                self.stderr.write(told % {"number": number})
