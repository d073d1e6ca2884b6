"""The export of held orders as CSV that opens right in a Polish spreadsheet: semicolons, BOM, no live formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.kernel.tables import harmless
from akcept.ordering.queries.merchant import HeldRow
from akcept.ui import formats


def lines(rows: Iterable[HeldRow]) -> Iterator[str]:
    """Yield the file line by line; times are local and the header names the zone."""
    yield "\N{BYTE ORDER MARK}"
    yield _line(
        [
            _("Order"),
            _("Organisation"),
            "NIP",
            _("Unit"),
            _("Cost centre"),
            _("Ordered by"),
            _("Items"),
            _("Net"),
            _("Gross"),
            _("Currency"),
            _("Waiting since (%(zone)s)") % {"zone": settings.TIME_ZONE},
            _("Asked"),
        ]
    )
    for row in rows:
        yield _line(
            [
                row.number,
                row.organization,
                row.nip,
                row.unit,
                row.cost_centre,
                row.requester,
                row.line_count,
                formats.plain(row.total_net),
                formats.plain(row.total_gross),
                row.currency,
                formats.local(row.waiting_since),
                _("sent back to the requester") if row.returned else ", ".join(row.asked),
            ]
        )


def _line(cells: list[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
