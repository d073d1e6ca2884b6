"""Every way a table or a list gets in, each behind the same few functions: one table of inputs is held against all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from openpyxl import Workbook

from akcept.agreements import price_files
from akcept.budgets import nbp, queries, wording
from akcept.budgets.bulk.columns import COLUMNS, FIGURES
from akcept.kernel.errors import Invalid
from akcept.ordering.ports import ProductRef
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import Kind
from akcept.oscar_edge.basket import reading as pasted
from akcept.oscar_edge.catalogue_import import reading as catalogue
from akcept.panel.agreement_forms import AgreementForm
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.organizations.bulk.sheets_of import preview

#: A cell of each row in turn; its column is filled with what is always right otherwise.
Cells = Sequence[object]


def csv_of(rows: Sequence[Sequence[object]], *, delimiter: str = ";", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def xlsx_of(rows: Sequence[Sequence[object]], *, formats: dict[int, str] | None = None, **sheets_too: Any) -> bytes:
    """Return an XLSX; `formats` are number formats by row of the last column."""
    book, content = Workbook(), io.BytesIO()
    book.active.title = "Table"
    for number, row in enumerate(rows):
        book.active.append(list(row))
        if formats and number in formats:
            book.active.cell(row=number + 1, column=len(row)).number_format = formats[number]
    for title, others in sheets_too.items():
        extra = book.create_sheet(title)
        for row in others:
            extra.append(list(row))
    book.save(content)
    return content.getvalue()


@dataclass(frozen=True, kw_only=True)
class Importer:
    """`read` returns, of a file's content, what became of each row: the value of the last column, or the refusal."""

    name: str
    #: Headings and a whole right row; the cell of a case stands for the one at `column`.
    head: tuple[str, ...]
    row: tuple[object, ...]
    read: Callable[[Cast, bytes, str], list[Any]]
    #: Which of the columns hold what.
    columns: dict[str, str]
    #: The modules of the package that let its tables in: no module reads one that is not named here.
    doors: tuple[str, ...]
    #: Whether it takes a whole file and tells row by row what is wrong with it.
    is_file: bool = True

    def table(self, what: str, cells: Cells) -> list[list[object]]:
        """Return a table with a row for each case, the case's column last."""
        at = self.head.index(self.columns[what])
        rows: list[list[object]] = [[*self.head[:at], *self.head[at + 1 :], self.head[at]]]
        for number, cell in enumerate(cells, start=1):
            row = [value.format(number) if isinstance(value, str) else value for value in self.row]
            rows.append([*row[:at], *row[at + 1 :], cell])
        return rows

    def outcome(self, cast: Cast, content: bytes, what: str) -> list[Any]:
        """Return what came of each row, or the refusal of the whole file."""
        try:
            return self.read(cast, content, self.columns[what])
        except Invalid as refusal:
            return [str(refusal)]


def _units(cast: Cast, content: bytes, column: str) -> list[Any]:
    plan = preview(cast.dora, Kind.UNITS, content).plan
    return [one.errors or getattr(one.wanted, column, one.key) for one in plan.outcomes]


def _members(cast: Cast, content: bytes, column: str) -> list[Any]:
    plan = preview(cast.dora, Kind.MEMBERS, content).plan
    return [one.errors or getattr(one.wanted, column) for one in plan.outcomes]


def _budgets(cast: Cast, content: bytes, column: str) -> list[Any]:
    sheet = sheets.read_table(content, columns=(*COLUMNS, *FIGURES))
    plan = queries.import_plan(cast.dora.actor, sheets.sheet_from(sheet.as_json()))
    return [one.errors or _of_budget(one.wanted, column) for one in plan.outcomes]


def _of_budget(budget: Any, column: str) -> Any:
    return Decimal(budget.amounts[-1][1]) if column == "amount" else getattr(budget, column)


def _products(_cast: Cast, content: bytes, column: str) -> list[Any]:
    found = catalogue.read(content)
    by_line = {row.line: getattr(row, column) for row in found.rows}
    for trouble in found.troubles:
        by_line.setdefault(trouble.line, []).append(trouble.reason)
    return [by_line[line] for line in sorted(by_line)]


#: What a column of prices is called where it was read.
_OF_PRICES = {"sku": "code", "net_price": "net", "from": "least", "starts": "starts"}


def _prices(_cast: Cast, content: bytes, column: str) -> list[Any]:
    """Read prices of a shop that has whatever product is named."""
    ids: dict[str, int] = {}

    def find(codes: Sequence[str]) -> dict[str, ProductRef]:
        return {code: ProductRef(id=ids.setdefault(code, len(ids)), name=code, sku=code) for code in codes}

    found = price_files.read(content, find=find)
    by_line: dict[int, Any] = {row.line: getattr(row, _OF_PRICES[column]) for row, _product_id in found.rows}
    troubles: dict[int, list[str]] = {}
    for line, why in found.troubles:
        troubles.setdefault(line, []).append(why)
    by_line |= troubles
    return [by_line[line] for line in sorted(by_line)]


