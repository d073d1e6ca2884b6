"""`manage.py rehearse_restore FILE`: a backup is one once it was restored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.console import rehearsal
from akcept.transactions import commanding


class Command(commanding.Command):
    """Backs the database up, restores it beside itself and compares the two."""

    help = (
        "Writes a backup to FILE, restores it into a scratch database, walks the journal there and compares every "
        "table's rows and the sums of money and stock. Ends with 1 and says what differs, if anything does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="where the backup goes; it must not exist yet")
        parser.add_argument("--into", default="", help="an empty database to restore into (PostgreSQL; made if none)")

    def handle(self, *, file: Path, into: str, **_options: Any) -> None:
        """Do it; the file stays as the backup."""
        if file.exists():
            raise CommandError(_("%(file)s already exists.") % {"file": file})
        if not os.access(file.parent, os.W_OK | os.X_OK) or not file.parent.is_dir():
            told = _("%(folder)s is not a folder this user may write to.")
            raise CommandError(told % {"folder": file.parent})
        with rehearsal.backed_up(file) as before:
            size = file.stat().st_size
            told = ngettext("Backed up to %(file)s: %(n)d byte.", "Backed up to %(file)s: %(n)d bytes.", size)
            self.stdout.write(told % {"file": file, "n": size})
        with rehearsal.restored(file, into=into):
            wrong = [*rehearsal.differences(before, rehearsal.figures()), *rehearsal.broken_chains()]
        if wrong:
            raise CommandError("\n".join([_("The restored database differs from the backup:"), *wrong]))
        told = ngettext(
            "Restored: %(n)d figure is equal, the journal is intact.",
            "Restored: %(n)d figures are equal, the journal is intact.",
            len(before),
        )
        self.stdout.write(told % {"n": len(before)})
