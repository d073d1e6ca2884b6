"""A guard for what must only read: a write or a lock inside it is written down with its statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models.sql.compiler import SQLCompiler

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE)\b", re.IGNORECASE)
_TABLE = re.compile(r'(?:INTO|UPDATE|FROM)\s+"?(\w+)"?', re.IGNORECASE)


@contextmanager
def only_reading(*, but: frozenset[str] = frozenset()) -> Iterator[list[str]]:
    """Yield what was written or locked meanwhile; writes of the tables in `but` are let pass.

    A lock counts where it is asked for, also on SQLite, which has none.
    """
    found: list[str] = []

    def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        table = _TABLE.search(sql)
        if _WRITES.match(sql) and (table is None or table[1] not in but):
            found.append(sql[:200])
        return execute(sql, params, many, context)

    execute_sql = SQLCompiler.execute_sql

    def locking(compiler: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        if compiler.query.select_for_update:
            found.append(f"lock: {compiler.query.model.__name__}")
        return execute_sql(compiler, *args, **kwargs)

    with connection.execute_wrapper(statement), patch.object(SQLCompiler, "execute_sql", locking):
        yield found
