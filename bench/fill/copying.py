"""Rows written by COPY, a block of a table at a time; keys, and sequences brought up to them."""

# ruff: noqa: S608  names of our tables, numbers of our own
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Copy:
    """Rows on their way to tables; written a block at a time, each table's columns from its first row."""

    block: int = 20_000
    waiting: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Take a row on its way; nothing is written before `flush`."""
        columns = self.columns.setdefault(table, list(row))
        self.waiting.setdefault(table, []).append("\t".join(_text(row[name]) for name in columns))

    def flush(self, *, least: int = 0) -> None:
        """Write in the order in which tables were first named: parents come first."""
        if least and max(map(len, self.waiting.values()), default=0) < least:
            return
        with connection.cursor() as cursor:
            for table, lines in self.waiting.items():
                names = ", ".join(f'"{name}"' for name in self.columns[table])
                with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    copy.write("\n".join(lines) + "\n")
                lines.clear()


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")


def rows(statement: str) -> list[dict[str, Any]]:
    """Return what a statement finds, by column."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def next_key(table: str) -> int:
    """Return the key that a table's next row gets."""
    return int(rows(f'SELECT COALESCE(MAX(id), 0) + 1 AS n FROM "{table}"')[0]["n"])


def up_to_date(table: str) -> None:
    """Let a table's sequence go on behind the keys that were written."""
    rows(f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT MAX(id) FROM "{table}"))""")
