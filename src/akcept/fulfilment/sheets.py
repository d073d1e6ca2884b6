"""Orders as CSV, XLSX and JSON; written chunk by chunk, so that a year of orders takes no more memory than a day."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils.formats import get_format
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from akcept.fulfilment.booked import (
    COLUMNS,
    RECIPIENT_ROLE,
    Column,
    Row,
    customer_of,
    moment,
    nip_of,
    percent,
    rows_of,
    unit_code_of,
    unit_of,
)
from akcept.kernel.tables import harmless
from akcept.ordering.ports import Address
from akcept.ordering.queries.whole import WholeOrder

#: A sheet holds 1,048,576 rows; orders are not torn apart, and one has 500 lines at most.
SHEET_ROWS: Final = 1_000_000
#: A cell of a spreadsheet holds no more.
_CELL: Final = 32_767
#: What XML, and so a spreadsheet, cannot hold.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MONEY: Final = "0.00"
_FINER: Final = "0.00######"


def csv_lines(orders: Iterable[WholeOrder], columns: Sequence[Column] = COLUMNS) -> Iterator[str]:
    """Yield a CSV that opens right in a Polish spreadsheet: BOM, semicolons, the language's decimal sign."""
    mark = str(get_format("DECIMAL_SEPARATOR"))
    yield "\N{BYTE ORDER MARK}" + _line([str(column.heading) for column in columns])
    for order in orders:
        yield "".join(_line([_cell(column.value(row), mark) for column in columns]) for row in rows_of(order))


def _cell(value: Any, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", mark)
    return str(value) if isinstance(value, int) else harmless(value)


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow(cells)
    return buffer.getvalue()


def write_xlsx(
    orders: Iterable[WholeOrder],
    to: Path | Any,
    columns: Sequence[Column] = COLUMNS,
    *,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write a workbook to a path or file: numbers are numbers, codes are text, and no text is a formula."""
    book = Workbook(write_only=True)
    sheet, written = _sheet(book, columns), 0
    for order in orders:
        rows = list(rows_of(order))
        if written and written + len(rows) > sheet_rows:
            sheet, written = _sheet(book, columns), 0
        for row in rows:
            sheet.append([_xlsx_cell(sheet, column.value(row), column.name) for column in columns])
        written += len(rows)
    book.save(to)


def _sheet(book: Workbook, columns: Sequence[Column]) -> Any:
    sheet: Any = book.create_sheet()
    sheet.freeze_panes = "B2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(column.name, 14)
    head = []
    for column in columns:
        cell = WriteOnlyCell(sheet, value=str(column.heading))
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    return sheet


_WIDE: Final = {"title": 40, "customer": 28, "delivery_address": 40, "placed_at": 26, "accepted_at": 26, "unit": 24}


def _xlsx_cell(sheet: Any, value: Any, name: str) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, int | Decimal):
        cell: Any = WriteOnlyCell(sheet)
        cell.value = value
        if isinstance(value, Decimal) and name != "vat_rate":
            cell.number_format = _FINER if name in ("unit_net", "unit_gross") else _MONEY
        return cell
    cell = WriteOnlyCell(sheet, value=_CONTROLS.sub("", str(value))[:_CELL])
    # Whatever it begins with it is text, also for whoever edits the cell or saves the sheet as another file.
    cell.data_type = "s"
    cell.number_format = "@"
    cell._style.quotePrefix = 1
    return cell


def json_parts(orders: Iterable[WholeOrder]) -> Iterator[str]:
    """Yield one JSON document, an order a line; money and rates are strings, times have their offset."""
    yield '{"orders": ['
    for number, order in enumerate(orders):
        yield ("," if number else "") + "\n" + json.dumps(told(order), ensure_ascii=False)
    yield "\n]}\n"


def told(order: WholeOrder) -> dict[str, Any]:
    """Return an order as data; names of fields are those of the other files' columns."""
    placement, document = order.placement, order.document
    unit = unit_of(order)
    return {
        "order_number": order.number,
        "status": order.status,
        "held": order.is_held,
        "placed_at": moment(placement.placed_at),
        "given_at": moment(order.given_at),
        "currency": document.currency,
        "customer": customer_of(order),
        "nip": nip_of(order),
        "po_number": placement.po_number,
        "unit": unit,
        "unit_code": unit_code_of(order),
        "cost_centre": placement.cost_centre,
        "ksef": {"podmiot3": {"nazwa": unit, "rola": RECIPIENT_ROLE, "id_wew": None}} if unit else {"podmiot3": None},
        "requester": order.requester,
        "accepted_by": order.accepted_by,
        "accepted_at": moment(order.accepted_at) or None,
        "acceptances": [
            {"by": given.by, "stood_for": given.stood_for, "rule": given.rule, "at": moment(given.at)}
            for given in order.acceptances
        ],
        "delivery": document.delivery_code,
        "delivery_name": document.delivery_name,
        "delivery_address": _address(document.delivery_address),
        "invoice_address": _address(document.invoice_address),
        "payment": placement.payment_code,
        "rows": [_row(row) for row in rows_of(order)],
        "vat": [
            {"vat_rate": _rate(rate.rate), "net": _money(rate.net), "vat": _money(rate.vat)} for rate in document.vat
        ],
        "order_net": _money(document.total_net),
        "order_gross": _money(document.total_gross),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "position": row.position,
        "kind": row.kind,
        "sku": row.sku,
        "ean": row.ean,
        "title": row.title,
        "quantity": row.quantity,
        "unit_net": format(row.unit_net, "f"),
        "unit_gross": format(row.unit_gross, "f"),
        "discount_net": _money(row.discount),
        "net": _money(row.net),
        "vat_rate": _rate(row.rate),
        "vat": _money(row.vat),
        "gross": _money(row.gross),
    }


def _money(value: Decimal) -> str:
    return format(value, ".2f")


def _rate(rate: Decimal | None) -> str | None:
    found = percent(rate)
    return None if found is None else format(found, "f")


def _address(found: Address | None) -> dict[str, str] | None:
    if found is None:
        return None
    names = ("name", "line1", "postcode", "city", "country", "phone", "notes")
    return {name: getattr(found, name) for name in names}
