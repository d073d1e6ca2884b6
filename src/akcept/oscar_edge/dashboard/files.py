"""CSV files of Oscar's dashboard: they open right in a Polish spreadsheet, and nothing a customer typed runs there."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from akcept.kernel.tables import harmless
from akcept.ui import formats


class Writer:
    """Stands in for Oscar's writer: semicolons, BOM, a decimal comma, no live formulas."""

    def __init__(self, response: Any) -> None:
        response["Content-Type"] = "text/csv; charset=utf-8"
        response.write("\N{BYTE ORDER MARK}")
        self._writer = csv.writer(response, delimiter=";")

    def writerow(self, row: Iterable[Any]) -> None:
        """Write one row."""
        self._writer.writerow([_cell(value) for value in row])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write several."""
        for row in rows:
            self.writerow(row)


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return formats.plain(value)
    return value if isinstance(value, int) else harmless(value)
