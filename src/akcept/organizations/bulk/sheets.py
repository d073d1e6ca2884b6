"""Reading and writing the files: CSV as Polish and other spreadsheets write it, and XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from akcept.kernel import typed
from akcept.kernel.errors import Invalid
from akcept.kernel.spreadsheets import UNCALCULATED, USUAL, Bounds, Trouble, Unusable, Work, is_error, tables
from akcept.kernel.tables import harmless
from akcept.kernel.typed import Figure
from akcept.organizations.bulk.columns import COLUMNS, Column, Kind, by_heading, folded

MOST_BYTES: Final = USUAL.bytes
MOST_ROWS: Final = 5_000
_TEXT, _AMOUNT, _DAY, _GENERAL = "@", "#,##0.00", "yyyy-mm-dd", "General"
#: What a spreadsheet takes in no name of a sheet.
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
#: What a written table may hold.
Cell = str | int | Decimal | date
Read = TypeVar("Read")

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


#: What a cell holds that says to clear: no text of a file can be this.
CLEARED: Final = "\x18"
#: The words that clear, in either language and in any capitals.
CLEAR_WORDS: Final = ("-", "clear", "wyczyść")
_CLEARING: Final = frozenset({*CLEAR_WORDS, "–", "—"})
#: Before such a word it says that the word is meant.
_LITERAL: Final = "''"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a file: `line` counts from 1, the header's; `cells` by column, those the file has and no other.

    `extra`: there is text to the right of the last heading.
    """

    line: int
    cells: dict[str, str]
    extra: bool = False

    def said(self, name: str) -> str | None:
        """Return what a cell says: None where it says nothing and all stays as it is; "" where it clears."""
        cell = self.cells.get(name) or None
        return "" if cell == CLEARED else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read: the codes of the columns in the file's order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the sheet as it is stored."""
        return {
            "columns": list(self.columns),
            "rows": [[row.line, *(_stored(row.cells[name]) for name in self.columns)] for row in self.rows],
            "extra": [row.line for row in self.rows if row.extra],
        }


def _stored(cell: str) -> str | list[str]:
    return [str(cell)] if isinstance(cell, Figure) else cell


def sheet_from(stored: dict[str, Any]) -> Sheet:
    """Return a stored sheet."""
    columns, extra = tuple(stored["columns"]), frozenset(stored.get("extra", ()))
    rows = (
        Row(
            line=line,
            cells={
                name: Figure(cell[0]) if isinstance(cell, list) else cell
                for name, cell in zip(columns, cells, strict=True)
            },
            extra=line in extra,
        )
        for line, *cells in stored["rows"]
    )
    return Sheet(columns=columns, rows=tuple(rows))


def read(content: bytes, *, kind: Kind) -> Sheet:
    """Read a file of units or members, as `read_table`."""
    return read_table(content, columns=COLUMNS[kind])


def read_table(
    content: bytes,
    *,
    columns: Sequence[Column],
    bounds: Bounds = USUAL,
    most_rows: int = MOST_ROWS,
    work: Work | None = None,
) -> Sheet:
    """Read a whole file, CSV or XLSX by what is in it. Raises Invalid (field "file") when it has not these columns.

    Of a workbook it is the one visible sheet that has them. Rows without any text are left out. At most 5 MB and 5,000
    rows, and no more than `bounds` is looked at; `work` counts what was.
    """
    try:
        rows, header = _chosen(content, columns, bounds, work)
        places = _places(header, columns)
        return Sheet(columns=tuple(places), rows=tuple(_rows(rows, places, most_rows, bounds.cell)))
    except Unusable as error:
        raise _bad(_unusable(error)) from error


def columns_of(
    explained: Mapping[str, str],
    headings: Mapping[str, tuple[str, str]],
    *,
    required: Collection[str],
    clearable: Collection[str],
) -> tuple[Column, ...]:
    """Return the columns of a command's file: what each holds by its code, and its headings, English and Polish."""
    return tuple(
        Column(
            code=code,
            english=headings[code][0],
            polish=headings[code][1],
            required=code in required,
            clearable=code in clearable,
            explained=text,
        )
        for code, text in explained.items()
    )


def line_of(refusal: Invalid) -> int:
    """Return the line of a file that could not be read; its first one where no other is to blame."""
    return int(getattr(refusal.__cause__, "details", {}).get("line", 1))


def faults(row: Row, columns: Sequence[Column]) -> list[str]:
    """Return what is wrong with a row before anybody looks at what it wants, in words."""
    found = [_("There are more cells than headings.")] if row.extra else []
    language = get_language()
    for column in columns:
        cell = row.cells.get(column.code, "")
        words = {"column": column.heading(language) if language else column.code, "cell": cell}
        if cell == UNCALCULATED:
            found.append(
                _("“%(column)s” is a formula that was never calculated. Open the file in its program and save it.")
                % words
            )
        elif is_error(cell):
            found.append(_("“%(column)s” could not be calculated: the cell says %(cell)s.") % words)
        elif cell == CLEARED and not column.clearable:
            found.append(_("“%(column)s” cannot be cleared.") % words)
    return found


