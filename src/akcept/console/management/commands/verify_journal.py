"""`manage.py verify_journal`: whether the journal is as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from akcept.journal import queries
from akcept.transactions import commanding


class Command(commanding.Command):
    """Walks every organisation's hash chain."""

    help = "Checks that no journal entry was changed, exchanged or removed; ends with 1 and says where, if one was."

    def handle(self, **_options: Any) -> None:
        """Verify all chains; name each broken one."""
        broken = []
        checked = 0
        for organization_id in queries.chains():
            checked += 1
            if (found := queries.verify(organization_id)) is not None:
                broken.append(f"organisation {found.organization_id}, entry {found.seq}: {found.reason}")
        if broken:
            raise CommandError("The journal does not hold:\n" + "\n".join(broken))
        self.stdout.write(f"{commanding.counted(checked, 'chain holds', 'chains hold')}.")
