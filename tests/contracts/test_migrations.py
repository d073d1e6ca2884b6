"""The real migrations, from zero, on both databases: the fast tests take their tables from the models."""

from __future__ import annotations

import importlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.migrating import migrate
from tests.support.postgres import Postgres
from tests.support.processes import ROOT, manage

#: One table of each of our rooms that has any, and Oscar's order.
_EXPECTED = {
    "accounts_user",
    "akcept_journal_entry",
    "akcept_organizations_organization",
    "akcept_approvals_case",
    "order_order",
}


def _run(url: str, module: str, *arguments: str) -> None:
    more = {"DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_SECRET_KEY": "x" * 50, "AKCEPT_DATABASE_URL": url}
    command = [sys.executable, "-m", f"tests.contracts.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def _back_and_forth(url: str) -> None:
    """G3: with data of today and of earlier versions, back, forth again, and out (G2)."""
    _run(url, "filled")
    _run(url, "older")
    manage("check", "--database", "default", "--fail-level", "ERROR", AKCEPT_DATABASE_URL=url)
    manage("remove_akcept", "--no-input", "--force", AKCEPT_DATABASE_URL=url)


def test_g10_migrations_depend_on_the_first_of_oscar_only() -> None:
    """A fork's later migrations have names of its own."""
    modules = [
        importlib.import_module(f"akcept.{path.parent.parent.name}.migrations.{path.stem}")
        for path in ROOT.glob("src/akcept/*/migrations/0*.py")
    ]
    assert len(modules) > 35
    named = [
        (module.__name__, app, name)
        for module in modules
        for app, name in module.Migration.dependencies
        if not app.startswith("akcept_") and name != "__first__"
    ]
    assert named == []


@pytest.mark.slow
def test_migrations_from_zero_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "zero.sqlite3"
    url = f"sqlite:///{path}"
    migrate(AKCEPT_DATABASE_URL=url)
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert tables >= _EXPECTED
    manage("migrate", "--check", AKCEPT_DATABASE_URL=url)
    # SQLite rebuilds tables to alter them: the trigger that names them must not be in the way.
    _back_and_forth(url)


@pytest.mark.slow
def test_migrations_from_zero_on_postgresql(cluster: Postgres, migrated_postgresql: str) -> None:
    with psycopg.connect(migrated_postgresql) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {name for (name,) in rows} >= _EXPECTED
    manage("migrate", "--check", AKCEPT_DATABASE_URL=migrated_postgresql)


@pytest.mark.slow
def test_g2_g3_back_forth_and_out_on_postgresql(cluster: Postgres, migrated_postgresql: str) -> None:
    url = cluster.create_database("back_and_forth", template=migrated_postgresql.rpartition("/")[2])
    try:
        _back_and_forth(url)
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            triggers = connection.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
            functions = connection.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'akcept%'").fetchall()
            # Nothing stands in the way of the shop's own work any more.
            connection.execute("UPDATE order_order SET status = 'cancelled' WHERE status = 'awaiting_acceptance'")
        assert (triggers, functions) == ([], [])
        assert not [name for (name,) in rows if name.startswith("akcept")]
    finally:
        cluster.drop_database("back_and_forth")
