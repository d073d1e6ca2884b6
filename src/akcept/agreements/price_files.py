"""Prices of a list from a table: what the file says is changed, what it does not say stays, and one bad row is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _

from akcept.agreements.inputs import GoodsInput, PriceInput
from akcept.kernel import typed
from akcept.kernel.errors import Invalid
from akcept.kernel.spreadsheets import LARGE
from akcept.organizations import figures
from akcept.organizations.bulk import sheets

MOST_ROWS: Final = 50_000
COLUMNS: Final = {
    "sku": "the product's code or EAN",
    "net_price": "net price of one piece in the list's currency, 0 or more, up to eight decimal places",
    "per_cent": "instead of it: per cent off what the list is based on, below 0 is dearer",
    "from": "from so many pieces on, 1 where it does not say",
    "starts": "first day, such as 2027-01-31",
    "ends": "last day",
}
_HEADINGS: Final = {
    "sku": ("Code", "Kod"),
    "net_price": ("Net price", "Cena netto"),
    "per_cent": ("Per cent off", "Procent rabatu"),
    "from": ("From pieces", "Od ilu sztuk"),
    "starts": ("First day", "Pierwszy dzień"),
    "ends": ("Last day", "Ostatni dzień"),
}
_SHEET: Final = sheets.columns_of(COLUMNS, _HEADINGS, required=("sku",), clearable=("ends",))
#: What a row of a list is the only one for: product, quantity and first day.
Key = tuple[int | None, int, date | None]


class Found(Protocol):
    """A product of the shop, by its id."""

    @property
    def id(self) -> int:
        """Return its id."""


#: Finds products by their codes; unknown ones are missing.
Finding = Callable[[Sequence[str]], Mapping[str, Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A row as read. None is what the file does not say; of `ends` empty text is what it says to clear."""

    line: int
    code: str
    net: Decimal | None = None
    per_cent: Decimal | None = None
    least: int = 1
    starts: date | None = None
    ends: date | str | None = None


@dataclass(slots=True)
class Reading:
    """What came of a file: with any trouble (line, why) nothing of it may be imported."""

    rows: list[tuple[PriceRow, int]] = field(default_factory=list)
    troubles: list[tuple[int, str]] = field(default_factory=list)


def read(content: bytes, *, find: Finding) -> Reading:
    """Read a whole file, CSV or XLSX, as `organizations.bulk.sheets.read_table`, and find its products."""
    reading = Reading()
    try:
        sheet = sheets.read_table(content, columns=_SHEET, bounds=LARGE, most_rows=MOST_ROWS)
    except Invalid as refusal:
        reading.troubles.append((sheets.line_of(refusal), str(refusal)))
        return reading
    rows = [row for each in sheet.rows if (row := _row(each, reading)) is not None]
    known = find([row.code for row in rows])
    seen: dict[Key, int] = {}
    for row in rows:
        product = known.get(row.code)
        if product is None:
            reading.troubles.append((row.line, _("there is no product %(code)s") % {"code": row.code}))
            continue
        key = (product.id, row.least, row.starts)
        if (before := seen.setdefault(key, row.line)) != row.line:
            text = _("%(code)s from %(least)d pieces with this first day stands already in line %(line)d")
            reading.troubles.append((row.line, text % {"code": row.code, "least": row.least, "line": before}))
        reading.rows.append((row, product.id))
    return reading


def _row(row: sheets.Row, reading: Reading) -> PriceRow | None:
    from akcept.agreements import checks  # a shop without the room has the command all the same

    cells = sheets.Cells(row, _SHEET)
    found = PriceRow(
        line=row.line,
        code=cells.read("sku", figures.code) or "",
        net=cells.read("net_price", figures.amount, checks.net),
        per_cent=cells.read("per_cent", lambda text: figures.amount(text, units="%"), checks.per_cent),
        least=cells.read("from", figures.whole, lambda number: checks.pieces(number, field="from")) or 1,
        starts=cells.read("starts", figures.day),
        ends=cells.read("ends", figures.day),
    )
    if not cells.reasons and not found.code:
        cells.reasons.append(_("the code is missing"))
    if found.net is not None and found.per_cent is not None:
        cells.reasons.append(_("there is a net price and per cent; a row has one of them"))
    reading.troubles += [(row.line, reason) for reason in cells.reasons]
    return found if not cells.reasons else None


def merged(price_list_id: int, rows: list[tuple[PriceRow, int]]) -> tuple[list[PriceInput], list[tuple[int, str]]]:
    """Return all prices of a list as they are with a file's rows in them, and what stands in the way (line, why).

    One statement. A row whose product, quantity and first day the list has changes that one; what its cells do not say
    stays. Others join the list, and need a net price or per cent.
    """
    from akcept.agreements.models import ListedPrice  # a shop without the room has the command all the same

    found: dict[tuple[Any, ...], PriceInput] = {}
    for old in ListedPrice.objects.filter(price_list_id=price_list_id).order_by("pk"):
        goods = GoodsInput(product_id=old.product_id, category_id=old.category_id)
        found[(goods, old.least, old.starts)] = PriceInput(
            goods=goods, least=old.least, net=old.net, per_cent=old.per_cent, starts=old.starts, ends=old.ends
        )
    troubles = []
    for row, product_id in rows:
        key = (GoodsInput(product_id=product_id), row.least, row.starts)
        before = found.get(key)
        if before is None and row.net is None and row.per_cent is None:
            text = _("%(code)s is not in the list yet: a net price or per cent off is missing")
            troubles.append((row.line, text % {"code": row.code}))
            continue
        says = row.net is not None or row.per_cent is not None
        found[key] = PriceInput(
            goods=key[0],
            least=row.least,
            net=row.net if says or before is None else before.net,
            per_cent=row.per_cent if says or before is None else before.per_cent,
            starts=row.starts,
            ends=_ends(row, before),
        )
    return list(found.values()), troubles


def _ends(row: PriceRow, before: Any) -> date | None:
    if isinstance(row.ends, date):
        return row.ends
    return before.ends if row.ends is None and before is not None else None


def as_text(rows: list[tuple[PriceRow, int]]) -> str:
    """Return rows that were read as text that says the same when it is read again."""
    cells = [
        (
            row.code,
            "" if row.net is None else typed.unmistakable(row.net),
            "" if row.per_cent is None else typed.unmistakable(row.per_cent),
            str(row.least),
            row.starts.isoformat() if row.starts else "",
            "-" if row.ends == "" else str(row.ends or ""),
        )
        for row, _product_id in rows
    ]
    return "\n".join(";".join(each) for each in [tuple(COLUMNS), *cells])


def written(
    price_list_id: int,
    *,
    skus: Callable[[Collection[int]], Mapping[int, str]],
    language: str,
    file_format: str = "csv",
) -> bytes:
    """Return the prices of a list's products as a file that `read` takes back; rows of categories are left out."""
    from akcept.agreements.models import ListedPrice

    rows = list(ListedPrice.objects.filter(price_list=price_list_id, product__isnull=False).order_by("pk"))
    codes = skus({row.product_id for row in rows if row.product_id is not None})
    cells = [
        (
            codes.get(row.product_id or 0, ""),
            "" if row.net is None else row.net,
            "" if row.per_cent is None else row.per_cent,
            row.least,
            row.starts or "",
            row.ends or "",
        )
        for row in rows
    ]
    return sheets.written_table(cells, columns=_SHEET, title=_("Prices"), file_format=file_format, language=language)
