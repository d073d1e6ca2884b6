"""The export of held orders as CSV that opens right in a Polish spreadsheet: semicolons, BOM, no live formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.ordering.held import HeldRow
from akcept.ui import formats

#: A cell that begins with one of these is run as a formula by spreadsheets, the wide ones in East Asian settings.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: object) -> str:
    """Return the cell's text so that no spreadsheet takes it for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def lines(rows: Iterable[HeldRow]) -> Iterator[str]:
    """Yield the file line by line; times are local and the header names the zone."""
    yield "\N{BYTE ORDER MARK}"
    yield _line(
        [
            _("Order"),
            _("Organisation"),
            "NIP",
            _("Unit"),
            _("Ordered by"),
            _("Lines"),
            _("Net"),
            _("Gross"),
            _("Currency"),
            _("Waits since (%(zone)s)") % {"zone": settings.TIME_ZONE},
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
                row.requester,
                row.line_count,
                formats.plain(row.total_net),
                formats.plain(row.total_gross),
                row.currency,
                formats.local(row.waiting_since),
                ", ".join(row.asked),
            ]
        )


def _line(cells: list[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
