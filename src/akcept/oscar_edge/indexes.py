"""Indexes that long lists of Oscar's tables need: a page is then read from where it begins, however long the list is.

Made after every migration and by name, as the triggers are: Oscar's migrations are its own, and a shop may have forked
its apps. Making one on a large table takes seconds, in which nobody writes to it.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections
from oscar.core.loading import get_model

from akcept.approvals.models import Case
from akcept.oscar_edge.kept import Kept

#: Name, model, columns. What is public, or is no variant, is most of a catalogue.
_INDEXES: Final = (
    ("akcept_order_recent", ("order", "Order"), "date_placed, id"),
    ("akcept_order_by_status", ("order", "Order"), "status, date_placed, id"),
    ("akcept_line_code", ("order", "Line"), "partner_sku, order_id"),
    ("akcept_line_ean", ("order", "Line"), "upc, order_id"),
    ("akcept_product_title", ("catalogue", "Product"), "title, id"),
    ("akcept_product_updated", ("catalogue", "Product"), "date_updated, id"),
)


def install(using: str = "default", **_kwargs: Any) -> None:
    """Create those whose tables are there; drop all where Akcept's own tables are gone."""
    connection = connections[using]
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if Case._meta.db_table not in there:
            take_away(using)
            return
        for name, model, columns in _INDEXES:
            table = get_model(*model)._meta.db_table
            if table in there:
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {quoted(table)} ({columns})")


def take_away(using: str = "default") -> None:
    """Drop them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, _model, _columns in _INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def missing(using: str) -> list[str]:
    """Return those that should be there and are not; none before the tables are."""
    connection = connections[using]
    inspects = connection.introspection
    with connection.cursor() as cursor:
        there = set(inspects.table_names(cursor))
        if Case._meta.db_table not in there:
            return []
        wanted = [(name, get_model(*model)._meta.db_table) for name, model, _columns in _INDEXES]
        found = {table: inspects.get_constraints(cursor, table) for table in {table for _name, table in wanted} & there}
    return [name for name, table in wanted if table in found and name not in found[table]]


KEPT: Final = Kept(install=install, missing=missing)
