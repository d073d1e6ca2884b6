"""Reading a catalogue file: rows in, products or troubles with line numbers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.kernel.spreadsheets import LARGE
from akcept.kernel.typed import article, same
from akcept.organizations import figures, wording
from akcept.organizations.bulk import sheets

COLUMNS: Final = {
    "sku": "the product's code, unique in the file",
    "name": "the name customers see",
    "ean": "EAN-8, EAN-13, UPC or GTIN-14 with a right check digit, no other product's, spaced or not",
    "net_price": "net price of one unit of sale, 0.01 or more, point or comma",
    "vat": "VAT rate in per cent: 23, 8 or 5",
    "stock": "whole number of units in stock",
    "unit": "unit of sale such as szt., karton, opak.",
    "category": "path of names, such as Biuro > Papier > Papier ksero",
    "description": "text",
    "picture": "path of a picture that is in the media folder",
    "expected": "day from which there is more, shown once nothing is left",
    "ended": "yes where nothing more comes, else no",
    "successor": "code or EAN of the product that takes its place once nothing is left",
}
#: What a product that is not there yet needs; of one that is there, the `sku` alone.
REQUIRED: Final = ("sku", "name", "net_price", "vat", "stock", "category")
#: What the word that clears takes away.
CLEARABLE: Final = ("ean", "unit", "description", "expected", "ended", "successor")
VAT_RATES: Final = (23, 8, 5)
MOST_ROWS: Final = 200_000
_HEADINGS: Final = {
    "sku": ("Code", "Kod"),
    "name": ("Name", "Nazwa"),
    "ean": ("EAN", "GTIN"),
    "net_price": ("Net price", "Cena netto"),
    "vat": ("VAT", "Stawka VAT"),
    "stock": ("Stock", "Stan"),
    "unit": ("Unit", "Jednostka"),
    "category": ("Category", "Kategoria"),
    "description": ("Description", "Opis"),
    "picture": ("Picture", "Zdjęcie"),
    "expected": ("Expected", "Dostawa"),
    "ended": ("Ended", "Wycofany"),
    "successor": ("Successor", "Następca"),
}
_SHEET: Final = sheets.columns_of(COLUMNS, _HEADINGS, required=("sku",), clearable=CLEARABLE)
_YES: Final = ("yes", "tak", "true", "1")
_NO: Final = ("no", "nie", "false", "0")
_DEEPEST: Final = 20
_LONGEST_CATEGORY: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as read; `net_price` in the shop's currency without VAT, `vat` in per cent.

    None is what the file does not say: it stays as it is. Empty text is what it says to clear. `successor` is the code
    of the product that takes its place.
    """

    line: int
    sku: str
    name: str | None = None
    ean: str | None = None
    net_price: Decimal | None = None
    vat: int | None = None
    stock: int | None = None
    unit: str | None = None
    category: tuple[str, ...] | None = None
    description: str | None = None
    picture: str | None = None
    expected: date | Literal[""] | None = None
    ended: bool | None = None
    successor: str | None = None

    @property
    def says_outlook(self) -> bool:
        """Whether it says anything of what can be had once nothing is left."""
        return (self.expected, self.ended, self.successor) != (None, None, None)

    @property
    def lacks(self) -> list[str]:
        """What a new product would need and the file does not say."""
        return [name for name in REQUIRED if getattr(self, name) is None]


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


def read(content: bytes) -> Reading:
    """Read a whole file, CSV or XLSX, as `organizations.bulk.sheets.read_table`."""
    reading = Reading()
    try:
        sheet = sheets.read_table(content, columns=_SHEET, bounds=LARGE, most_rows=MOST_ROWS)
    except Invalid as refusal:
        reading.troubles.append(Trouble(line=sheets.line_of(refusal), reason=str(refusal)))
        return reading
    seen: dict[tuple[str, str], int] = {}
    for row in sheet.rows:
        cells = sheets.Cells(row, _SHEET)
        product = _product(cells, row.line)
        reasons = [*cells.reasons, *_repeated(product, seen, cells)]
        reading.troubles += [Trouble(line=row.line, reason=reason) for reason in reasons]
        if not reasons:
            reading.rows.append(product)
    return reading


