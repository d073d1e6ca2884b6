"""The last line of defence: what the database itself refuses, and what it writes down by itself.

It refuses to take a held or ended order out of its status, and any sign that work on one has begun: a shipping event, a
payment event, a payment source or transaction. It locks the order to look at it, so that taking an acceptance back and
shipping never both happen (docs/adr/0005). And it notes in the same transaction that something was cancelled or
refunded, so that the stock and money this frees are not lost with a process (`refunds`, ADR 0008).

A trigger looks at the acceptance case, which moves first and in the same transaction, so it costs the rightful path
no extra statement. All are taken away before and installed after every `migrate`: SQLite rebuilds tables to alter them,
drops their triggers with them, and refuses to while a trigger of another table names them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from django.db import connections

from akcept.oscar_edge import kept
from akcept.oscar_edge.kept import Kept

#: What every refusal begins with; `guards.refused_by_database` knows it by that.
MARK: Final = "akcept: "
_NOT_WORK: Final = "('awaiting_acceptance', 'rejected', 'withdrawn', 'expired')"
_NOT_ACCEPTED: Final = f"{MARK}this order was not accepted by the customer, its status cannot be changed"
_NO_WORK: Final = f"{MARK}this order is not accepted by the customer, nobody can work on it"
_REFUND_EVENTS: Final = "('refund', 'refunded')"

#: Tables whose rows mean that the shop has begun, each with the column that leads to the order.
_BEGUN: Final = {
    "order_shippingevent": "order_id",
    "order_paymentevent": "order_id",
    "payment_source": "order_id",
    "payment_transaction": "source_id",
}
_NOTE: Final = "akcept_oscar_edge_togiveback"


def _rightful(old: str, new: str) -> str:
    return f"""SELECT 1 FROM akcept_approvals_case c
            WHERE c.order_id = {old}.id AND {old}.status = 'awaiting_acceptance'
            AND ((c.state = 'accepted' AND {new}.status = 'unhandled')
              OR (c.state IN ('rejected', 'withdrawn', 'expired') AND {new}.status = c.state))"""  # noqa: S608  names, not input


def _status_sqlite() -> Iterator[str]:
    yield f"""
    CREATE TRIGGER akcept_order_status BEFORE UPDATE OF status ON order_order
    WHEN OLD.status IN {_NOT_WORK} AND NEW.status <> OLD.status AND NOT EXISTS ({_rightful("OLD", "NEW")})
    BEGIN SELECT RAISE(ABORT, '{_NOT_ACCEPTED}'); END
    """


def _begun_sqlite() -> Iterator[str]:
    for table, column in _BEGUN.items():
        order = f"NEW.{column}"
        if column == "source_id":
            order = "(SELECT s.order_id FROM payment_source s WHERE s.id = NEW.source_id)"
        for name, when in (("new", "INSERT"), ("moved", f"UPDATE OF {column}")):
            yield f"""
            CREATE TRIGGER akcept_begun_{name}_{table} BEFORE {when} ON {table}
            WHEN EXISTS (SELECT 1 FROM order_order o WHERE o.id = {order} AND o.status IN {_NOT_WORK})
            BEGIN SELECT RAISE(ABORT, '{_NO_WORK}'); END
            """  # noqa: S608  names, not input


def _noted_sqlite() -> Iterator[str]:
    for table, event, condition, order in _given_back():
        yield f"""
        CREATE TRIGGER akcept_given_back_{table} AFTER {event} ON {table} WHEN {condition}
        BEGIN
            INSERT INTO {_NOTE} (order_id, at) VALUES ({order}, strftime('%Y-%m-%d %H:%M:%f', 'now'));
        END
        """  # noqa: S608  names, not input


def _given_back() -> Iterator[tuple[str, str, str, str]]:
    """Return what frees stock or money: table, event, condition, the order."""
    cancelled = "NEW.status = 'cancelled' AND OLD.status <> 'cancelled'"
    yield "order_order", "UPDATE OF status", cancelled, "NEW.id"
    yield "order_line", "UPDATE OF status", cancelled, "NEW.order_id"
    of_source = "(SELECT s.order_id FROM payment_source s WHERE s.id = NEW.source_id)"
    yield "payment_transaction", "INSERT", "NEW.txn_type = 'Refund'", of_source
    kinds = f"SELECT 1 FROM order_paymenteventtype t WHERE t.id = NEW.event_type_id AND t.code IN {_REFUND_EVENTS}"  # noqa: S608
    yield "order_paymentevent", "INSERT", f"EXISTS ({kinds})", "NEW.order_id"


def _status_postgresql() -> Iterator[str]:
    yield f"""
    CREATE OR REPLACE FUNCTION akcept_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS ({_rightful("OLD", "NEW")}) THEN
            RAISE EXCEPTION '{_NOT_ACCEPTED}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """
    yield f"""
    CREATE OR REPLACE TRIGGER akcept_order_status BEFORE UPDATE OF status ON order_order FOR EACH ROW
    WHEN (OLD.status IN {_NOT_WORK} AND NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION akcept_order_status()
    """


