"""Tables, CSV and XLSX: every cell as somebody reads it, and nothing past a bound. Large ones: tests/files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from akcept.kernel import spreadsheets
from akcept.kernel.spreadsheets import UNCALCULATED, USUAL, Bounds, Trouble, Unusable, Work, is_error, tables
from akcept.kernel.typed import Figure, LaterFigure

HEADER = "kod;nazwa"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def rows_of(content: bytes, **options: Any) -> list[tuple[int, list[str]]]:
    """Return the rows, without the empty cells a workbook's rows end with."""
    return [(line, _cut(row)) for table in tables(content, **options) for line, row in table.rows]


def _cut(row: list[str]) -> list[str]:
    return row[: max(at for at, cell in enumerate(row) if cell) + 1]


def refused(content: bytes, bounds: Bounds = USUAL) -> tuple[Trouble, dict[str, Any]]:
    with pytest.raises(Unusable) as raised:
        rows_of(content, bounds=bounds)
    return raised.value.trouble, raised.value.details


def book_of(*rows: Sequence[object], change: Callable[[Workbook], object] | None = None) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    if change is not None:
        change(book)
    book.save(content)
    return content.getvalue()


def sheet_of(text: str, *, part: str = "xl/worksheets/sheet1.xml", **more: bytes) -> bytes:
    """Return a workbook with one part of it written by hand, and more parts beside."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_of(["a"]))) as source, zipfile.ZipFile(content, "w") as target:
        for info in source.infolist():
            if info.filename != part:
                target.writestr(info.filename, source.read(info))
        target.writestr(part, text)
        for name, data in more.items():
            target.writestr(name, data)
    return content.getvalue()


# --- CSV ---


def test_rows_keep_the_numbers_people_see() -> None:
    text = f'\ufeffsep=;\n{HEADER}\n ; \n"A\n1"; Łódź  2 \n\n=7;x\n'
    assert rows_of(text.encode()) == [(2, ["kod", "nazwa"]), (4, ["A 1", "Łódź 2"]), (7, ["=7", "x"])]


def test_what_reading_took_is_counted() -> None:
    work = Work()
    assert len(rows_of(b"a;b\n1;2\n3\n", work=work)) == 3
    assert (work.bytes, work.cells, work.rows) == (10, 5, 3)


@pytest.mark.parametrize("content", [b"a;b\n\0", b"\x81\x00\xff", b"\xd0\xcf\x11\xe0\x00"])
def test_what_is_no_text_is_no_table(content: bytes) -> None:
    assert refused(content)[0] is Trouble.NO_TABLE


@pytest.mark.parametrize(
    ("text", "bounds", "trouble", "details"),
    [
        ("aaaaa", {"bytes": 4}, Trouble.TOO_LARGE, {"most": 0}),
        ("a" * 2_000_001, {"bytes": 2_000_000}, Trouble.TOO_LARGE, {"most": 2}),
        ("a;b;c;d\n", {"columns": 3}, Trouble.COLUMNS, {"line": 1, "most": 3}),
        ("a;b;c;d\n", {"columns": 3, "cells": 3}, Trouble.COLUMNS, {"line": 1, "most": 3}),
        ("x;y\na;b;c;d\n", {"columns": 3, "cells": 5}, Trouble.COLUMNS, {"line": 2, "most": 3}),
        ("sep=;\na;b\na;b;c;d\n", {"columns": 3}, Trouble.COLUMNS, {"line": 3, "most": 3}),
        ('x;y\n"a";b;c;d\n', {"columns": 3}, Trouble.COLUMNS, {"line": 2, "most": 3}),
        ("a;b\nc;d\n", {"cells": 3}, Trouble.CELLS, {"most": 3}),
        ('x;y\n"b\nc;;;\nd"\ne;f;g;h\n', {"columns": 3}, Trouble.COLUMNS, {"line": 5, "most": 3}),
        ('x;y\n"b";"c"\ne;f;g;h\n', {"columns": 3, "cells": 7}, Trouble.COLUMNS, {"line": 3, "most": 3}),
        ("a\n\n\n\nb\n", {"empty_rows": 2}, Trouble.EMPTY_ROWS, {"line": 1, "most": 2}),
        ("\n\n\nb\n", {"empty_rows": 2}, Trouble.EMPTY_ROWS, {"line": 0, "most": 2}),
    ],
)
def test_a_csv_ends_at_its_bounds(text: str, bounds: dict[str, int], trouble: Trouble, details: dict[str, int]) -> None:
    assert refused(text.encode(), replace(USUAL, **bounds)) == (trouble, details)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("aaaaa", {"bytes": 5}),
        ("a;b;c\n", {"columns": 3}),
        ('x;y\n"a;b;c;d"\n', {"columns": 3}),  # marks in quotes are no columns
        ('x;y\n"a\nb;c;d;e\nf"\n', {"columns": 3}),  # nor are they where the quotes are in other lines
        ("a;b\nc\n", {"cells": 3}),
        ("a\n\n\nb\n", {"empty_rows": 2}),
    ],
)
def test_a_csv_at_its_bounds_is_read(text: str, bounds: dict[str, int]) -> None:
    assert rows_of(text.encode(), bounds=replace(USUAL, **bounds))


def test_a_line_that_is_no_csv_is_named() -> None:
    trouble, details = refused(b'a;b\n1;"' + b"x" * 140_000 + b"\n")
    assert (trouble, details["line"]) == (Trouble.BAD_LINE, 2)


# --- XLSX ---


def test_a_workbooks_cells_are_what_is_read_in_them() -> None:
    def formats(book: Workbook) -> None:
        for row, shown in enumerate(["0000000", "0%", "0.00;[Red]-0.00", "0", "General"], start=2):
            book.active.cell(row=row, column=2).number_format = shown

    content = book_of(
        ["kod", "x"],
        ["A", 123],
        ["B", 0.235],
        ["C", 0.1 + 0.2],
        ["D", 7.0],
        ["E", 12.5],
        [None, None],
        ["F", True],
        ["G", datetime(2026, 11, 29)],
        ["H", date(2026, 11, 29)],
        ["I", datetime(2026, 11, 29, 10, 30)],
        ["J", time(10, 30)],
        ["K", "  Łódź  2 "],
        change=formats,
    )
    assert rows_of(content) == [
        (1, ["kod", "x"]),
        (2, ["A", "0000123"]),
        (3, ["B", "23.5%"]),
        (4, ["C", "0.3"]),
        (5, ["D", "7"]),
        (6, ["E", "12.5"]),
        (8, ["F", "true"]),
        (9, ["G", "2026-11-29"]),
        (10, ["H", "2026-11-29"]),
        (11, ["I", "2026-11-29T10:30:00"]),
        (12, ["J", "10:30:00"]),
        (13, ["K", "Łódź 2"]),
    ]


def test_a_number_is_a_figure_and_one_of_an_old_mac_a_later_one() -> None:
    assert [type(cell) for _line, row in rows_of(book_of(["a", 46355])) for cell in row] == [str, Figure]

    def later(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    assert [type(cell) for _line, row in rows_of(book_of(["a", 46355], change=later)) for cell in row] == [
        str,
        LaterFigure,
    ]


def test_only_visible_sheets_are_tables_unless_all_are_hidden() -> None:
    def hide(book: Workbook) -> None:
        book.create_sheet("Second").append(["b"])
        book.active.sheet_state = "hidden"

    assert [(table.name, next(table.rows)[1][0]) for table in tables(book_of(["a"], change=hide))] == [("Second", "b")]
    hidden = sheet_of(
        f'<workbook {NS} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Only" sheetId="1" state="hidden" r:id="rId1"/></sheets></workbook>',
        part="xl/workbook.xml",
    )
    assert [table.name for table in tables(hidden)] == ["Only"]


def test_a_formula_nobody_has_calculated_is_told_from_an_empty_cell() -> None:
    text = (
        f'<worksheet {NS}><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>1+1</f></c>'
        '<c r="C1"><f>1+1</f><v>2</v></c><c r="D1"/><c r="E1" t="inlineStr"><is><t>x</t></is></c>'
        "</row></sheetData></worksheet>"
    )
    assert rows_of(sheet_of(text)) == [(1, ["1", UNCALCULATED, "2", "", "x"])]


def test_merged_cells_are_named_where_there_is_a_table() -> None:
    merged = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>'
    filled = _rows(1, 1).replace("<c/>", '<c r="A1"><v>5</v></c>')
    assert refused(sheet_of(filled.replace("</worksheet>", f"{merged}</worksheet>"))) == (
        Trouble.MERGED,
        {"cells": "A1:B1"},
    )
    assert rows_of(sheet_of(_rows(1, 1).replace("</worksheet>", f"{merged}</worksheet>"))) == []


def _rows(count: int, cells: int) -> str:
    return f"<worksheet {NS}><sheetData>{('<row>' + '<c/>' * cells + '</row>') * count}</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("text", "bounds", "trouble", "details"),
    [
        (_rows(2, 2), {"cells": 3}, Trouble.CELLS, {"most": 3}),
        (_rows(1, 129), {"columns": 2}, Trouble.COLUMNS, {"line": 1, "most": 2}),
        (f"<worksheet {NS}>{'<a/>' * 400}</worksheet>", {"elements": 100, "cells": 90}, Trouble.CELLS, {"most": 90}),
        (f"<worksheet {NS}><a>{'x' * 11}</a></worksheet>", {"text": 10}, Trouble.UNPACKED, {}),
        (_rows(1, 1), {"unpacked": 100}, Trouble.UNPACKED, {}),
        (_rows(1, 1), {"parts": 5}, Trouble.UNPACKED, {}),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', {}, Trouble.UNREADABLE, {}),
        ("<worksheet>", {}, Trouble.UNREADABLE, {}),
    ],
)
def test_a_workbook_ends_at_its_bounds(
    text: str, bounds: dict[str, int], trouble: Trouble, details: dict[str, int]
) -> None:
    assert refused(sheet_of(text), replace(USUAL, **bounds)) == (trouble, details)


def test_a_workbook_at_its_bounds_is_read() -> None:
    assert rows_of(sheet_of(_rows(2, 2)), bounds=replace(USUAL, cells=4)) == []
    assert rows_of(sheet_of(_rows(1, 128)), bounds=replace(USUAL, columns=2)) == []


@pytest.mark.parametrize(
    ("before", "many"),
    [("", 1_029), ("<sheetData>", 1_078), ("<sheetData/>", 1_028)],  # outside of its data, in them, and after them
)
def test_elements_are_bounded_more_narrowly_outside_of_a_sheets_cells(before: str, many: int) -> None:
    bounds = replace(USUAL, elements=1_000, cells=10)  # and 3 times its cells, in the data of a sheet 8 times

    def of(count: int) -> bytes:
        after = "</sheetData>" if before == "<sheetData>" else ""
        return sheet_of(f"<worksheet {NS}>{before}{'<a/>' * count}{after}</worksheet>")

    assert rows_of(of(many), bounds=bounds) == []
    assert refused(of(many + 1), bounds) == (Trouble.CELLS, {"most": 10})


def test_a_text_and_a_part_are_read_up_to_their_bounds() -> None:
    for length, fits in ((100, True), (101, False)):
        content = sheet_of(f"<worksheet {NS}><a>{'x' * length}</a></worksheet>")
        assert _reads(content, text=100) is fits
    work = Work()
    content = sheet_of(_rows(1, 1))
    rows_of(content, work=work)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    assert work.bytes == sum(part.file_size for part in parts)
    assert [_reads(content, unpacked=work.bytes - less) for less in (0, 1)] == [True, False]
    assert [_reads(content, parts=len(parts) - less) for less in (0, 1)] == [True, False]


@pytest.mark.parametrize(("size", "fits"), [(1_000_000, True), (1_000_001, False)])
def test_a_megabyte_may_be_unpacked_from_however_little(size: int, fits: bool) -> None:
    text = _rows(1, 1)
    with zipfile.ZipFile(io.BytesIO(sheet_of(text))) as archive:
        rest = size - sum(part.file_size for part in archive.infolist())
    content = sheet_of(text, **{"xl/media/image1.png": b"\x89" * rest})
    assert _reads(content, ratio=0) is fits
    assert _reads(content, ratio=1) is True, "nor is anything refused that unpacks to what it is packed"


def _reads(content: bytes, **bounds: int) -> bool:
    """Whether it is read; where not, because it unpacks to too much."""
    wanted = replace(USUAL, **bounds)
    try:
        rows_of(content, bounds=wanted)
    except Unusable:
        return refused(content, wanted) != (Trouble.UNPACKED, {})
    return True


def test_only_formulas_without_a_value_are_remembered() -> None:
    """A sheet may have millions that are calculated."""
    cells = '<c r="A1"><v>1</v></c><c r="B1"><f>1+1</f><v/></c><c r="C1"><f>1+1</f><v>2</v></c>'
    cells += '<c r="D1"><f>A1</f><is><t>x</t></is></c>'
    text = f'<worksheet {NS}><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    found = spreadsheets._scanned(sheet_of(text), USUAL, Work())
    assert found["xl/worksheets/sheet1.xml"].uncalculated == {"B1"}


def test_a_text_of_many_lines_is_looked_at_in_few_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[str] = []
    look = spreadsheets._Scan._characters

    def count(scan: spreadsheets._Scan, data: str) -> None:
        pieces.append(data)
        look(scan, data)

    monkeypatch.setattr(spreadsheets._Scan, "_characters", count)
    text = "line\n" * 1_000
    spreadsheets._scanned(sheet_of(f"<worksheet {NS}><a>{text}</a></worksheet>"), USUAL, Work())
    assert len([piece for piece in pieces if "line" in piece]) < 10


def test_other_files_that_a_workbook_names_are_not_looked_for() -> None:
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    linked = sheet_of(
        f'<workbook {NS} xmlns:r="{relations}"><sheets><sheet name="Only" sheetId="1" r:id="rId1"/></sheets>'
        '<externalReferences><externalReference r:id="rId99"/></externalReferences></workbook>',
        part="xl/workbook.xml",
    )
    assert [table.name for table in tables(linked)] == ["Only"]
    assert rows_of(linked) == [(1, ["a"])]


def test_empty_rows_above_the_first_filled_one_count_too() -> None:
    def stray(book: Workbook) -> None:
        book.active.cell(row=4, column=1, value="stray")

    assert rows_of(book_of(change=stray), bounds=replace(USUAL, empty_rows=3)) == [(4, ["stray"])]
    assert refused(book_of(change=stray), replace(USUAL, empty_rows=2)) == (
        Trouble.EMPTY_ROWS,
        {"line": 0, "most": 2},
    )


def test_leading_zeros_are_shown_from_two_on_and_a_number_stays_a_figure() -> None:
    def formats(book: Workbook) -> None:
        book.active["A1"].number_format, book.active["B1"].number_format = "0", "00"

    ((_line, (plain, padded)),) = rows_of(book_of([7, 7], change=formats))
    assert (plain, padded, type(plain)) == ("7", "07", Figure)


@pytest.mark.parametrize(("line", "most", "fits"), [(4, 2, True), (5, 2, False)])
def test_a_stray_cell_far_below_is_not_waited_for(line: int, most: int, fits: bool) -> None:
    content = book_of(["a"], change=lambda book: book.active.cell(row=line, column=1, value="stray"))
    bounds = replace(USUAL, empty_rows=most)
    if fits:
        assert [number for number, _row in rows_of(content, bounds=bounds)] == [1, line]
    else:
        assert refused(content, bounds) == (Trouble.EMPTY_ROWS, {"line": 1, "most": most})


def test_pictures_are_no_xml_and_what_should_be_is() -> None:
    text = _rows(1, 1).replace("<c/>", '<c r="A1"><v>5</v></c>')
    assert rows_of(sheet_of(text, **{"xl/media/image1.png": b"\x89PNG"})) == [(1, ["5"])]
    assert refused(sheet_of(text, **{"xl/other.xml": b"\x89PNG"}))[0] is Trouble.UNREADABLE
    assert refused(sheet_of(text, **{"xl/other.rels": b"\x89PNG"}))[0] is Trouble.UNREADABLE
    assert refused(sheet_of(text, **{"xl/other.xml": b"<ends><before>"}))[0] is Trouble.UNREADABLE


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no zip", book_of(["a"])[:-200], sheet_of("<a/>", part="xl/workbook.xml")]
)
def test_what_is_broken_is_unreadable(content: bytes) -> None:
    assert refused(content)[0] is Trouble.UNREADABLE


def test_a_cell_that_breaks_while_it_is_read_is_told_too() -> None:
    text = f'<worksheet {NS}><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'
    assert refused(sheet_of(text))[0] is Trouble.UNREADABLE


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("#N/A", True),
        ("#dziel/0!", True),
        ("#####", True),
        ("#", True),
        ("#FORMULA!", True),
        ("#7", False),
        ("N/A", False),
    ],
)
def test_what_a_spreadsheet_writes_where_it_could_not_calculate(text: str, error: bool) -> None:
    assert is_error(text) is error
