"""A backup that was restored: written, put into a scratch database, its journal walked and its figures compared."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils.translation import gettext as _

from akcept.journal import queries as journal

#: Sums that must come back to the last digit; a shop without one of these tables has no such sum.
_SUMS: Final = (
    ("order_order", "total_incl_tax"),
    ("order_order", "total_excl_tax"),
    ("order_line", "line_price_incl_tax"),
    ("akcept_budgets_ledgerrow", "amount"),
    ("partner_stockrecord", "num_in_stock"),
    ("partner_stockrecord", "num_allocated"),
    ("akcept_journal_chain", "seq"),
)

Figures = Mapping[str, str]


def figures() -> Figures:
    """Return what the default database holds: the rows of each table, and the sums that matter; a statement each."""
    quoted, tables = connection.ops.quote_name, sorted(connection.introspection.table_names())
    asked = {_("rows of %(table)s") % {"table": table}: f"SELECT COUNT(*) FROM {quoted(table)}" for table in tables}  # noqa: S608  no input
    for table, column in _SUMS:
        if table in tables:
            asked[_("sum of %(column)s") % {"column": f"{table}.{column}"}] = (
                f"SELECT SUM({quoted(column)}) FROM {quoted(table)}"  # noqa: S608
            )
    found = {}
    with connection.cursor() as cursor:
        for name, statement in asked.items():
            cursor.execute(statement)
            found[name] = str(cursor.fetchone()[0] or 0)
    return found


@contextmanager
def backed_up(file: Path) -> Iterator[Figures]:
    """Write a backup of the default database; yield its figures as they were at that very moment.

    On PostgreSQL both look at one snapshot and nobody waits; on SQLite nothing is written meanwhile.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
            _program("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
        else:
            name = str(connection.settings_dict["NAME"])
            with sqlite3.connect(name) as source, sqlite3.connect(file) as copy:
                source.backup(copy)
        found = figures()
    yield found


@contextmanager
def restored(file: Path, *, into: str) -> Iterator[None]:
    """Restore a backup and let that database stand in for the default one.

    `into` names an empty database of the same server; without it one is made, and dropped afterwards. On SQLite the
    file is the database.
    """
    settings = deepcopy(connection.settings_dict)
    if connection.vendor != "postgresql":
        settings["NAME"] = str(file)
        with _standing_in(settings):
            yield
        return
    settings["NAME"] = into or f"akcept_rehearsal_{secrets.token_hex(4)}"
    if not into:
        _on_server(f"CREATE DATABASE {connection.ops.quote_name(settings['NAME'])}")
    try:
        _program("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={settings['NAME']}", str(file))
        with _standing_in(settings):
            yield
    finally:
        if not into:
            _on_server(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(settings['NAME'])}")


def differences(before: Figures, after: Figures) -> list[str]:
    """Return what came back otherwise than it was, in words."""
    names = sorted({*before, *after})
    said = _("%(figure)s: %(before)s, restored: %(after)s")
    return [
        said % {"figure": name, "before": before.get(name, _("missing")), "after": after.get(name, _("missing"))}
        for name in names
        if before.get(name) != after.get(name)
    ]


def broken_chains() -> list[str]:
    """Return where the default database's journal does not hold, in words."""
    found = (journal.verify(organization_id) for organization_id in journal.chains())
    return [journal.told(each) for each in found if each]


@contextmanager
def _standing_in(settings: dict[str, Any]) -> Iterator[None]:
    before = connections[DEFAULT_DB_ALIAS]
    kept = connections.settings[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = settings
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections.settings[DEFAULT_DB_ALIAS] = kept
        connections[DEFAULT_DB_ALIAS] = before


def _on_server(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the default database. Raises CommandError with what it said."""
    told = connection.settings_dict
    given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{name: str(told[key]) for name, key in given.items() if told.get(key)}}
    done = None
    with suppress(FileNotFoundError):
        done = subprocess.run([name, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done is None:
        raise CommandError(
            _("%(program)s is not installed here; it comes with PostgreSQL's client.") % {"program": name}
        )
    if done.returncode:
        raise CommandError(_("%(program)s failed: %(reason)s") % {"program": name, "reason": done.stderr.strip()})
