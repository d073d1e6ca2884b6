"""The last line of defence: the database itself refuses to take a held or ended order out of its status.

A trigger looks at the acceptance case, which moves first and in the same transaction, so it costs the rightful path
no extra statement. It is taken away before and installed after every `migrate`: SQLite rebuilds tables to alter them,
drops their triggers with them, and refuses to while a trigger of another table names them. See docs/adr/0005.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connections

_SQLITE = (
    "DROP TRIGGER IF EXISTS akcept_order_status",
    """
    CREATE TRIGGER akcept_order_status BEFORE UPDATE OF status ON order_order
    WHEN OLD.status IN ('awaiting_acceptance', 'rejected', 'withdrawn', 'expired') AND NEW.status <> OLD.status
         AND NOT EXISTS (
            SELECT 1 FROM akcept_approvals_case c WHERE c.order_id = OLD.id AND OLD.status = 'awaiting_acceptance'
            AND ((c.state = 'accepted' AND NEW.status = 'unhandled')
              OR (c.state IN ('rejected', 'withdrawn', 'expired') AND NEW.status = c.state))
         )
    BEGIN
        SELECT RAISE(ABORT, 'akcept: this order was not accepted by the customer, its status cannot be changed');
    END
    """,
)

_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION akcept_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM akcept_approvals_case c WHERE c.order_id = OLD.id AND OLD.status = 'awaiting_acceptance'
            AND ((c.state = 'accepted' AND NEW.status = 'unhandled')
              OR (c.state IN ('rejected', 'withdrawn', 'expired') AND NEW.status = c.state))
        ) THEN
            RAISE EXCEPTION 'akcept: this order was not accepted by the customer, its status cannot be changed'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER akcept_order_status BEFORE UPDATE OF status ON order_order FOR EACH ROW
    WHEN (OLD.status IN ('awaiting_acceptance', 'rejected', 'withdrawn', 'expired')
          AND NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION akcept_order_status()
    """,
)


_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_POSTGRESQL_GONE = (
    # The function's trigger goes with it, on whatever table it is.
    "DROP FUNCTION IF EXISTS akcept_order_status() CASCADE",
)
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def install(using: str = "default", **_kwargs: Any) -> None:
    """Create or renew the trigger, or take it away where Akcept's tables are gone; elsewhere does nothing."""
    connection = connections[using]
    statements = _STATEMENTS.get(connection.vendor)
    if statements is None:
        return
    if not _has_tables(connection):
        take_away(using, for_good=True)
        return
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def take_away(using: str = "default", *, for_good: bool = False, **_kwargs: Any) -> None:
    """Drop the trigger: for the length of a migration, where it would be in the way, or for good."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE[0])
        elif connection.vendor == "postgresql" and for_good:
            for statement in _POSTGRESQL_GONE:
                cursor.execute(statement)


def missing(using: str) -> list[str]:
    """Return the triggers that should be there and are not; none before the tables are."""
    connection = connections[using]
    statements = _STATEMENTS.get(connection.vendor, ())
    if not statements or not _has_tables(connection):
        return []
    names = re.findall(r"CREATE (?:OR REPLACE )?TRIGGER (\w+)", "".join(statements))
    with connection.cursor() as cursor:
        cursor.execute(_NAMES[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in names if name not in there]


def _has_tables(connection: Any) -> bool:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    return "order_order" in tables and "akcept_approvals_case" in tables