class Cells:
    """Reads the cells of one row; `reasons` are all that is wrong with it, each naming its column."""

    def __init__(self, row: Row, columns: Sequence[Column]) -> None:
        self._row = row
        language = get_language()
        self._headings = {each.code: each.heading(language) if language else each.code for each in columns}
        self.reasons = faults(row, columns)
        #: Of a row that is broken nothing is read: where its cells belong is not known.
        self.broken = bool(self.reasons)

    def heading(self, name: str) -> str:
        """Return what a column is called where its reader is."""
        return self._headings[name]

    def read(self, name: str, read: Callable[[str], Read], *checks: Callable[[Read], Read]) -> Read | None:
        """Return what a cell says, None where it says nothing or is wrong; one that clears is its empty text.

        What does not pass a check is named with what was typed.
        """
        said = self._row.said(name)
        if said is None or self.broken:
            return None
        if not said:
            return said  # type: ignore[return-value]  # whoever lets a column be cleared takes empty text for it
        heading = self.heading(name)
        told = f"{heading}:"
        try:
            value = read(said)
            told = f"{heading} {said}:"
            for check in checks:
                value = check(value)
        except Invalid as refusal:
            self.reasons.append(f"{told} {refusal}")
            return None
        return value


def _chosen(
    content: bytes, columns: Sequence[Column], bounds: Bounds, work: Work | None
) -> tuple[Iterator[tuple[int, list[str]]], list[str]]:
    """Return the rows of the one sheet that has these columns, and its header."""
    fitting: list[tuple[str, Iterator[tuple[int, list[str]]], list[str]]] = []
    refusal: Invalid | Unusable | None = None
    for table in tables(content, bounds=bounds, work=work):
        try:
            header = next(table.rows, (0, []))[1]
            if header:
                _places(header, columns)
                fitting.append((table.name, table.rows, header))
        except (Invalid, Unusable) as error:
            refusal = refusal or error
    if len(fitting) > 1:
        names = ", ".join(name for name, _rows, _header in fitting)
        raise _bad(_("Several sheets hold such a table: %(names)s. Leave one of them in the file.") % {"names": names})
    if not fitting:
        raise refusal or _bad(_("The file is empty."))
    return fitting[0][1:]


def _bad(text: str) -> Invalid:
    return Invalid(text, field="file")


def _unusable(error: Unusable) -> str:
    """Return why a file cannot be read, in words."""
    details = error.details
    match error.trouble:
        case Trouble.TOO_LARGE:
            return _("The file has more than %(most)d MB.") % details
        case Trouble.UNPACKED:
            return _("The file is too large when it is unpacked.")
        case Trouble.NO_TABLE:
            return _("This is neither a CSV nor an XLSX file.")
        case Trouble.COLUMNS:
            return _("Row %(line)d has more than %(most)d columns.") % details
        case Trouble.CELLS:
            return (
                _("The file has more than %(most)d cells, empty ones included. Save the table alone, as CSV.") % details
            )
        case Trouble.EMPTY_ROWS:
            text = _("After row %(line)d come more than %(most)d empty ones. Delete them, or save the table as CSV.")
            return text % details
        case Trouble.BAD_LINE:
            return _("Line %(line)d is not CSV: %(error)s") % details
        case Trouble.MERGED:
            text = _("The cells %(cells)s are merged. Unmerge them, and say in each row what belongs there.")
            return text % details
        case _:
            return _("This XLSX file cannot be read. Please save it again, or save it as CSV.")


def _rows(lines: Iterator[tuple[int, list[str]]], places: dict[str, int], most: int, longest: int) -> Iterator[Row]:
    count, width = 0, max(places.values()) + 1
    for line, cells in lines:
        count += 1
        if count > most:
            raise _bad(_("The file has more than %(most)d rows: please import it in parts.") % {"most": most})
        found = {name: _cell_of(cells, at, line, longest) for name, at in places.items()}
        yield Row(line=line, cells=found, extra=any(cells[width:]))
    if not count:
        raise _bad(_("There is no row below the headings."))


def _cell_of(cells: list[str], at: int, line: int, longest: int) -> str:
    cell = cells[at] if at < len(cells) else ""
    if len(cell) > longest:
        text = _("Row %(line)d has a cell with more than %(most)d characters.")
        raise _bad(text % {"line": line, "most": longest})
    if cell.casefold() in _CLEARING:
        return CLEARED
    if cell.startswith(_LITERAL) and cell[len(_LITERAL) :].casefold() in _CLEARING:
        return cell[len(_LITERAL) :]
    return cell


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
                _("There is no column “%(heading)s”. Known columns: %(known)s.")
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
        places = max(2, len(typed.unmistakable(cell.normalize()).partition(".")[2]))
        pattern = f"0.{'0' * places}"
        return str(format_decimal(cell, format=pattern, locale=language.split("-")[0]))
    return harmless(_literal(cell)) if isinstance(cell, str) else str(cell)


def _literal(text: str) -> str:
    """Return a text so that it comes back as itself, also where it is a word that clears."""
    return f"{_LITERAL}{text}" if text.casefold() in _CLEARING else text


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
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", _literal(value)))
    cell.data_type, cell.number_format = "s", _TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _format_of(value: int | Decimal | date) -> str:
    if isinstance(value, date):
        return _DAY
    is_amount = isinstance(value, Decimal) and value == round(value, 2)
    return _AMOUNT if is_amount else _GENERAL
