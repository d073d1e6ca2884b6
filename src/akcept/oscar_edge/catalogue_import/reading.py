"""Reading a catalogue file (pure): rows in, products or troubles with line numbers out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from stdnum import ean as _ean
from stdnum.exceptions import ValidationError

from akcept.kernel.tables import delimiter_of

COLUMNS: Final = {
    "sku": "the product's code, unique in the file",
    "name": "the name customers see",
    "ean": "EAN-8 or EAN-13 with a right check digit, no other product's, or empty",
    "net_price": "net price of one unit of sale, 0.01 or more, point or comma",
    "vat": "VAT rate in per cent: 23, 8 or 5",
    "stock": "whole number of units in stock",
    "unit": "unit of sale such as szt., karton, opak. (may be empty)",
    "category": "path of names, such as Biuro > Papier > Papier ksero",
    "description": "text (may be empty)",
    "picture": "path of a picture that is in the media folder (may be empty)",
}
REQUIRED: Final = ("sku", "name", "net_price", "vat", "stock", "category")
VAT_RATES: Final = (23, 8, 5)
_DEEPEST: Final = 20
_LONGEST_CATEGORY: Final = 255
_MAX_PRICE: Final = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as read; `net_price` in the shop's currency without VAT, `vat` in per cent."""

    line: int
    sku: str
    name: str
    ean: str
    net_price: Decimal
    vat: int
    stock: int
    unit: str
    category: tuple[str, ...]
    description: str
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a row cannot be taken; `line` is the line in the file, the header being 1."""

    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """What came of a file: with any trouble nothing of it may be imported."""

    rows: list[ProductRow] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def read(text: str) -> Reading:
    """Read a whole file, comma or semicolon separated."""
    reading = Reading()
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        _read(reader, reading)
    except csv.Error as error:
        reading.troubles.append(Trouble(line=reader.line_num + 1, reason=f"this is no CSV: {error}"))
    return reading


def _read(reader: csv.DictReader[str], reading: Reading) -> None:
    names = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        reading.troubles.append(Trouble(line=1, reason=f"the header lacks: {', '.join(missing)}"))
        return
    reader.fieldnames = names
    seen: dict[tuple[str, str], int] = {}
    for cells in reader:
        line = reader.line_num
        reasons = [*_reasons(cells), *_repeated(cells, seen, line)]
        if reasons:
            reading.troubles += [Trouble(line=line, reason=reason) for reason in reasons]
        else:
            reading.rows.append(_row(cells, line))
    if not reading.rows and not reading.troubles:
        reading.troubles.append(Trouble(line=1, reason="there is no product below the header"))


def _cell(cells: dict[str, str | None], name: str) -> str:
    return (cells.get(name) or "").strip()


def number(text: str) -> Decimal | None:
    """Return a number typed with a point or a comma and blanks between thousands, None for anything else."""
    compact = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".")
    try:
        value = Decimal(compact)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _repeated(cells: dict[str, str | None], seen: dict[tuple[str, str], int], line: int) -> Iterator[str]:
    """Yield what another row has already; `seen` remembers the line of each code and EAN."""
    for name in ("sku", "ean"):
        value = _cell(cells, name)
        if value and (before := seen.setdefault((name, value), line)) != line:
            yield f"{name} {value} stands already in line {before}"
            return


def _reasons(cells: dict[str, str | None]) -> Iterator[str]:
    if None in cells:
        yield "there are more cells than columns"
    if any("\0" in _cell(cells, name) for name in COLUMNS):
        yield "a cell has a NUL character in it: this is no text file"
    for name in REQUIRED:
        if not _cell(cells, name):
            yield f"{name} is missing"
    yield from _figures(cells)
    path = _category(cells)
    if _cell(cells, "category") and not path:
        yield "category has no name in it"
    if len(path) > _DEEPEST or any(len(part) > _LONGEST_CATEGORY for part in path):
        yield f"category is deeper than {_DEEPEST} levels, or a name in it longer than {_LONGEST_CATEGORY} characters"
    for name, limit in (("sku", 128), ("name", 255), ("unit", 40), ("picture", 255)):
        if len(_cell(cells, name)) > limit:
            yield f"{name} is longer than {limit} characters"
    if (code := _cell(cells, "ean")) and not _is_ean(code):
        yield f"ean {code} is not an EAN-8 or EAN-13, or its check digit is wrong"


def _figures(cells: dict[str, str | None]) -> Iterator[str]:
    if typed := _cell(cells, "net_price"):
        price = number(typed)
        if price is None:
            yield f"net_price {typed} is not a number"
        elif price < Decimal("0.01") or price > _MAX_PRICE:
            yield f"net_price {typed} is not between 0.01 and {_MAX_PRICE}"
        elif price != price.quantize(Decimal("0.01")):
            yield f"net_price {typed} has more than two decimal places"
    if typed := _cell(cells, "vat"):
        rate = number(typed.rstrip("%"))
        if rate is None or rate not in VAT_RATES:
            yield f"vat {typed} is not one of {', '.join(map(str, VAT_RATES))}"
    if typed := _cell(cells, "stock"):
        stock = number(typed)
        if stock is None or stock != int(stock) or not 0 <= stock <= 2_000_000_000:
            yield f"stock {typed} is not a whole number of 0 or more"


def _is_ean(code: str) -> bool:
    try:
        _ean.validate(code)
    except ValidationError:
        return False
    return True


def _row(cells: dict[str, str | None], line: int) -> ProductRow:
    price, rate, stock = (number(_cell(cells, name).rstrip("%")) for name in ("net_price", "vat", "stock"))
    assert price is not None and rate is not None and stock is not None  # noqa: S101, PT018  checked by _figures
    return ProductRow(
        line=line,
        sku=_cell(cells, "sku"),
        name=_cell(cells, "name"),
        ean=_cell(cells, "ean"),
        net_price=price,
        vat=int(rate),
        stock=int(stock),
        unit=_cell(cells, "unit"),
        category=_category(cells),
        description=_cell(cells, "description"),
        picture=_cell(cells, "picture"),
    )


def _category(cells: dict[str, str | None]) -> tuple[str, ...]:
    return tuple(part.strip() for part in _cell(cells, "category").split(">") if part.strip())


def batches(rows: list[ProductRow], size: int) -> Iterable[list[ProductRow]]:
    """Yield the rows in blocks."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
