"""Looks at every statement a test sends: rows that are changed are locked too, and keep to the order of locks.

The door (`akcept.transactions.locking`) sees the locks that are asked for. An UPDATE or DELETE takes some by itself;
here each is held against the same order, whatever wrote it, and a lock that passes the door by is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.signals import connection_created

from akcept.transactions import locking

_WRITES = re.compile(r'^\s*(?:UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
_LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b.*$", re.IGNORECASE | re.DOTALL)


@cache
def _ranks() -> dict[str, int]:
    ranked = ((model._meta.db_table, locking.rank_of(model)) for model in apps.get_models())
    return {table: rank for table, rank in ranked if rank is not None}


def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Hold a statement against the order of locks; an execute wrapper of Django's."""
    locks = locking.current()
    if (written := _WRITES.match(sql)) and locks is not None:
        rank = _ranks().get(written[1])
        if rank is not None:
            locks.take(rank)
    if sql.lstrip()[:6].upper() == "SELECT" and _LOCKS.search(sql):
        named = [rank for table, rank in _ranks().items() if f'"{table}"' in sql]
        if locks is not None and "SKIP LOCKED" not in sql and not any(rank in locks.held for rank in named):
            raise locking.OutOfOrder(f"a lock that did not go through the door: {sql[:300]}")
    return execute(sql, params, many, context)


def install() -> None:
    """Watch every connection that is made from now on."""

    def watched(sender: Any, connection: Any, **_kwargs: Any) -> None:
        if watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch)

    connection_created.connect(watched, weak=False, dispatch_uid="tests.locks")
