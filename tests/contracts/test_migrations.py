"""The real migrations, from zero, on both databases: the fast tests take their tables from the models."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Postgres
from tests.support.processes import manage

#: One table of each of our rooms that has any, and Oscar's order.
_EXPECTED = {
    "accounts_user",
    "akcept_journal_entry",
    "akcept_organizations_organization",
    "akcept_approvals_case",
    "order_order",
}


@pytest.mark.slow
def test_migrations_from_zero_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "zero.sqlite3"
    url = f"sqlite:///{path}"
    manage("migrate", "--no-input", AKCEPT_DATABASE_URL=url)
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert tables >= _EXPECTED
    manage("migrate", "--check", AKCEPT_DATABASE_URL=url)
    # SQLite rebuilds tables to alter them: the trigger that names them must not be in the way.
    manage("migrate", "akcept_approvals", "0001", AKCEPT_DATABASE_URL=url)
    manage("migrate", "--no-input", AKCEPT_DATABASE_URL=url)


@pytest.mark.slow
def test_migrations_from_zero_on_postgresql(cluster: Postgres, migrated_postgresql: str) -> None:
    with psycopg.connect(migrated_postgresql) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {name for (name,) in rows} >= _EXPECTED
    manage("migrate", "--check", AKCEPT_DATABASE_URL=migrated_postgresql)
