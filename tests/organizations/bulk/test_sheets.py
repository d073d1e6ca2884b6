"""Files as people have them: what is read, what is refused and why."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from akcept.kernel.errors import Invalid
from akcept.organizations import figures
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import COLUMNS, Kind
from tests.organizations.bulk.sheets_of import csv_file, xlsx_file

HEADER = ("Kod", "Nazwa", "Należy do")


def _read(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in sheets.read(content, kind=Kind.UNITS).rows]


@pytest.mark.parametrize("header", [HEADER, ("CODE *", " name", "belongs  TO"), ("code", "name", "parent")])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_headings_in_either_language_and_any_csv(header: tuple[str, ...], delimiter: str) -> None:
    assert _read(csv_file(header, ("KR", "Kraków, Rynek", "HQ"), delimiter=delimiter)) == [
        {"code": "KR", "name": "Kraków, Rynek", "parent": "HQ"}
    ]


def test_order_of_columns_blank_rows_and_blanks_do_not_matter() -> None:
    file = csv_file(("Nazwa", "", "Należy do", "Kod"), (" Łódź  2 ", "x", "", "LD"), ("", " ", "", ""), ("W", "", "LD"))
    sheet = sheets.read(file, kind=Kind.UNITS)
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, {"name": "Łódź 2", "parent": "", "code": "LD"}),
        (4, {"name": "W", "parent": "LD", "code": ""}),
    ]
    assert sheets.sheet_from(sheet.as_json()) == sheet


def test_xlsx_is_known_by_its_content() -> None:
    assert _read(xlsx_file(HEADER, ("KR", "Kraków", None), (None, None, None), (7, 12.5, "=1+1"))) == [
        {"code": "KR", "name": "Kraków", "parent": ""},
        {"code": "7", "name": "12.5", "parent": "#FORMULA!"},  # nobody has calculated it: its row is refused
    ]


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 110_000_000)
    return content.getvalue()


def _entities() -> bytes:
    """An XLSX whose sheet declares an entity, as attacks on XML readers do."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_file(HEADER))) as source, zipfile.ZipFile(content, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            if part.filename == "xl/workbook.xml":
                text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]>' + text.partition(b"?>")[2]
            target.writestr(part.filename, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n;;\n", "is empty"),
        (csv_file(HEADER), "no row below"),
        (csv_file(("Kod", "Nazwa"), ("a", "b")), "missing: Belongs to / Należy do"),
        (csv_file((*HEADER, "Kolor"), ("a", "b", "c", "d")), "There is no column “Kolor”"),
        (csv_file((*HEADER, "code"), ("a", "b", "c", "d")), "there twice"),
        (b"\xd0\xcf\x11\xe0\x00\x00", "neither a CSV nor an XLSX"),
        ("Kod;Nazwa".encode("utf-16-le"), "neither a CSV nor an XLSX"),
        (b"PK\x03\x04 not a zip", "cannot be read"),
        (xlsx_file(HEADER, ("a", "b", "c"))[:-200], "cannot be read"),
        (b'Kod;Nazwa;"' + b"x" * 200_000, "is not CSV"),
        (b"x" * 5_000_001, "more than 5 MB"),
        (csv_file(HEADER, *[("a", "b", "c")] * 5_001), "more than 5000 rows"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:20],
)
def test_what_is_no_table_of_that_kind_says_why(content: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        sheets.read(content, kind=Kind.UNITS)
    assert refused.value.field == "file"


def _stray() -> bytes:
    """A table, and one cell in the very last row a sheet can have."""
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(("KR", "Kraków", "HQ"))
    book.active.cell(row=1_048_576, column=1, value="stray")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.slow
def test_files_made_to_harm_are_refused() -> None:
    for content, says in ((_bomb(), "too large"), (_entities(), "cannot be read"), (_stray(), "After row 2 come more")):
        with pytest.raises(Invalid, match=says):
            sheets.read(content, kind=Kind.UNITS)


def test_written_cells_are_text_and_run_nowhere() -> None:
    rows = [["=cmd()", "+48 12", "\x01Łódź", "-", "@x", "007", "", "", ""]]
    text = sheets.written(rows, kind=Kind.UNITS, file_format="csv", language="pl").decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[:3] == ["'=cmd()", "'+48 12", "\x01Łódź"]
    book = load_workbook(io.BytesIO(sheets.written(rows, kind=Kind.UNITS, file_format="xlsx", language="en")))
    header, cells = book.worksheets[0].iter_rows()
    assert [cell.value for cell in header] == [column.english for column in COLUMNS[Kind.UNITS]]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells[:3]] == [
        ("=cmd()", "s", "@"),
        ("+48 12", "s", "@"),
        ("Łódź", "s", "@"),
    ]


def test_a_row_is_read_cell_by_cell_and_a_broken_one_not_at_all() -> None:
    columns = sheets.columns_of(
        {"sku": "", "net": "", "note": ""},
        {"sku": ("Code", "Kod"), "net": ("Net", "Netto"), "note": ("Note", "Uwaga")},
        required=(),
        clearable=(),
    )
    said = {"sku": "A-1", "net": "abc", "note": ""}
    cells = sheets.Cells(sheets.Row(line=2, cells=said), columns)
    assert (cells.read("sku", str), cells.read("net", figures.amount), cells.read("vat", str)) == ("A-1", None, None)
    assert [reason.partition(" ")[0] for reason in cells.reasons] == ["Net:"]

    def never(_value: str) -> str:
        raise Invalid("is not sold")

    assert cells.read("sku", str, never) is None
    assert cells.reasons[1:] == ["Code A-1: is not sold"]
    with override("pl"):
        told = sheets.Cells(sheets.Row(line=2, cells=said), columns)
        told.read("net", figures.amount)
        assert [reason.partition(" ")[0] for reason in told.reasons] == ["Netto:"]
    broken = sheets.Cells(sheets.Row(line=2, cells=said, extra=True), columns)
    assert (broken.broken, broken.read("net", figures.amount), len(broken.reasons)) == (True, None, 1)
