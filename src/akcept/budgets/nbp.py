"""Reading table A of the National Bank of Poland: mid rates in PLN, as JSON, XML, CSV or XLSX (pure)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from akcept.budgets.conversion import HOME, DayRate
from akcept.kernel import typed
from akcept.kernel.clock import is_sensible
from akcept.kernel.spreadsheets import Unusable, is_error, tables
from akcept.kernel.typed import Unreadable, Why

_MOST: Final = Decimal("999999999")
#: Headings of a table with one rate a row, in either language.
_HEADINGS: Final = {
    "currency": {"currency", "code", "waluta", "kod waluty", "kod"},
    "day": {"day", "date", "data", "dzień"},
    "rate": {"rate", "mid", "kurs", "kurs średni"},
    "per": {"per", "units", "przelicznik", "liczba jednostek"},
    "table": {"table", "tabela", "numer tabeli", "nr tabeli"},
}
#: A heading of the bank's archive: 1USD, 100HUF.
_OF_ARCHIVE: Final = re.compile(r"(1|10|100|1000|10000)\s?([a-z]{3})")
#: What an empty file begins with: the line, and its cells.
_NO_ROW: Final[tuple[int, list[str]]] = (0, [])
#: Rows of the archive that hold no rates.
_LEGEND: Final = {"", "kod iso", "nazwa waluty", "liczba jednostek"}


class Fault(StrEnum):
    """Why a file is not taken; `budgets.wording.rates_refused` says it."""

    NO_RATES = "no rates"
    NO_CODE = "no code"
    NO_NUMBER = "no number"
    TWO_NUMBERS = "two numbers"
    CUT_SHORT = "cut short"
    OUT_OF_BOUNDS = "out of bounds"
    NO_DAY = "no day"
    TWO_DAYS = "two days"
    FAR_DAY = "far day"
    OTHER_TABLE = "other table"
    JSON = "json"
    XML = "xml"
    COLUMNS = "columns"
    COLUMN_TWICE = "column twice"
    RATE_TWICE = "rate twice"
    ERROR_CELL = "error cell"
    FORMAT = "format"


_NUMBERS: Final = {Why.AMBIGUOUS: Fault.TWO_NUMBERS, Why.SCIENTIFIC: Fault.CUT_SHORT}


class NotRates(Exception):
    """A file is no table of rates, or one of its rates is none; `text`, `code` and `line` say which."""

    def __init__(self, fault: Fault, text: object = "", *, code: str = "", line: int = 0) -> None:
        super().__init__(fault, text, code, line)
        self.fault = fault
        self.text = str(text)
        self.code = code
        self.line = line


def read(content: bytes) -> list[DayRate]:
    """Return the rates of every table in a file. Raises NotRates for what is no table A, and for a rate that is none.

    A rate is PLN for one of the currency. One row a rate has no number of the bank's table; its source is the bank.
    A currency that has two rates on one day is refused too: nobody knows which of them is meant.
    """
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    read_as = _json if begins in (b"[", b"{") else _xml if begins == b"<" else _table
    found = list(read_as(content))
    if not found:
        raise NotRates(Fault.NO_RATES)
    known: dict[tuple[str, date], Decimal] = {}
    for one in found:
        if known.setdefault((one.currency, one.day), one.rate) != one.rate:
            raise NotRates(Fault.RATE_TWICE, one.day, code=one.currency)
    return found


def _rate(
    *, code: str | None, day: date, mid: str | Decimal | None, per: str | None = "1", table: str, grouped: bool = False
) -> DayRate:
    code = (code or "").strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise NotRates(Fault.NO_CODE, code)
    try:
        # The bank's own files never mark thousands; a table somebody made may.
        rate = typed.number(mid if isinstance(mid, str) else str(mid), grouped=grouped) / typed.number(per or "1")
    except Unreadable as error:
        raise NotRates(_NUMBERS.get(error.why, Fault.NO_NUMBER), mid, code=code) from None
    except ZeroDivisionError:
        raise NotRates(Fault.NO_NUMBER, mid, code=code) from None
    if not rate.is_finite() or not 0 < rate < _MOST or (code == HOME and rate != 1):
        raise NotRates(Fault.OUT_OF_BOUNDS, mid, code=code)
    source = f"NBP {table}".strip()[:60]
    return DayRate(currency=code, day=day, rate=rate.quantize(Decimal("0.00000001")), source=source)


def _day(text: object) -> date:
    try:
        found = typed.day(text if isinstance(text, str) else str(text))
    except Unreadable as error:
        raise NotRates(Fault.TWO_DAYS if error.why is Why.AMBIGUOUS else Fault.NO_DAY, text) from None
    if not is_sensible(found):
        raise NotRates(Fault.FAR_DAY, text)
    return found


def _require_table_a(letter: object) -> None:
    if str(letter).strip().upper() != "A":
        raise NotRates(Fault.OTHER_TABLE, letter)


def _json(content: bytes) -> Iterator[DayRate]:
    try:
        tables = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
        for table in tables if isinstance(tables, list) else [tables]:
            yield from _json_table(table)
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotRates(Fault.JSON) from None


def _json_table(table: dict[str, Any]) -> Iterator[DayRate]:
    _require_table_a(table["table"])
    day = _day(table["effectiveDate"])
    for row in table["rates"]:
        yield _rate(code=row["code"], day=day, mid=row["mid"], table=table["no"])


def _xml(content: bytes) -> Iterator[DayRate]:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        raise NotRates(Fault.XML) from None
    if root.tag == "tabela_kursow":
        yield from _older(root)
        return
    for table in [root] if root.tag == "ExchangeRatesTable" else root.findall("ExchangeRatesTable"):
        _require_table_a(table.findtext("Table"))
        day, number = _day(table.findtext("EffectiveDate")), table.findtext("No", "")
        for row in table.iterfind("Rates/Rate"):
            yield _rate(code=row.findtext("Code"), day=day, mid=row.findtext("Mid"), table=number)


def _older(root: Element) -> Iterator[DayRate]:
    _require_table_a(root.get("typ"))
    day, number = _day(root.findtext("data_publikacji")), root.findtext("numer_tabeli", "")
    for row in root.iterfind("pozycja"):
        yield _rate(
            code=row.findtext("kod_waluty"),
            day=day,
            mid=row.findtext("kurs_sredni"),
            per=row.findtext("przelicznik"),
            table=number,
        )


def _table(content: bytes) -> Iterator[DayRate]:
    """Read a CSV or XLSX: one rate a row, or the bank's archive with a day a row and a currency a column."""
    try:
        rows = next(tables(content)).rows
        header = [typed.same(cell) for cell in next(rows, _NO_ROW)[1]]
        places = {name: at for name, words in _HEADINGS.items() for at, cell in enumerate(header) if cell in words}
        archive = {at: found for at, cell in enumerate(header) if (found := _OF_ARCHIVE.fullmatch(cell))}
        if not archive and not {"currency", "day", "rate"} <= places.keys():
            raise NotRates(Fault.COLUMNS)
        if len({cell for cell in header if cell}) < len([cell for cell in header if cell]):
            raise NotRates(Fault.COLUMN_TWICE)
        for line, cells in rows:
            yield from _row(line, cells, places, archive)
    except Unusable:
        raise NotRates(Fault.FORMAT) from None


def _row(line: int, cells: list[str], places: dict[str, int], archive: dict[int, re.Match[str]]) -> Iterator[DayRate]:
    def cell(at: int | None) -> str:
        return cells[at] if at is not None and at < len(cells) else ""

    if bad := next((text for text in cells if is_error(text)), None):
        raise NotRates(Fault.ERROR_CELL, bad, line=line)
    table = cell(places.get("table"))
    if archive:
        if typed.same(cell(0)) in _LEGEND:
            return
        for at, heading in archive.items():
            per, code = heading.groups()
            yield _rate(code=code, day=_day(cell(0)), mid=cell(at), per=per, table=table, grouped=True)
        return
    found = {name: cell(places.get(name)) for name in ("currency", "day", "rate", "per")}
    yield _rate(
        code=found["currency"],
        day=_day(found["day"]),
        mid=found["rate"],
        per=found["per"] or "1",
        table=table,
        grouped=True,
    )
