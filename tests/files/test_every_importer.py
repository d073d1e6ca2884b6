"""One table of inputs, and what must come of them whatever takes them: units, members, budgets, products, rates, lists.

E3 to E9 of the faults found with real files are rows of it; what only one importer knows is tested with that importer.
"""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from akcept.organizations.models import Unit
from akcept.testing.cast import Cast
from tests.files.importers import IMPORTERS, Importer, csv_of, those_with, xlsx_of

TWO = "two numbers"
NONE = "is no"
TWO_DAYS = "two days"
CUT = "cut short"
NBSP, NARROW, FIGURE, THIN = "\u00a0", "\u202f", "\u2007", "\u2009"

NUMBERS: list[tuple[object, object]] = [
    ("1 234,56", Decimal("1234.56")),
    (f"1{NBSP}234,56", Decimal("1234.56")),
    (f"1{NARROW}234,56", Decimal("1234.56")),
    (f"1{FIGURE}234,56", Decimal("1234.56")),
    (f"1{THIN}234,56", Decimal("1234.56")),
    ("1.234,56", Decimal("1234.56")),
    ("1,234.56", Decimal("1234.56")),
    ("1'234.56", Decimal("1234.56")),
    ("1 234", Decimal(1234)),
    ("1.234.567,8", Decimal("1234567.8")),
    ("1234,5", Decimal("1234.5")),
    ("2,00", Decimal(2)),
    ("2.50", Decimal("2.5")),
    (" 12,30 ", Decimal("12.3")),
    ("\u200b12,30\ufeff", Decimal("12.3")),
    ("+5", Decimal(5)),
    (",5", Decimal("0.5")),
    ("0,500", Decimal("0.5")),
    ("1870.0000000000002", Decimal(1870)),  # E6
    ("59.900000000000006", Decimal("59.90")),  # E6
    ("0.30000000000000004", Decimal("0.3")),
    ("2,500", TWO),  # E5
    ("1,000", TWO),  # E5
    ("12.000", TWO),  # E5
    ("250.000", TWO),
    ("1 2", NONE),
    ("12 34", NONE),
    ("1,2,3", NONE),
    ("1.23.456", NONE),
    ("5,", NONE),
    ("dużo", NONE),
    ("--5", NONE),
    ("1O0", NONE),
    ("١٢", NONE),
    ("½", NONE),
    ("NaN", NONE),
    ("Infinity", NONE),
    ("0x10", NONE),
    ("1_000", NONE),
    ("5,90123E+12", CUT),
    ("#N/A", "could not be calculated"),
    ("#ADR!", "could not be calculated"),
    ("#DZIEL/0!", "could not be calculated"),
    ("########", "could not be calculated"),
]
WHOLE: list[tuple[object, object]] = [
    ("2", 2),
    ("2,00", 2),  # E7
    ("2.0", 2),
    ("1 000", 1000),  # E7
    (f"1{NBSP}000", 1000),
    ("1.000,00", 1000),
    ("007", 7),
    ("1.5", NONE),
    ("2,5", NONE),
    ("1,000", TWO),  # E5
    ("many", NONE),
]
DAYS: list[tuple[object, object]] = [
    ("2026-11-29", date(2026, 11, 29)),
    ("29.11.2026", date(2026, 11, 29)),
    ("1.2.2026", date(2026, 2, 1)),
    ("29-11-2026", date(2026, 11, 29)),
    ("29/11/2026", date(2026, 11, 29)),
    ("11/29/2026", date(2026, 11, 29)),
    ("2026/11/29", date(2026, 11, 29)),
    ("20261129", date(2026, 11, 29)),
    ("2026-11-29 00:00:00", date(2026, 11, 29)),
    ("2026-11-29T00:00:00", date(2026, 11, 29)),
    ("29.11.2026 00:00", date(2026, 11, 29)),
    (f"29.11.2026{NBSP}", date(2026, 11, 29)),
    ("46355", date(2026, 11, 29)),  # as a spreadsheet counts days
    ("02/02/2026", date(2026, 2, 2)),
    ("01/02/2026", TWO_DAYS),
    ("01-02-2026", TWO_DAYS),
    ("29.11.26", NONE),
    ("31.02.2026", NONE),
    ("tomorrow", NONE),
    ("12", NONE),
]
TEXTS: list[tuple[object, object]] = [
    ("Żółć śnieżna", "Żółć śnieżna"),
    ("Z\u0307o\u0301\u0142c\u0301", "Żółć"),  # E9: letters taken apart
    ("Ma\u00adgazyn", "Magazyn"),
    ("\ufeffMagazyn", "Magazyn"),
    ("Maga\u200bzyn\u2060", "Magazyn"),
    (f" Magazyn{NBSP}{NBSP}2 ", "Magazyn 2"),
    ("Magazyn\n2", "Magazyn 2"),
    ("Magazyn;2", "Magazyn;2"),
    ('Magazyn "2"', 'Magazyn "2"'),
    ("'=1+1", "=1+1"),
    ("#REF!", "could not be calculated"),
    ("# 1", "# 1"),
]
CODES: list[tuple[object, object]] = [
    ("007", "007"),
    ('="007"', "007"),
    ("123.0", "123"),
    ("PAP-1", "PAP-1"),
    (f"PAP{NBSP}1", "PAP 1"),
    ("PAP\u200b-1", "PAP-1"),
    ("PAP\u20111", "PAP-1"),
    ("5,90123E+12", "cut short"),
]