def _begun_postgresql() -> Iterator[str]:
    yield f"""
    CREATE OR REPLACE FUNCTION akcept_begun() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wanted bigint;
        standing text;
    BEGIN
        IF TG_TABLE_NAME = 'payment_transaction' THEN
            SELECT s.order_id INTO wanted FROM payment_source s WHERE s.id = NEW.source_id;
        ELSE
            wanted := NEW.order_id;
        END IF;
        SELECT o.status INTO standing FROM order_order o WHERE o.id = wanted FOR NO KEY UPDATE;
        IF standing IN {_NOT_WORK} THEN
            RAISE EXCEPTION '{_NO_WORK}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """  # noqa: S608  names, not input
    for table, column in _BEGUN.items():
        yield f"""
        CREATE OR REPLACE TRIGGER akcept_begun BEFORE INSERT OR UPDATE OF {column} ON {table} FOR EACH ROW
        EXECUTE FUNCTION akcept_begun()
        """


def _noted_postgresql() -> Iterator[str]:
    for table, event, condition, order in _given_back():
        name = f"akcept_given_back_{table}"
        yield f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                INSERT INTO {_NOTE} (order_id, at) VALUES ({order}, now());
            END IF;
            RETURN NULL;
        END $$
        """  # noqa: S608  names, not input
        yield f"""
        CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()
        """


_Group = tuple[Collection[str], Callable[[], Iterator[str]], Collection[str]]

_ORDER_AND_CASE: Final = ("order_order", "akcept_approvals_case")
_BEGUN_TABLES: Final = (*_ORDER_AND_CASE, *_BEGUN)
_NOTED_TABLES: Final = (*_ORDER_AND_CASE, "order_line", "order_paymentevent", "payment_transaction", _NOTE)
#: Which tables a group of triggers needs, what makes it, and the functions of PostgreSQL it consists of.
_STATEMENTS: Final[dict[str, tuple[_Group, ...]]] = {
    "sqlite": (
        (_ORDER_AND_CASE, _status_sqlite, ()),
        (_BEGUN_TABLES, _begun_sqlite, ()),
        (_NOTED_TABLES, _noted_sqlite, ()),
    ),
    "postgresql": (
        (_ORDER_AND_CASE, _status_postgresql, ("akcept_order_status",)),
        (_BEGUN_TABLES, _begun_postgresql, ("akcept_begun",)),
        (_NOTED_TABLES, _noted_postgresql, tuple(f"akcept_given_back_{found[0]}" for found in _given_back())),
    ),
}
_DROP: Final = "DROP FUNCTION IF EXISTS {} CASCADE"


def install(using: str = "default", **_kwargs: Any) -> None:
    """Create or renew the triggers whose tables are there, drop the others; nothing on another database product."""
    connection = connections[using]
    groups = _STATEMENTS.get(connection.vendor, ())
    if not groups:
        return
    take_away(using)
    there = _tables(connection)
    with connection.cursor() as cursor:
        for needed, statements, functions in groups:
            for statement in statements() if there.issuperset(needed) else map(_DROP.format, functions):
                cursor.execute(statement)


def take_away(using: str = "default", *, for_good: bool = False, **_kwargs: Any) -> None:
    """Drop the triggers: for the length of a migration, where they would be in the way, or for good."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, _table in sorted(_standing(connection)):
                cursor.execute(f"DROP TRIGGER {name}")
        elif for_good:
            for _needed, _statements, functions in _STATEMENTS.get(connection.vendor, ()):
                for function in functions:
                    cursor.execute(_DROP.format(function))


def missing(using: str) -> list[str]:
    """Return the triggers that should be there and are not; none before the tables are."""
    connection = connections[using]
    groups = _STATEMENTS.get(connection.vendor, ())
    there = _tables(connection) if groups else set()
    made = (statement for needed, made, _functions in groups if there.issuperset(needed) for statement in made())
    return kept.triggers_lacking(using, made)


def _standing(connection: Any) -> set[tuple[str, str]]:
    """Return our triggers that are there, each with its table."""
    return {(name, table) for name, table in kept.triggers(connection) if name.startswith("akcept_")}


def _tables(connection: Any) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


KEPT: Final = Kept(install=install, missing=missing, take_away=take_away)
