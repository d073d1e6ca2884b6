"""Reading and writing the files: CSV as Polish and other spreadsheets write it, and XLSX."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from akcept.kernel.errors import Invalid
from akcept.kernel.tables import decoded, delimiter_of, harmless, meant
from akcept.organizations.bulk.columns import COLUMNS, Column, Kind, by_heading, folded

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 5_000
#: What an XLSX may grow to when it is unpacked: a small one can hide a very large one.
_MOST_UNPACKED: Final = 100_000_000
_LONGEST_CELL: Final = 4_000
_MOST_COLUMNS: Final = 100
#: One stray cell at the very bottom of a sheet would have a million empty lines read.
_MOST_EMPTY_LINES: Final = 20_000
_TEXT, _AMOUNT, _DAY, _GENERAL = "@", "#,##0.00", "yyyy-mm-dd", "General"
#: What a spreadsheet takes in no name of a sheet.
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
#: What a written table may hold.
Cell = str | int | Decimal | date

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a file: `line` counts from 1, the header's; `cells` by column, those the file has and no other."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read: the codes of the columns in the file's order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the sheet as it is stored."""
        return {
            "columns": list(self.columns),
            "rows": [[row.line, *(row.cells[name] for name in self.columns)] for row in self.rows],
        }


def sheet_from(stored: dict[str, Any]) -> Sheet:
    """Return a stored sheet."""
    columns = tuple(stored["columns"])
    rows = (Row(line=line, cells=dict(zip(columns, cells, strict=True))) for line, *cells in stored["rows"])
    return Sheet(columns=columns, rows=tuple(rows))


def read(content: bytes, *, kind: Kind) -> Sheet:
    """Read a file of units or members, as `read_table`."""
    return read_table(content, columns=COLUMNS[kind])


def read_table(content: bytes, *, columns: Sequence[Column]) -> Sheet:
    """Read a whole file, CSV or XLSX by what is in it. Raises Invalid (field "file") when it has not these columns.

    Rows without any text are left out. At most 5 MB and 5,000 rows.
    """
    if len(content) > MOST_BYTES:
        raise _bad(_("The file has more than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    header = next(lines, None)
    if header is None:
        raise _bad(_("The file is empty."))
    places = _places(header[1], columns)
    return Sheet(columns=tuple(places), rows=tuple(_rows(lines, places)))


def _bad(text: str) -> Invalid:
    return Invalid(text, field="file")


def _rows(lines: Iterator[tuple[int, list[str]]], places: dict[str, int]) -> Iterator[Row]:
    count = 0
    for line, cells in lines:
        count += 1
        if count > MOST_ROWS:
            raise _bad(_("The file has more than %(most)d rows: please import it in parts.") % {"most": MOST_ROWS})
        yield Row(line=line, cells={name: cells[at] if at < len(cells) else "" for name, at in places.items()})
    if not count:
        raise _bad(_("There is no row below the headings."))


def _places(header: list[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each column stands. Raises Invalid for headings nobody knows, doubled or missing."""
    known = by_heading(columns)
    places: dict[str, int] = {}
    for at, heading in enumerate(header):
        if not heading:
            continue
        column = known.get(folded(heading))
        if column is None:
            raise _bad(
                _("No column is called “%(heading)s”. Known are: %(known)s.")
                % {"heading": heading[:60], "known": _headings(columns)}
            )
        if column.code in places:
            raise _bad(_("The column “%(heading)s” is there twice.") % {"heading": heading})
        places[column.code] = at
    missing = [column for column in columns if column.required and column.code not in places]
    if missing:
        names = ", ".join(f"{column.english} / {column.polish}" for column in missing)
        raise _bad(_("The first row has to name the columns; these are missing: %(names)s.") % {"names": names})
    return places


def _headings(columns: Sequence[Column]) -> str:
    return ", ".join(dict.fromkeys(name for c in columns for name in (c.english, c.polish)))


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = decoded(content)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _bad(_("This is neither a CSV nor an XLSX file."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    line = 1
    try:
        for cells in reader:
            if cleaned := _cleaned(cells):
                yield line, cleaned
            line = reader.line_num + 1
    except csv.Error as error:
        raise _bad(_("Line %(line)d is no CSV: %(error)s") % {"line": line, "error": error}) from None


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise _bad(_("The file is too large when it is unpacked."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        filled = 0
        for line, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), start=1):
            if cleaned := _cleaned([_text(cell) for cell in cells]):
                filled = line
                yield line, cleaned
            elif line - filled > _MOST_EMPTY_LINES:
                text = _(
                    "After row %(line)d come more than %(most)d empty ones. Delete them, or save the table as CSV."
                )
                raise _bad(text % {"line": filled, "most": _MOST_EMPTY_LINES})
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise _bad(_("This XLSX file cannot be read. Please save it anew, or as CSV.")) from error


def _cleaned(cells: Sequence[str]) -> list[str]:
    """Return the cells without needless blanks; nothing for a row without any text."""
    cleaned = [meant(" ".join(cell.split()))[:_LONGEST_CELL] for cell in cells]
    return cleaned if any(cleaned) else []


def _text(cell: object) -> str:
    """Return what somebody reads in a cell; whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat().removesuffix("T00:00:00")  # a day is read as midnight
    return str(cell)


# --- writing ---


def written(rows: Iterable[Sequence[str]], *, kind: Kind, file_format: str, language: str) -> bytes:
    """Return a file of units or members, as `written_table`."""
    title = _("Units") if kind is Kind.UNITS else _("Members")
    return written_table(rows, columns=COLUMNS[kind], title=title, file_format=file_format, language=language)


def written_table(
    rows: Iterable[Sequence[Cell]], *, columns: Sequence[Column], title: str, file_format: str, language: str
) -> bytes:
    """Return a file with a heading for each column and these rows; no text of it is run as a formula.

    Amounts, numbers and days are such to a spreadsheet too: in XLSX by their type, in CSV written as the language does.
    """
    headings = [column.heading(language) for column in columns]
    if file_format == "csv":
        return _csv([headings, *rows], language=language)
    return _xlsx(columns, headings, rows, title=title)


def _csv(rows: Iterable[Sequence[Cell]], *, language: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([_plain(cell, language) for cell in row] for row in rows)
    return f"\N{BYTE ORDER MARK}{buffer.getvalue()}".encode()


def _plain(cell: Cell, language: str) -> str:
    if isinstance(cell, Decimal):
        return str(format_decimal(cell, format="0.00######", locale=language.split("-")[0]))
    return harmless(cell) if isinstance(cell, str) else str(cell)


def _xlsx(columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:31])
    sheet.freeze_panes = "A2"
    for number in range(len(headings)):
        sheet.column_dimensions[chr(ord("A") + number)].width = 24
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    legend = book.create_sheet(_("Columns"))
    legend.column_dimensions["A"].width, legend.column_dimensions["B"].width = 24, 100
    needed = _("Needed.")
    for column, heading in zip(columns, headings, strict=True):
        explained = f"{needed} {column.explained}" if column.required else str(column.explained)
        legend.append([_cell(legend, heading, bold=True), _cell(legend, explained)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    """Return a cell; of text, it is such also when it is edited: a spreadsheet takes it for nothing else."""
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # openpyxl takes decimals and days too
        cell.number_format = _format_of(value)
        return cell
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type, cell.number_format = "s", _TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _format_of(value: int | Decimal | date) -> str:
    if isinstance(value, date):
        return _DAY
    is_amount = isinstance(value, Decimal) and value == round(value, 2)
    return _AMOUNT if is_amount else _GENERAL
