"""What organisations owe the shop."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Receivables(Protocol):
    """What organisations owe the shop for orders on account."""

    def owed(self, organization_id: int, currency: str) -> Decimal:
        """Return what an organisation owes, gross, for orders on account that joined the shop's work; one statement.

        Called with the organisation's credit locked: whatever another transaction committed before has to be seen.
        """

    def owed_by_unit(self, organization_id: int, currency: str) -> Mapping[int, Decimal]:
        """Return the same by the unit each order was placed for, those below it not counted; one statement.

        Asked only where the merchant gave a unit a limit of its own, with the organisation's credit locked, too.
        """


def receivables() -> Receivables:
    """Return what is owed as the setting `AKCEPT_RECEIVABLES` counts it."""
    path = getattr(settings, "AKCEPT_RECEIVABLES", "akcept.oscar_edge.receivables.OscarReceivables")
    return import_string(path)()  # type: ignore[no-any-return]