def _agrees(came: Any, right: object) -> bool:
    if isinstance(came, list):  # a refusal
        said = " ".join(came)
        own = {TWO: "ambiguous", NONE: "quantity", CUT: "code", "could not be calculated": "quantity"}
        return isinstance(right, str) and (right in said or own.get(right, "?") in came)
    return bool(came == right)


def _wrong(importer: Importer, cast: Cast, what: str, table: list[tuple[object, object]]) -> list[Any]:
    content = csv_of(importer.table(what, [typed for typed, _right in table])).encode("utf-8-sig")
    came = importer.outcome(cast, content, what)
    assert len(came) == len(table), came
    return [(typed, right, got) for (typed, right), got in zip(table, came, strict=True) if not _agrees(got, right)]


@pytest.fixture(autouse=True)
def head_office(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.head_office.pk).update(code="HQ")
    cast.head_office.refresh_from_db()


def _named(importer: Importer) -> str:
    return importer.name


@pytest.mark.parametrize("importer", those_with("number"), ids=_named)
def test_e5_e6_numbers(cast: Cast, importer: Importer) -> None:
    assert _wrong(importer, cast, "number", NUMBERS) == []


@pytest.mark.parametrize("importer", those_with("whole"), ids=_named)
def test_e5_e7_whole_numbers(cast: Cast, importer: Importer) -> None:
    assert _wrong(importer, cast, "whole", WHOLE) == []


@pytest.mark.parametrize("importer", those_with("day"), ids=_named)
def test_days(cast: Cast, importer: Importer) -> None:
    assert _wrong(importer, cast, "day", DAYS) == []


@pytest.mark.parametrize("importer", those_with("text"), ids=_named)
def test_e9_text(cast: Cast, importer: Importer) -> None:
    assert _wrong(importer, cast, "text", TEXTS) == []


@pytest.mark.parametrize("importer", those_with("code"), ids=_named)
def test_codes(cast: Cast, importer: Importer) -> None:
    assert _wrong(importer, cast, "code", CODES) == []


#: Those that take a whole file and tell row by row what is wrong with it.
TABLES = [one for one in IMPORTERS if one.is_file and "text" in one.columns]
XLSX: dict[str, list[tuple[object, str, object]]] = {
    "number": [
        (1870.0000000000002, "General", Decimal(1870)),
        (59.900000000000006, "General", Decimal("59.9")),
        (1234.5, "#,##0.00", Decimal("1234.5")),
        (12.0, "General", Decimal(12)),
        (250, "General", Decimal(250)),
        ("1 234,56", "@", Decimal("1234.56")),
        ("2,500", "@", TWO),
        ("#N/A", "General", "could not be calculated"),
        ("=1+1", "General", "never calculated"),
    ],
    "whole": [(2.0, "General", 2), (1000, "#,##0", 1000), (1.5, "General", NONE)],
    "day": [
        (datetime(2026, 11, 29), "yyyy-mm-dd", date(2026, 11, 29)),
        (date(2026, 11, 29), "dd.mm.yyyy", date(2026, 11, 29)),
        (46355, "General", date(2026, 11, 29)),
        (46355.75, "General", date(2026, 11, 29)),
        ("29.11.2026", "@", date(2026, 11, 29)),
        ("01/02/2026", "@", TWO_DAYS),
    ],
    "text": [(12.5, "General", "12.5"), (7, "000", "007"), ("Z\u0307o\u0301\u0142c\u0301", "@", "Żółć")],
    "code": [(123.0, "General", "123"), (7, "00000", "00007"), ("007", "@", "007")],
    "ean": [
        (5901234123457, "0", "5901234123457"),
        (5901234123457.0, "General", "5901234123457"),
        ("5 901234 123457", "@", "5901234123457"),  # E3
        ("590-1234-123457", "@", "5901234123457"),
    ],
}