def _repeated(row: ProductRow, seen: dict[tuple[str, str], int], cells: sheets.Cells) -> Iterator[str]:
    """Yield what another row has already; `seen` remembers the line of each code and article."""
    for name, value, key in (("sku", row.sku, row.sku), ("ean", row.ean or "", article(row.ean or ""))):
        if value and (before := seen.setdefault((name, key), row.line)) != row.line:
            words = {"column": cells.heading(name), "value": value, "line": before}
            yield _("%(column)s %(value)s is already in line %(line)d") % words
            return


def _product(cells: sheets.Cells, line: int) -> ProductRow:
    """Return the product a row wants; useless when there are reasons."""
    sku = cells.read("sku", _up_to(128, figures.code)) or ""
    if not sku and not cells.broken:
        cells.reasons.append(_("%(column)s is missing") % {"column": cells.heading("sku")})
    return ProductRow(
        line=line,
        sku=sku,
        name=cells.read("name", _up_to(255)),
        ean=cells.read("ean", figures.gtin),
        net_price=cells.read("net_price", _price),
        vat=cells.read("vat", _vat),
        stock=cells.read("stock", _stock),
        unit=cells.read("unit", _up_to(40)),
        category=cells.read("category", _category),
        description=cells.read("description", str),
        picture=cells.read("picture", _up_to(255)),
        expected=cells.read("expected", _near_day),
        ended=_flag(cells.read("ended", _yes_or_no)),
        successor=cells.read("successor", _up_to(128, figures.code)),
    )


def _up_to(length: int, read: Callable[[str], str] = str) -> Callable[[str], str]:
    """Return how a cell is read that holds no longer text."""

    def bounded(cell: str) -> str:
        if len(cell) > length:
            raise Invalid(_("This may have up to %(limit)d characters.") % {"limit": length})
        return read(cell)

    return bounded


def _price(cell: str) -> Decimal:
    price = figures.amount(cell, units=("zł",))
    if not Decimal("0.01") <= price <= AMOUNT_LIMIT:
        raise Invalid(_("“%(text)s” is not an amount from %(least)s to %(most)s.") % _bounds(cell))
    if price != round(price, 2):
        raise Invalid(_("“%(text)s” has more than two decimal places.") % {"text": cell})
    return round(price, 2)


def _bounds(cell: str) -> dict[str, str]:
    return {"text": cell, "least": wording.figure(Decimal("0.01")), "most": wording.figure(AMOUNT_LIMIT)}


def _vat(cell: str) -> int:
    rate = figures.amount(cell, units="%")
    if rate not in VAT_RATES:
        raise Invalid(
            _("“%(text)s” is not one of %(rates)s.") % {"text": cell, "rates": ", ".join(map(str, VAT_RATES))}
        )
    return int(rate)


def _stock(cell: str) -> int:
    stock = figures.whole(cell)
    if not 0 <= stock <= 2_000_000_000:
        raise Invalid(_("“%(text)s” is not a whole number of 0 or more.") % {"text": cell})
    return stock


def _near_day(cell: str) -> date | Literal[""]:
    found = figures.day(cell)
    if not is_sensible(found):
        raise Invalid(_("Enter a day between %(first)d and %(last)d.") % YEARS)
    return found


def _yes_or_no(cell: str) -> bool | Literal[""]:
    said = same(cell)
    if said not in (*_YES, *_NO):
        raise Invalid(_("“%(text)s” is neither yes nor no.") % {"text": cell})
    return said in _YES


def _flag(said: bool | Literal[""] | None) -> bool | None:
    """Return what a cell says; what clears is a no."""
    return said if said is None else bool(said)


def _category(cell: str) -> tuple[str, ...]:
    path = tuple(part.strip() for part in cell.split(">") if part.strip())
    if not path:
        raise Invalid(_("There is no name in it."))
    if len(path) > _DEEPEST or any(len(part) > _LONGEST_CATEGORY for part in path):
        told = _("It has more than %(levels)d levels, or a name longer than %(most)d characters.")
        raise Invalid(told % {"levels": _DEEPEST, "most": _LONGEST_CATEGORY})
    return path


def batches(rows: list[Any], size: int) -> Iterable[list[Any]]:
    """Yield the rows in blocks."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
