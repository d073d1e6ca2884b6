"""What most tests begin with, made once in a process and put back by a few INSERTs.

The cast takes two hundred statements to make, more than what most tests then do with it. The rows that it leaves are
the same each time in an empty database, so they are kept, and its objects with them, as they were when it was new.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import connection, transaction

#: Rows that `migrate` writes, or that a database keeps of itself.
_NOT_OURS: Final = frozenset({"django_content_type", "auth_permission", "django_site", "django_migrations"})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Recording:
    """By table: its columns and its rows; and what was made, pickled, so that each test gets objects of its own."""

    rows: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]
    made: bytes


#: By what was asked for and the database: ids of permissions may differ between two of them.
_RECORDINGS: dict[tuple[Callable[[], Any], str], _Recording | None] = {}


def recorded(make: Callable[[], T]) -> T:
    """Return what `make()` makes with its rows in the database, from its recording where that says the same.

    Made anew on PostgreSQL, whose sequences do not follow rows with an id; where a table already has rows; and where
    `make` adds to tables that are never empty.
    """
    if connection.vendor != "sqlite":
        return make()
    key = (make, str(connection.settings_dict["NAME"]))
    if key not in _RECORDINGS:
        return _record(key, make)
    recording = _RECORDINGS[key]
    if recording is None or _any_rows(recording.rows):
        return make()
    _put_back(recording)
    return pickle.loads(recording.made)  # type: ignore[no-any-return]  # noqa: S301  ours


def _record(key: tuple[Callable[[], T], str], make: Callable[[], T]) -> T:
    before = _counts()
    made = make()
    grown = {table: count for table, count in _counts().items() if count != before.get(table, 0)}
    if any(before.get(table) for table in grown):
        # Fixtures that came first have rows in the same tables: another test will record it.
        return made
    _RECORDINGS[key] = _Recording(rows={table: _rows(table) for table in grown}, made=pickle.dumps(made))
    return made


def _counts() -> dict[str, int]:
    tables = [table for table in connection.introspection.table_names() if table not in _NOT_OURS]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))  # noqa: S608
        return dict(cursor.fetchall())


def _rows(table: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
        return [column[0] for column in cursor.description], cursor.fetchall()


def _any_rows(tables: Mapping[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in tables))  # noqa: S608
        return bool(cursor.fetchone()[0])


def _put_back(recording: _Recording) -> None:
    """Foreign keys are checked when the transaction ends, so that the order of the tables does not matter."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, rows) in recording.rows.items():
            named = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({named}) VALUES ({places})', rows)  # noqa: S608