@pytest.mark.parametrize(
    ("importer", "what"),
    [(one, what) for one in IMPORTERS for what in XLSX if what in one.columns and one in TABLES],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_cells_of_a_spreadsheet(cast: Cast, importer: Importer, what: str) -> None:
    cases = XLSX[what]
    rows = importer.table(what, [cell for cell, _format, _right in cases])
    content = xlsx_of(rows, formats={number: shown for number, (_cell, shown, _right) in enumerate(cases, start=1)})
    came = importer.outcome(cast, content, what)
    assert len(came) == len(cases), came
    wrong = [(case, got) for case, got in zip(cases, came, strict=True) if not _agrees(got, case[2])]
    assert wrong == []


def test_a_number_of_a_spreadsheet_is_never_ambiguous(cast: Cast) -> None:
    """A cell that holds 1.234 is a number, whatever its three decimal places look like as text."""
    rates = next(one for one in IMPORTERS if one.name == "rates")
    assert rates.outcome(cast, xlsx_of(rates.table("number", [1.234])), "number") == [Decimal("1.234")]
    assert rates.outcome(cast, xlsx_of(rates.table("day", [46355])), "day") == [date(2026, 11, 29)]


def test_a_workbook_that_counts_its_days_from_1904_means_the_days_it_shows(cast: Cast) -> None:
    """As those made on a Mac once did: a day in a cell formatted as a day, and one formatted as a number."""
    rates = next(one for one in IMPORTERS if one.name == "rates")
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in rates.table("day", [date(2026, 11, 29), 46355 - 1462]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    assert rates.outcome(cast, content.getvalue(), "day") == [date(2026, 11, 29)] * 2


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"]


@pytest.mark.parametrize("importer", those_with("text"), ids=_named)
def test_encodings_separators_and_line_ends(cast: Cast, importer: Importer) -> None:
    wanted = ["Łąka „Źdźbło” śnieżna".replace("„", '"').replace("”", '"'), "Ąśź, ĄŚŹ; a|b"]
    ways = list(product(ENCODINGS, ";,\t|", ("\n", "\r\n", "\r")))
    for encoding, delimiter, end in ways if importer.name == "products" else ways[::7]:  # each of each in nine files
        content = csv_of(importer.table("text", wanted), delimiter=delimiter, end=end).encode(encoding)
        assert importer.outcome(cast, content, "text") == wanted, (encoding, delimiter, end)
    told = f"sep=|\r\n{csv_of(importer.table('text', wanted), delimiter='|')}".encode()
    assert importer.outcome(cast, told, "text") == wanted


@pytest.mark.parametrize("importer", TABLES, ids=_named)
def test_e4_e9_headings(cast: Cast, importer: Importer) -> None:
    header, row = importer.table("text", ["Nowa"])
    spelled = [unicodedata.normalize("NFD", f" {str(name).upper()}{NBSP}*\u200b") for name in header]
    assert importer.outcome(cast, csv_of([spelled, row]).encode(), "text") == ["Nowa"]
    twice = csv_of([[*header, header[0]], [*row, "x"]]).encode()
    assert "there twice" in str(importer.outcome(cast, twice, "text")), "E4: nobody knows which one is meant"
    unknown = csv_of([[*header, "Kolor"], [*row, "x"]]).encode()
    assert "There is no column “Kolor”" in str(importer.outcome(cast, unknown, "text"))


@pytest.mark.parametrize("importer", TABLES, ids=_named)
def test_empty_rows_trailing_columns_and_cells_beside(cast: Cast, importer: Importer) -> None:
    header, row = importer.table("text", ["Nowa"])
    around = [[], ["", " ", NBSP], [*header, "", ""], [], [*row, "", "\u200b"], ["\ufeff"], []]
    assert importer.outcome(cast, csv_of(around).encode(), "text") == ["Nowa"]
    beside = csv_of([header, [*row, "", "note"]]).encode()
    assert "more cells than headings" in str(importer.outcome(cast, beside, "text"))
    assert "more cells than headings" in str(importer.outcome(cast, xlsx_of([header, [*row, "", "note"]]), "text"))


@pytest.mark.parametrize("importer", TABLES, ids=_named)
def test_sheets_and_merged_cells(cast: Cast, importer: Importer) -> None:
    rows = importer.table("text", ["Nowa"])
    beside = xlsx_of(rows, Notes=[["Some notes", "of mine"], ["more"]])
    assert importer.outcome(cast, beside, "text") == ["Nowa"]
    twice = xlsx_of(rows, Other=rows)
    assert "Several sheets hold such a table: Table, Other" in str(importer.outcome(cast, twice, "text"))
    for change, says in (("merge", "are merged"), ("hide", "")):
        book = load_workbook(io.BytesIO(twice))
        if change == "merge":
            del book["Other"]
            book["Table"].merge_cells("A2:A3")
        else:
            book["Other"].sheet_state = "hidden"
        content = io.BytesIO()
        book.save(content)
        came = importer.outcome(cast, content.getvalue(), "text")
        assert (says in str(came)) if says else came == ["Nowa"]
