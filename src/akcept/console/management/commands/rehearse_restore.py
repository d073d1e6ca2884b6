"""`manage.py rehearse_restore FILE`: a backup is one once it was restored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

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
            raise CommandError(f"{file} exists already.")
        if not os.access(file.parent, os.W_OK | os.X_OK) or not file.parent.is_dir():
            raise CommandError(f"{file.parent} is not a folder that this user may write to.")
        with rehearsal.backed_up(file) as before:
            self.stdout.write(f"Backed up to {file}: {commanding.counted(file.stat().st_size, 'byte')}.")
        with rehearsal.restored(file, into=into):
            wrong = [*rehearsal.differences(before, rehearsal.figures()), *rehearsal.broken_chains()]
        if wrong:
            raise CommandError("The restored database is not what was backed up:\n" + "\n".join(wrong))
        self.stdout.write(f"Restored: {commanding.counted(len(before), 'figure')} equal, the journal holds.")
