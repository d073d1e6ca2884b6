"""Reading tables, CSV or XLSX by what is in the file, into rows of text (pure). Nothing is parsed before it is bounded.

Whatever somebody uploads, at most `Bounds` of it is looked at: a file that unpacks to gigabytes, or has a row with
nineteen million empty cells, is refused where it passes a bound, by a reader that builds nothing.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from akcept.kernel import typed
from akcept.kernel.tables import decoded, delimiter_of, meant, told_delimiter, unwrapped
from akcept.kernel.typed import Figure, LaterFigure

#: Stands in a row for a formula that no program has calculated.
UNCALCULATED: Final = "#FORMULA!"
#: What spreadsheets write where they could not calculate, in English and in Polish.
_ERRORS: Final = re.compile(
    r"#(?:N/A|N/D|REF!|ADR!|DIV/0!|DZIEL/0!|VALUE!|ARG!|NAME\?|NAZWA\?|NUM!|LICZBA!|NULL!|ZERO!|SPILL!|ROZLANIE!|CALC!"
    r"|OBLICZ!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA|FORMULA!)"
)
_ZEROS: Final = re.compile(r"0+")
_CHUNK: Final = 65_536


class Trouble(StrEnum):
    """Why a file is no table that can be read."""

    NO_TABLE = "no_table"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"  # `most` megabytes
    UNPACKED = "unpacked"
    COLUMNS = "columns"  # row `line`, `most` columns
    CELLS = "cells"  # `most` cells
    EMPTY_ROWS = "empty_rows"  # after row `line`, more than `most`
    BAD_LINE = "bad_line"  # line `line`, `error`
    MERGED = "merged"  # `cells`


class Unusable(ValueError):
    """A file that is no table that can be read; `details` are what `Trouble` says of it."""

    def __init__(self, trouble: Trouble, **details: Any) -> None:
        super().__init__(f"{trouble.value} {details}")
        self.trouble = trouble
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of a file is read at most; more is refused."""

    bytes: int = 5_000_000
    #: Of an XLSX when it is unpacked, in bytes and in times its packed size.
    unpacked: int = 60_000_000
    ratio: int = 250
    #: Cells of the widest row, and of the whole file, empty ones too.
    columns: int = 256
    cells: int = 200_000
    #: One stray cell at the very bottom of a sheet would have a million empty lines read.
    empty_rows: int = 20_000
    #: Of one cell; a spreadsheet holds 32,767.
    text: int = 40_000
    #: Of one cell that is kept.
    cell: int = 4_000
    #: Parts of an XLSX file, elements outside of its cells.
    parts: int = 2_000
    elements: int = 50_000


#: For what members upload.
USUAL: Final = Bounds()
#: For what whoever runs the shop imports by a command.
LARGE: Final = Bounds(
    bytes=100_000_000, unpacked=1_000_000_000, cells=5_000_000, text=200_000, cell=100_000, elements=500_000
)


