"""Reading table A of the National Bank of Poland: mid rates in PLN, as JSON or XML, from its API or its older files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from akcept.budgets.conversion import DayRate
from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid

_MOST: Final = Decimal("999999999")


def read(content: bytes) -> list[DayRate]:
    """Return the rates of every table in a file. Raises Invalid for what is no table A, and for a rate that is none."""
    found = list(_json(content) if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")) else _xml(content))
    if not found:
        raise Invalid("there is no rate in it")
    return found


def _rate(*, code: str | None, day: date, mid: str | Decimal | None, per: str | None = "1", table: str) -> DayRate:
    code = (code or "").strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Invalid(f"{code or 'nothing'} is no currency's code")
    try:
        rate = Decimal(str(mid).strip().replace(",", ".")) / Decimal((per or "1").strip())
    except (InvalidOperation, ZeroDivisionError):
        raise Invalid(f"the rate of {code} is no number: {mid}") from None
    if not rate.is_finite() or not 0 < rate < _MOST:
        raise Invalid(f"the rate of {code} cannot be: {mid}")
    return DayRate(currency=code, day=day, rate=rate.quantize(Decimal("0.00000001")), source=f"NBP {table}"[:60])


def _day(text: object) -> date:
    try:
        found = date.fromisoformat(str(text).strip())
    except ValueError:
        raise Invalid(f"{text} is no day") from None
    if not is_sensible(found):
        raise Invalid(f"{text} is too far away: a day between {YEARS['first']} and {YEARS['last']} is expected")
    return found


def _require_table_a(letter: object) -> None:
    if str(letter).strip().upper() != "A":
        raise Invalid(f"this is table {letter}; mid rates are in table A")


def _json(content: bytes) -> Iterator[DayRate]:
    try:
        tables = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
        for table in tables if isinstance(tables, list) else [tables]:
            yield from _json_table(table)
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(f"this is no table of rates: {error!r}") from None


def _json_table(table: dict[str, Any]) -> Iterator[DayRate]:
    _require_table_a(table["table"])
    day = _day(table["effectiveDate"])
    for row in table["rates"]:
        yield _rate(code=row["code"], day=day, mid=row["mid"], table=table["no"])


def _xml(content: bytes) -> Iterator[DayRate]:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Invalid(f"this is no table of rates: {error!r}") from None
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