def _packs(_cast: Cast, content: bytes, column: str) -> list[Any]:
    """Read the box of packs, each row by itself."""
    carts.stock("S-1")
    found: list[Any] = []
    for line in content.decode("utf-8-sig").splitlines()[1:]:
        form = AgreementForm(units=None)
        form.cleaned_data = {"packs": line}
        try:
            found += [getattr(pack, column) for pack in form.clean_packs()]
        except ValidationError as refusal:
            found.append(refusal.messages)
    return found


def _rates(_cast: Cast, content: bytes, column: str) -> list[Any]:
    """Rates are refused whole: each row of the table is read as a file of its own."""
    if content.startswith(b"PK"):
        return [getattr(rate, column) for rate in nbp.read(content)]
    header, *lines = content.decode("utf-8-sig").splitlines()
    found: list[Any] = []
    for line in lines:
        try:
            found += [getattr(rate, column) for rate in nbp.read(f"{header}\n{line}".encode())]
        except nbp.NotRates as refused:
            found.append([wording.rates_refused(refused)])
    return found


def _pasted(_cast: Cast, content: bytes, column: str) -> list[Any]:
    lines = pasted.read(content.decode("utf-8-sig"))
    return [[line.fault.value] if line.fault else getattr(line, column) for line in lines]


PLACE = ("Magazyn", "ul. Nowa 1", "00-001", "Warszawa")
IMPORTERS = [
    Importer(
        name="units",
        head=("code", "name", "parent", "recipient", "line1", "postcode", "city"),
        row=("N{0}", "Oddział {0}", "HQ", *PLACE),
        read=_units,
        columns={"text": "name"},
        doors=("akcept.organizations.actions.importing", "akcept.storefront.organization.views.files"),
    ),
    Importer(
        name="members",
        head=("email", "first_name", "unit"),
        row=("nowa{0}@customer.example", "Ewa", "HQ"),
        read=_members,
        columns={"text": "first_name"},
        doors=("akcept.organizations.actions.importing", "akcept.storefront.organization.views.files"),
    ),
    Importer(
        name="budgets",
        head=("name", "unit", "amount", "starts", "max_orders"),
        row=("Budżet {0}", "HQ", "100", "2026-01-01", "5"),
        read=_budgets,
        columns={"text": "name", "number": "amount", "day": "starts", "whole": "max_orders"},
        doors=("akcept.storefront.budgets.views.files",),
    ),
    Importer(
        name="products",
        head=("sku", "name", "net_price", "vat", "stock", "category", "ean"),
        row=("S-{0}", "Papier", "100", "23", "5", "Biuro", ""),
        read=_products,
        columns={"text": "name", "number": "net_price", "whole": "stock", "code": "sku", "ean": "ean"},
        doors=("akcept.oscar_edge.catalogue_import.reading", "akcept.oscar_edge.management.commands.import_catalogue"),
    ),
    Importer(
        name="rates",
        head=("currency", "day", "rate"),
        row=("EUR", "2026-11-24", "4.2531"),
        read=_rates,
        columns={"number": "rate", "day": "day"},
        doors=("akcept.budgets.nbp", "akcept.console.management.commands.import_rates"),
    ),
    Importer(
        name="quick order",
        head=("code", "quantity"),
        row=("S-{0}", "1"),
        read=_pasted,
        columns={"whole": "quantity", "code": "code"},
        doors=("akcept.oscar_edge.basket.reading", "akcept.oscar_edge.basket.views", "akcept.oscar_edge.counter"),
        is_file=False,
    ),
    Importer(
        name="prices",
        head=("sku", "net_price", "from", "starts", "ends"),
        row=("S-{0}", "100", "1", "2026-01-01", ""),
        read=_prices,
        columns={"text": "sku", "number": "net_price", "whole": "from", "day": "starts", "code": "sku"},
        doors=(
            "akcept.agreements.price_files",
            "akcept.oscar_edge.management.commands.import_prices",
            "akcept.panel.price_changes",
            "akcept.panel.agreement_forms",
        ),
    ),
    Importer(
        name="packs",
        head=("sku", "multiple"),
        row=("S-1", "1"),
        read=_packs,
        columns={"whole": "multiple"},
        doors=("akcept.panel.agreement_forms",),
        is_file=False,
    ),
]


def those_with(*what: str) -> list[Importer]:
    """Return the importers that have these columns."""
    return [one for one in IMPORTERS if all(name in one.columns for name in what)]