@dataclass(slots=True)
class Work:
    """What reading a file took, for those who hold it against its bounds."""

    bytes: int = 0
    cells: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of a file: its name, empty in a CSV, and its rows with any text, numbered from 1 as people see them."""

    name: str
    rows: Iterator[tuple[int, list[str]]]


def tables(content: bytes, *, bounds: Bounds = USUAL, work: Work | None = None) -> Iterator[Table]:
    """Yield the visible sheets of a file in order; a CSV is one. Rows are read as they are asked for.

    Cells are clean text: composed, without what nobody sees, single blanks. Numbers of a spreadsheet are `Figure`,
    days are ISO dates. Raises Unusable.
    """
    done = work if work is not None else Work()
    if len(content) > bounds.bytes:
        raise Unusable(Trouble.TOO_LARGE, most=bounds.bytes // 1_000_000)
    if content.startswith(b"PK\x03\x04"):
        yield from _sheets(content, bounds, done)
    else:
        yield Table(name="", rows=_csv_rows(content, bounds, done))


def is_error(text: str) -> bool:
    """Whether a cell says that its spreadsheet could not calculate it."""
    return text.startswith("#") and (_ERRORS.fullmatch(text.upper()) is not None or set(text) == {"#"})


# --- CSV ---


def _csv_rows(content: bytes, bounds: Bounds, work: Work) -> Iterator[tuple[int, list[str]]]:
    try:
        text = decoded(content)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Unusable(Trouble.NO_TABLE)
    text, told = told_delimiter(text)
    mark, skipped = told or delimiter_of(text), int(bool(told))
    at, filled = 1 + skipped, 0
    reader = csv.reader(_lines(text, mark, at, bounds, work), delimiter=mark)
    try:
        for cells in reader:
            _require_width(len(cells), at, bounds)
            if cleaned := _cleaned([unwrapped(cell) for cell in cells]):
                filled = at
                yield at, cleaned
            _require_no_gap(at, filled, bounds)
            at = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise Unusable(Trouble.BAD_LINE, line=at, error=error) from None


def _lines(text: str, mark: str, first: int, bounds: Bounds, work: Work) -> Iterator[str]:
    """Yield the lines, each bounded before the CSV reader makes cells of it; the first has this number."""
    in_quotes = False
    for number, line in enumerate(io.StringIO(text, newline=""), start=first):
        marks, quotes = line.count(mark), line.count('"')
        work.bytes, work.cells, work.rows = work.bytes + len(line), work.cells + marks + 1, work.rows + 1
        if marks >= bounds.columns and not quotes and not in_quotes:
            raise Unusable(Trouble.COLUMNS, line=number, most=bounds.columns)
        in_quotes = in_quotes != bool(quotes % 2)
        if work.cells > bounds.cells:
            raise Unusable(Trouble.CELLS, most=bounds.cells)
        yield line


def _require_width(columns: int, line: int, bounds: Bounds) -> None:
    if columns > bounds.columns:
        raise Unusable(Trouble.COLUMNS, line=line, most=bounds.columns)


def _require_no_gap(line: int, filled: int, bounds: Bounds) -> None:
    if line - filled > bounds.empty_rows:
        raise Unusable(Trouble.EMPTY_ROWS, line=filled, most=bounds.empty_rows)


def _cleaned(cells: Sequence[str]) -> list[str]:
    """Return the cells without needless blanks; nothing for a row without any text."""
    cleaned = [cell if isinstance(cell, Figure) else meant(typed.line(cell)) for cell in cells]
    return cleaned if any(cleaned) else []


# --- XLSX ---


@dataclass(slots=True)
class _Cell:
    """What a look at one cell has found of it so far."""

    name: str = ""
    has_formula: bool = False
    has_value: bool = False


@dataclass(slots=True)
class _Part:
    """What a look through one part of an XLSX found."""

    merged: str = ""
    #: Cells with a formula and no value, such as "B2".
    uncalculated: set[str] = field(default_factory=set)
    #: Whether its workbook counts days from 1904.
    later: bool = False


class _Scan:
    """Looks through one part without building anything, and raises where it passes a bound."""

    def __init__(self, bounds: Bounds, work: Work) -> None:
        self.part = _Part()
        self._bounds, self._work = bounds, work
        self._elements = self._row_cells = self._text = 0
        self._in_data = self._inside = False
        self._cell = _Cell()

    def run(self, stream: Any) -> None:
        parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._characters, self._doctype
        while chunk := stream.read(_CHUNK):
            self._work.bytes += len(chunk)
            if self._work.bytes > self._bounds.unpacked:
                raise Unusable(Trouble.UNPACKED)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("|")[2]
        self._text = 0
        if tag == "c":
            self._new_cell(attributes)
        elif tag == "row":
            self._work.rows, self._row_cells = self._work.rows + 1, 0
        elif tag == "f":
            self._cell.has_formula = True
        elif tag in ("v", "t"):
            self._inside = True
        elif tag == "sheetData":
            self._in_data = True
        elif tag == "mergeCell":
            self.part.merged = self.part.merged or attributes.get("ref", "")
        self._count()

    def _count(self) -> None:
        """Count elements: cells and texts may have several each, everything else is bounded by itself."""
        self._elements += 1
        most = self._bounds.elements + (8 * self._bounds.cells if self._in_data else 3 * self._bounds.cells)
        if self._elements > most:
            raise Unusable(Trouble.CELLS, most=self._bounds.cells)

    def _new_cell(self, attributes: dict[str, str]) -> None:
        self._cell = _Cell(attributes.get("r", ""))
        self._work.cells += 1
        self._row_cells += 1
        if self._row_cells > self._bounds.columns * 64:  # columns that are formatted to the sheet's very end
            raise Unusable(Trouble.COLUMNS, line=self._work.rows, most=self._bounds.columns)
        if self._work.cells > self._bounds.cells:
            raise Unusable(Trouble.CELLS, most=self._bounds.cells)

    def _end(self, name: str) -> None:
        tag = name.rpartition("|")[2]
        self._inside = False
        if tag == "c" and self._cell.has_formula and not self._cell.has_value:
            self.part.uncalculated.add(self._cell.name)
        elif tag == "sheetData":
            self._in_data = False

    def _characters(self, data: str) -> None:
        self._text += len(data)
        self._cell.has_value = self._cell.has_value or self._inside
        if self._text > self._bounds.text:
            raise Unusable(Trouble.UNPACKED)

    def _doctype(self, *_declared: Any) -> None:
        raise Unusable(Trouble.UNREADABLE)


def _scanned(content: bytes, bounds: Bounds, work: Work) -> dict[str, _Part]:
    """Look through every part that is XML, whatever it is called; pictures are none from their first byte on."""
    found: dict[str, _Part] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > bounds.parts or unpacked > max(bounds.ratio * len(content), 1_000_000):
            raise Unusable(Trouble.UNPACKED)
        for part in parts:
            scan = _Scan(bounds, work)
            try:
                with archive.open(part) as stream:
                    scan.run(stream)
            except expat.ExpatError:
                if part.filename.endswith((".xml", ".rels")):
                    raise
            found[part.filename] = scan.part
    return found


def _sheets(content: bytes, bounds: Bounds, work: Work) -> Iterator[Table]:
    try:
        parts = _scanned(content, bounds, work)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found: list[Any] = list(book.worksheets)
        visible = [sheet for sheet in found if sheet.sheet_state == "visible"] or found
        if not visible:
            raise Unusable(Trouble.UNREADABLE)
    except Unusable:
        raise
    except _BROKEN as error:
        raise Unusable(Trouble.UNREADABLE) from error
    for sheet in visible:
        part = parts.get(sheet._worksheet_path, _Part())
        part.later = book.epoch == CALENDAR_MAC_1904
        yield Table(name=sheet.title, rows=_xlsx_rows(sheet, part, bounds))


#: What a file that was made to harm, or broke on its way, makes the libraries raise.
_BROKEN: Final = (
    zipfile.BadZipFile,
    InvalidFileException,
    expat.ExpatError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    SyntaxError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
)


def _xlsx_rows(sheet: Any, part: _Part, bounds: Bounds) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()
    filled = 0
    try:
        for line, cells in enumerate(sheet.iter_rows(max_col=bounds.columns), start=1):
            if cleaned := _cleaned([_text(cell, part) for cell in cells]):
                if part.merged:
                    raise Unusable(Trouble.MERGED, cells=part.merged)
                filled = line
                yield line, cleaned
            _require_no_gap(line, filled, bounds)
    except Unusable:
        raise
    except _BROKEN as error:
        raise Unusable(Trouble.UNREADABLE) from error


def _text(cell: Any, part: _Part) -> str:
    """Return what somebody reads in a cell; whole numbers without a decimal point."""
    value = cell.value
    if value is None:
        return UNCALCULATED if part.uncalculated and getattr(cell, "coordinate", "") in part.uncalculated else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        said = _figure(value, str(cell.number_format or ""))
        return LaterFigure(said) if part.later and isinstance(said, Figure) else said
    if isinstance(value, datetime | date):
        return value.isoformat().removesuffix("T00:00:00")  # a day is read as midnight
    return str(value)


def _figure(value: int | float, number_format: str) -> str:
    """Return a number as its cell shows it where that matters: codes with leading zeros, per cent."""
    shown = number_format.partition(";")[0]
    if _ZEROS.fullmatch(shown) and len(shown) > 1:
        return typed.figure(value).zfill(len(shown))
    if shown.endswith("%"):
        return f"{typed.figure(float(Decimal(repr(value)) * 100))}%"
    return typed.figure(value)
