"""Reads a pasted or typed list of products: one a line, a code or an EAN, then how many. Pure; no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: More lines than this are refused; a longer list is several orders.
LINES_LIMIT: Final = 500
#: More characters than this are no list of products.
TEXT_LIMIT: Final = 50_000
#: More of one product than this is a slip of the fingers.
QUANTITY_LIMIT: Final = 100_000

_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_COLUMNS: Final = re.compile(r"[\t;]")


class Fault(StrEnum):
    """What is wrong with a line as it was typed."""

    QUANTITY = "quantity"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """One line of the list; `number` counts from 1 as the person sees it. `quantity` is 0 where there is a fault."""

    number: int
    code: str
    quantity: int
    fault: Fault | None = None


def read(text: str) -> list[TypedLine]:
    """Return the lines that are not blank.

    Columns as a spreadsheet pastes them (tabs) or exports them (semicolons) may be followed by others, which are not
    looked at; else the last word is the quantity when it is a number. A line without a quantity wants one piece.
    """
    return [_line(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;")]


def _line(number: int, line: str) -> TypedLine:
    code, typed = _parts(line.strip())
    if not typed:
        return TypedLine(number=number, code=code, quantity=1)
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) == 0:
        return TypedLine(number=number, code=code, quantity=0, fault=Fault.QUANTITY)
    if len(typed.lstrip("0")) > 6 or int(typed) > QUANTITY_LIMIT:
        return TypedLine(number=number, code=code, quantity=0, fault=Fault.TOO_MANY)
    return TypedLine(number=number, code=code, quantity=int(typed))


def _parts(line: str) -> tuple[str, str]:
    columns = [column.strip() for column in _COLUMNS.split(line)]
    if len(columns) > 1:
        return columns[0], columns[1]
    first, _, last = line.rpartition(" ")
    if first and _NUMBER.fullmatch(last):
        return first.strip(), last
    return line, ""
