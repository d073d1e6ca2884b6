"""The real migrations, from zero, on both databases: the fast tests take their tables from the models."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Postgres
from tests.support.processes import ROOT

#: One table of each of our rooms that has any, and Oscar's order.
_EXPECTED = {
    "accounts_user",
    "akcept_journal_entry",
    "akcept_organizations_organization",
    "akcept_approvals_case",
    "order_order",
}


def _manage(url: str, *arguments: str) -> None:
    more = {"DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_SECRET_KEY": "x" * 50, "AKCEPT_DATABASE_URL": url}
    env = {**os.environ, **more}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.slow
def test_migrations_from_zero_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "zero.sqlite3"
    _manage(f"sqlite:///{path}", "migrate", "--no-input")
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert tables >= _EXPECTED
    _manage(f"sqlite:///{path}", "migrate", "--check")
    # SQLite rebuilds tables to alter them: the trigger that names them must not be in the way.
    _manage(f"sqlite:///{path}", "migrate", "akcept_approvals", "0001")
    _manage(f"sqlite:///{path}", "migrate", "--no-input")


@pytest.mark.slow
def test_migrations_from_zero_on_postgresql(cluster: Postgres) -> None:
    url = cluster.create_database("zero")
    try:
        _manage(url, "migrate", "--no-input")
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert {name for (name,) in rows} >= _EXPECTED
        _manage(url, "migrate", "--check")
    finally:
        cluster.drop_database("zero")
