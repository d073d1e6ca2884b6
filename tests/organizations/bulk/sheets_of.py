"""Files as people would make them, and what importing them does."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from akcept.organizations import actions, queries
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.queries.bulk import ImportPreview
from akcept.testing.cast import Person

UNITS = ("code", "name", "parent", "cost_centre", "recipient", "line1", "postcode", "city", "phone")
PLACE = ("Magazyn", "ul. Nowa 1", "00-001", "Warszawa", "")


def csv_file(*rows: tuple[str, ...], delimiter: str = ";") -> bytes:
    """Return a CSV of these rows, the header first."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def xlsx_file(*rows: tuple[object, ...]) -> bytes:
    """Return an XLSX of these rows, the header first."""
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(content)
    return content.getvalue()


def unit_file(*rows: tuple[str, ...]) -> bytes:
    """Return a CSV with units: code, name, parent and perhaps more; empty cells behind them."""
    return csv_file(UNITS, *((*row, *("",) * (len(UNITS) - len(row))) for row in rows))


def new_unit(code: str, name: str, parent: str, cost_centre: str = "") -> tuple[str, ...]:
    """Return a whole row of a unit."""
    return (code, name, parent, cost_centre, *PLACE)


def preview(who: Person, kind: Kind, content: bytes) -> ImportPreview:
    """Upload a file and return its preview."""
    draft = actions.draft_import(actor=who.actor, kind=kind, file_name="plik.csv", content=content)
    return queries.import_preview(who.actor, draft.pk)


def bring_in(who: Person, kind: Kind, content: bytes) -> dict[str, int]:
    """Upload a file, look at its preview and confirm it."""
    seen = preview(who, kind, content)
    return actions.carry_out_import(seen.draft.pk, actor=who.actor, digest=seen.plan.digest)


def errors(seen: ImportPreview) -> dict[int, list[str]]:
    """Return what is wrong, by row."""
    return {one.row.line: one.errors for one in seen.plan.outcomes if one.errors}


def changes(seen: ImportPreview) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what would change, by key and column."""
    found: dict[str, Any] = {}
    for one in seen.plan.outcomes:
        if one.changes:
            found[one.key] = {change.field: (change.before, change.after) for change in one.changes}
    return found
