"""`manage.py erp_files DIRECTORY`: a file for each order the shop got, for an ERP that reads a folder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser, no_translations

from akcept.console import erp_folder
from akcept.console.erp_folder import Folder
from akcept.fulfilment import sheets, ubl
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WholeOrder
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
        parser.add_argument("--days", type=int, default=DAYS, help=f"how far back to look, 1 to 3650; default: {DAYS}")

    @no_translations
    def handle(self, *, directory: Path, format: str, days: int, **_options: Any) -> None:
        """Write what is new, one after another; what was written stays written if a later one fails."""
        if not directory.is_dir():
            raise CommandError(f"{directory} is no folder.")
        if not 1 <= days <= 3650:
            raise CommandError("--days is from 1 to 3650.")
        try:
            with erp_folder.opened(directory) as folder:
                written = self._write(folder, format=format, days=days)
                self._tell_taken_back(folder)
        except erp_folder.Busy:
            raise CommandError(
                f"Another process writes into {directory}; run it again later.", returncode=commanding.LATER
            ) from None
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"{directory} cannot be written: {error}") from error
        self.stdout.write(f"{commanding.counted(written, 'order')} written into {directory}.")

    def _write(self, folder: Folder, *, format: str, days: int) -> int:
        suffix, content_of = _FORMATS[format]
        found = whole.given_since(Actor.system("erp_files"), utc_now() - timedelta(days=days))
        written = 0
        for keys in whole.keys_in_chunks(found):
            new = list(folder.new_among(keys))
            for first in range(0, len(new), whole.CHUNK):
                for order in whole.whole_by_keys(found, new[first : first + whole.CHUNK]):
                    version = order.case.version if order.case else 0
                    folder.write(order.number, version, suffix=suffix, content=content_of(order))
                    written += 1
        return written

    def _tell_taken_back(self, folder: Folder) -> None:
        """Name the orders that the ERP has and that wait for acceptance again: nobody may go on with them."""
        for number in whole.taken_back().order_by("order_id").values_list("order__number", flat=True).iterator():
            if folder.has(number):
                self.stderr.write(f"Order {number} was written, and its customer has taken the acceptance back.")
