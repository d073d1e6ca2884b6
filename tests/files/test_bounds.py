"""C6: whatever is uploaded, no more than the bounds is looked at. Counted in cells and bytes, never in seconds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from openpyxl import Workbook

from akcept.budgets import nbp
from akcept.kernel import spreadsheets
from akcept.kernel.errors import Invalid
from akcept.kernel.spreadsheets import USUAL, Bounds, Trouble, Unusable, Work, tables
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import COLUMNS, Kind
from akcept.oscar_edge.catalogue_import import reading

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _book(sheet: Iterator[bytes] | list[bytes], *, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return a real workbook with one part of it made of these pieces."""
    book, plain, content = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["code", "name", "parent"])
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            if info.filename != part:
                target.writestr(info.filename, source.read(info))
        with target.open(part, "w", force_zip64=True) as opened:
            for piece in sheet:
                opened.write(piece)
    return content.getvalue()


def _wide_row(cells: int) -> Iterator[bytes]:
    yield f"<worksheet {_NS}><sheetData><row>".encode()
    for _block in range(cells // 100_000):
        yield b"<c/>" * 100_000
    yield b"</row></sheetData></worksheet>"


def _read(content: bytes, *, bounds: Bounds = USUAL) -> tuple[Work, Unusable]:
    work = Work()
    with pytest.raises(Unusable) as refused:
        [list(table.rows) for table in tables(content, work=work, bounds=bounds)]
    return work, refused.value


def test_c6_a_row_of_nineteen_million_empty_cells_is_refused_while_reading() -> None:
    content = _book(_wide_row(19_000_000))
    assert len(content) < 200_000, "a file as small as the one that took a gigabyte"
    work, refused = _read(content)
    assert refused.trouble is Trouble.UNPACKED, "more unpacked than a table ever is"
    assert work.cells == 0
    work, refused = _read(content, bounds=replace(USUAL, ratio=10**6, unpacked=10**9))
    assert refused.trouble is Trouble.COLUMNS
    assert work.cells <= USUAL.columns * 64 + 1
    assert work.bytes <= 200_000


@pytest.mark.parametrize("take", ["members", "catalogue", "rates"])
def test_c6_every_upload_is_bounded(take: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser that builds a tree is never started."""

    def started(*_args: object, **_options: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(spreadsheets, "load_workbook", started)
    content = _book(_wide_row(19_000_000))
    if take == "catalogue":
        [trouble] = reading.read(content).troubles
        assert "too large when it is unpacked" in trouble.reason
        return
    if take == "rates":
        with pytest.raises(nbp.NotRates) as refused:
            nbp.read(content)
        assert refused.value.fault is nbp.Fault.FORMAT
        return
    with pytest.raises(Invalid, match="too large when it is unpacked"):
        sheets.read(content, kind=Kind.MEMBERS)


def _many_rows(rows: int, cells: int) -> list[bytes]:
    row = b"<row>" + b"<c/>" * cells + b"</row>"
    return [f"<worksheet {_NS}><sheetData>".encode(), row * rows, b"</sheetData></worksheet>"]


@pytest.mark.parametrize(
    ("content", "trouble", "cells"),
    [
        (lambda: _book(_many_rows(30_000, 20)), Trouble.CELLS, USUAL.cells + 1),
        (lambda: _book([b"<sst>", b"<si><t/></si>" * 2_000_000, b"</sst>"], part="xl/sharedStrings.xml"), None, 10),
        (lambda: _book([b"<a>" * 5_000_000], part="xl/styles.xml"), None, 10),
        (lambda: _book([b"<a>", b"x" * 50_000, b"</a>"], part="xl/styles.xml"), Trouble.UNPACKED, 10),
        (lambda: _book([b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>']), Trouble.UNREADABLE, 0),
        (lambda: b"a" + b"," * 4_000_000, Trouble.COLUMNS, 4_000_001),
        (lambda: b"a,b\n" + b'"\n","",' * 600_000, Trouble.CELLS, USUAL.cells + 3),
        (lambda: b"a;b\n1;2\n" + b"\n" * 1_000_000, Trouble.EMPTY_ROWS, 20_100),
        (lambda: b"a;b\n" + b"1;2\n" * 1_000_000, Trouble.CELLS, USUAL.cells + 2),
    ],
    ids=["cells", "strings", "styles", "text", "entities", "columns", "quoted", "empty rows", "rows"],
)
def test_c6_other_ways_to_be_large(content: object, trouble: Trouble | None, cells: int) -> None:
    work, refused = _read(content())  # type: ignore[operator]
    assert refused.trouble is trouble or (trouble is None and refused.trouble in (Trouble.CELLS, Trouble.UNPACKED))
    assert work.cells <= cells
    assert work.bytes <= USUAL.unpacked + 65_536


def test_c6_many_parts_and_a_high_ratio() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.xml", "<a/>")
    work, refused = _read(content.getvalue())
    assert (refused.trouble, work.bytes) == (Trouble.UNPACKED, 0)
    work, refused = _read(_book([b"<a>", b" " * 30_000_000, b"</a>"], part="docProps/core.xml"))
    assert (refused.trouble, work.bytes) == (Trouble.UNPACKED, 0)


def test_a_table_as_large_as_may_be_is_read() -> None:
    """5,000 rows of every column that a file of budgets has."""
    line = ";".join("x" * 8 for _column in range(25))
    work = Work()
    rows = [row for table in tables("\n".join([line] * 5_001).encode(), work=work) for row in table.rows]
    assert (len(rows), work.cells) == (5_001, 125_025)


def test_bounds_are_told_in_words() -> None:
    with pytest.raises(Invalid, match="Row 1 has more than 256 columns") as refused:
        sheets.read(b"a" + b"," * 1000, kind=Kind.UNITS)
    assert refused.value.field == "file"
    with pytest.raises(Invalid, match="more than 3 cells, empty ones included"):
        sheets.read_table(b"code;name;parent\nA;B;C", columns=COLUMNS[Kind.UNITS], bounds=replace(USUAL, cells=3))
    with pytest.raises(Invalid, match="Row 2 has a cell with more than 4000 characters"):
        sheets.read(b"code;name;parent\nA;" + b"B" * 4001 + b";C", kind=Kind.UNITS)
