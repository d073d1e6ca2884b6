"""Reads a pasted or typed list of products: one a line, a code or an EAN, then how many. Pure; no Django."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from akcept.kernel import typed
from akcept.kernel.tables import unwrapped
from akcept.kernel.typed import Unreadable, Why
from akcept.ordering.ports import MOST_PIECES

#: More lines than this are refused; a longer list is several orders.
LINES_LIMIT: Final = 500
#: More characters than this are no list of products.
TEXT_LIMIT: Final = 50_000

#: A longer line is read as columns or as one code only.
_LONGEST_LINE: Final = 500
_UNIT: Final = r"(?:szt|sztuk|sztuki|pcs|pc|pieces|op|opak|kpl|x|×)\.?"
_TIMES: Final = r"(?:[x×]\s?)?"
#: At the end of a line in one column: 10, 2,00, x2, 2x, 10 szt.
_LAST: Final = re.compile(
    rf"(?P<code>.*?\S)\s+(?P<quantity>{_TIMES}[+-]?[0-9]+(?:[.,][0-9]+)*(?:\s?{_UNIT})?)", re.IGNORECASE
)
#: The same with blanks between thousands: 1 000, 12 500.
_GROUPED: Final = re.compile(
    rf"(?P<code>.*?\S)\s+(?P<quantity>{_TIMES}[1-9][0-9]{{0,2}}(?: [0-9]{{3}})+(?:\s?{_UNIT})?)", re.IGNORECASE
)
_BARE: Final = re.compile(rf"[x×]?\s*(?P<number>[^a-z×]*?)\s*(?:{_UNIT})?", re.IGNORECASE)
_DELIMITERS: Final = "\t;|"
_EANS: Final = frozenset({12, 13, 14})

_CODES: Final = frozenset(
    """
    code|sku|ean|gtin|index|item|product|symbol|product code|item code
    kod|indeks|towar|produkt|artykuł|kod produktu|kod towaru|kod ean|symbol towaru|numer katalogowy
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}
_QUANTITIES: Final = frozenset(
    """
    quantity|qty|pieces|pcs|amount|count|how many
    ilość|ilosc|liczba|sztuk|sztuki|szt|szt.|ile|liczba sztuk
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}


class Fault(StrEnum):
    """What is wrong with a line as it was typed."""

    QUANTITY = "quantity"
    AMBIGUOUS = "ambiguous"
    TOO_MANY = "too_many"
    CODE = "code"
    SEVERAL = "several"  # several ways to read it name products


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """One line of the list; `number` counts from 1 as the person sees it. `quantity` is 0 where there is a fault.

    `or_else` is another way to read it: "KRZ 12 500" is 12,500 of KRZ or 500 of KRZ 12. Which, the products tell.
    """

    number: int
    code: str
    quantity: int
    fault: Fault | None = None
    or_else: TypedLine | None = field(default=None, compare=False)


def read(text: str) -> list[TypedLine]:
    """Return the lines that are not blank; a line of headings is left out, and says where code and quantity stand.

    Columns as a spreadsheet pastes them (tabs) or exports them (semicolons, commas, quoted or not) may be followed by
    others, which are not looked at; else the last word is the quantity when it is a number, perhaps with "szt." or "x".
    A line without a quantity wants one piece.
    """
    found: list[TypedLine] = []
    places: tuple[int, int] | None = (0, 1)
    is_first = True
    for number, raw in enumerate(text.splitlines(), start=1):
        line = typed.visible(raw.replace("\0", " "))
        if not line.strip(" \t;|,\u00a0\u202f"):
            continue
        if is_first and (headed := _headings(line)):
            places = headed
        else:
            found.append(_line(number, line, places or (0, 1)))
        is_first = False
    return found


def _headings(line: str) -> tuple[int, int] | None:
    """Return where code and quantity stand, of a line that names columns; None for any other."""
    cells = [typed.same(cell) for cell in _cells(line) or _comma_cells(line) or [line]]
    codes = [at for at, cell in enumerate(cells) if cell in _CODES]
    quantities = [at for at, cell in enumerate(cells) if cell in _QUANTITIES]
    if codes and (quantities or len(cells) == 1):
        return codes[0], quantities[0] if quantities else codes[0] + 1
    words = typed.same(line).split()
    is_both = len(words) == 2 and words[0] in _CODES and words[1] in _QUANTITIES
    return (0, 1) if is_both else None


def _line(number: int, line: str, places: tuple[int, int]) -> TypedLine:
    cells = _cells(line)
    if cells is not None:
        code, quantity = (typed.line(cells[at]) if at < len(cells) else "" for at in places)
        return _asked(number, code, quantity)
    line = typed.line(line)
    if len(line) > _LONGEST_LINE:
        head, _blank, last = line.rpartition(" ")
        return _asked(number, head, last) if head and last.isdigit() else _asked(number, line, "")
    if ean := _spaced_ean(number, line):
        return ean
    readings = [
        *(_asked(number, *found.group("code", "quantity")) for found in [_GROUPED.fullmatch(line)] if found),
        *(_asked(number, *found.group("code", "quantity")) for found in [_LAST.fullmatch(line)] if found),
        *_by_commas(number, line, places),
        _asked(number, line, ""),
    ]
    return _chained(readings)


def _chained(readings: list[TypedLine]) -> TypedLine:
    """Return the first reading, the others behind it in order; one that cannot be is no way out."""
    first, *others = readings
    or_else = None
    for other in reversed([one for one in others if one.fault is None]):
        or_else = TypedLine(number=other.number, code=other.code, quantity=other.quantity, or_else=or_else)
    return TypedLine(number=first.number, code=first.code, quantity=first.quantity, fault=first.fault, or_else=or_else)


def _cells(line: str) -> list[str] | None:
    """Return the cells of a line in columns, None for a line without any."""
    mark = next((mark for mark in _DELIMITERS if mark in line), "")
    return _split(line, mark) if mark else None


def _comma_cells(line: str) -> list[str] | None:
    cells = _split(line.strip(), ",") if "," in line else []
    return cells if len(cells) > 1 else None


def _split(line: str, mark: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])]
    except csv.Error:
        return [cell.strip(' "') for cell in line.split(mark)]


def _by_commas(number: int, line: str, places: tuple[int, int]) -> list[TypedLine]:
    """Return what a line says that is written with commas: PAP-A4-80,2."""
    cells = _comma_cells(line)
    if cells is None or max(places) >= len(cells):
        return []
    code, quantity = cells[places[0]], cells[places[1]]
    could_be_thousands = len(cells) > places[1] + 1 and re.fullmatch(r"[0-9]{3}", cells[places[1] + 1])
    if not code or not _BARE.fullmatch(quantity) or not re.search(r"[0-9]", quantity):
        return []
    return [_asked(number, code, f"{quantity},{cells[places[1] + 1]}" if could_be_thousands else quantity)]


def _spaced_ean(number: int, line: str) -> TypedLine | None:
    """Return what a line says that begins with an EAN written in groups: 5 901234 123457."""
    words = line.split(" ")
    for many in range(min(len(words), max(_EANS)), 1, -1):
        digits = "".join(words[:many])
        if digits.isdigit() and len(digits) in _EANS and _is_gtin(digits):
            return _asked(number, digits, " ".join(words[many:]))
    return None


def _is_gtin(digits: str) -> bool:
    try:
        return bool(typed.gtin(digits))
    except Unreadable:
        return False


def _asked(number: int, code: str, quantity: str) -> TypedLine:
    """Return a line with this code and quantity as they were typed; none is one piece."""
    try:
        code = typed.code(unwrapped(code.strip(" ,")).strip('"'))
    except Unreadable:
        return TypedLine(number=number, code=code, quantity=0, fault=Fault.CODE)
    if not quantity.strip():
        return TypedLine(number=number, code=code, quantity=1)
    wanted = _quantity(quantity)
    if isinstance(wanted, Fault):
        return TypedLine(number=number, code=code, quantity=0, fault=wanted)
    return TypedLine(number=number, code=code, quantity=wanted)


def _quantity(text: str) -> int | Fault:
    bare = _BARE.fullmatch(text.strip(' "'))
    number = bare["number"] if bare else text
    if number.lstrip("0").isdigit() and len(number.lstrip("0")) > len(str(MOST_PIECES)):
        return Fault.TOO_MANY
    try:
        wanted = typed.whole(number)
    except Unreadable as error:
        return Fault.AMBIGUOUS if error.why is Why.AMBIGUOUS else Fault.QUANTITY
    if wanted < 1:
        return Fault.QUANTITY
    return wanted if wanted <= MOST_PIECES else Fault.TOO_MANY
