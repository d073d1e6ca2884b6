"""What tells `akcept.insight` that an order of a month that is over has changed: written by the database itself.

Whoever changes an order, by whatever way, leaves a row in the same transaction. Orders of a month that still runs leave
none, apart from those of its first day: nothing is kept of it yet (`insight.months.SETTLED`), so placing, deciding and
most of the shop's work cost nothing more than a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import connections

from akcept.insight.models import Change
from akcept.ordering.models import Placement
from akcept.oscar_edge import kept
from akcept.oscar_edge.kept import Kept

_CHANGES: Final = Change._meta.db_table
_PLACEMENTS: Final = Placement._meta.db_table
_ORDERS: Final = "order_order"
_LINES: Final = "order_line"
#: The columns of each table that kept figures come from.
_COUNTED: Final = {
    _ORDERS: ("status", "date_placed", "total_incl_tax", "currency"),
    _LINES: ("status", "line_price_excl_tax", "order_id"),
    _PLACEMENTS: ("organization_id", "unit_id", "requester_id", "currency", "placed_at"),
}
_DAY: Final = {_ORDERS: "date_placed", _PLACEMENTS: "placed_at"}
_SETTLED: Final = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', 'start of month', '+1 day')",
    "postgresql": "(date_trunc('month', now(), 'UTC') + interval '1 day')",
}
_INTO: Final = f"INSERT INTO {_CHANGES} (at, organization_id)"
_OF_SHOP: Final = "CAST(NULL AS bigint)"


def _noted(table: str, row: str) -> Iterator[str]:
    """Yield what notes a changed row: turnover by the day of the order, an organisation's spending by its own."""
    if table == _ORDERS:
        yield f"{_INTO} VALUES ({row}.date_placed, {_OF_SHOP})"
        yield f"{_INTO} {_of_organization(f'p.order_id = {row}.id')}"
    elif table == _PLACEMENTS:
        yield f"{_INTO} SELECT {row}.placed_at, {row}.organization_id WHERE {row}.organization_id IS NOT NULL"


def _of_organization(condition: str) -> str:
    return (
        f"SELECT p.placed_at, p.organization_id FROM {_PLACEMENTS} p "  # noqa: S608  names, not input
        f"WHERE {condition} AND p.organization_id IS NOT NULL"
    )


def _noted_lines(of_orders: str, settled: str) -> Iterator[str]:
    """Yield what notes lines; `of_orders` are the keys of their orders."""
    old = f"SELECT o.id FROM {_ORDERS} o WHERE o.id IN ({of_orders}) AND o.date_placed < {settled}"  # noqa: S608
    yield f"{_INTO} SELECT o.date_placed, {_OF_SHOP} FROM {_ORDERS} o WHERE o.id IN ({old})"  # noqa: S608
    yield f"{_INTO} {_of_organization(f'p.order_id IN ({old})')}"


def _events(table: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield when rows are noted: name, event, and which of the rows before and after."""
    yield "made", "INSERT", ("NEW",)
    yield "changed", f"UPDATE OF {', '.join(_COUNTED[table])}", ("OLD", "NEW")
    yield "gone", "DELETE", ("OLD",)


def _when(table: str, rows: tuple[str, ...], *, unlike: str, settled: str) -> str:
    """Return which rows are looked at: those that something counts of has changed, of a month that is over."""
    conditions = []
    if len(rows) > 1:
        conditions.append(" OR ".join(f"OLD.{name} {unlike} NEW.{name}" for name in _COUNTED[table]))
    if day := _DAY.get(table):
        conditions.append(" OR ".join(f"{row}.{day} < {settled}" for row in rows))
    return f"WHEN ({' AND '.join(f'({each})' for each in conditions)})" if conditions else ""


def _body(table: str, rows: tuple[str, ...], settled: str) -> str:
    if table == _LINES:
        keys = " UNION ".join(f"SELECT {row}.order_id" for row in rows)
        return "; ".join(_noted_lines(keys, settled))
    return "; ".join(each for row in rows for each in _noted(table, row))


def _sqlite() -> Iterator[str]:
    settled = _SETTLED["sqlite"]
    for table in _COUNTED:
        for name, event, rows in _events(table):
            when = _when(table, rows, unlike="IS NOT", settled=settled)
            body = _body(table, rows, settled)
            yield f"CREATE TRIGGER insight_{name}_{table} AFTER {event} ON {table} {when} BEGIN {body}; END"


def _postgresql() -> Iterator[str]:
    settled = _SETTLED["postgresql"]
    for table in _COUNTED:
        for name, event, rows in _events(table):
            function, body = f"insight_{name}_{table}", _body(table, rows, settled)
            each = f"FOR EACH ROW {_when(table, rows, unlike='IS DISTINCT FROM', settled=settled)}"
            if (table, event) == (_LINES, "INSERT"):  # an order's hundreds at once, looked at once
                body = "; ".join(_noted_lines("SELECT fresh.order_id FROM fresh", settled))
                each = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
            yield f"""
            CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {body}; RETURN NULL; END $$
            """
            yield f"""
            CREATE OR REPLACE TRIGGER {function} AFTER {event} ON {table} {each} EXECUTE FUNCTION {function}()
            """


_MADE: Final = {"sqlite": _sqlite, "postgresql": _postgresql}


def _names() -> Iterator[tuple[str, str]]:
    for table in _COUNTED:
        for name, _event, _rows in _events(table):
            yield f"insight_{name}_{table}", table


def install(using: str = "default", **_kwargs: Any) -> None:
    """Create the triggers anew; none before their tables are there, nor on another database product."""
    connection = connections[using]
    take_away(using, for_good=not _has_tables(connection))
    if (made := _MADE.get(connection.vendor)) and _has_tables(connection):
        with connection.cursor() as cursor:
            for statement in made():
                cursor.execute(statement)


def take_away(using: str = "default", *, for_good: bool = False, **_kwargs: Any) -> None:
    """Drop the triggers: for the length of a migration, where they would be in the way, or for good."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, _table in _names():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif for_good and connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")


def missing(using: str) -> list[str]:
    """Return the triggers that should be there and are not; none before the tables are."""
    connection = connections[using]
    made = _MADE.get(connection.vendor)
    return kept.triggers_lacking(using, made()) if made and _has_tables(connection) else []


def _has_tables(connection: Any) -> bool:
    with connection.cursor() as cursor:
        return {_CHANGES, *_COUNTED}.issubset(connection.introspection.table_names(cursor))


KEPT: Final = Kept(install=install, missing=missing, take_away=take_away)
