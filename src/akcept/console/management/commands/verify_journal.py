"""`manage.py verify_journal`: whether the journal is as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
                broken.append(queries.told(found))
        if broken:
            raise CommandError("\n".join([_("The journal is not as it was written:"), *broken]))
        told = ngettext("%(n)d chain of entries is intact.", "%(n)d chains of entries are intact.", checked)
        self.stdout.write(told % {"n": checked})
