"""Databases that really commit, for tests with threads, other processes or a browser.

`Private.use()` puts one in the place of Django's default connection, for every thread, until the block ends.
pytest-django's own database (in memory, rolled back) stays untouched beside it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import environ
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.cache import caches
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import override_settings

from shop import settings as shop_settings

#: Bytes.
_LARGE: Final = 1_000_000
#: Written by `migrate` itself and the same in every test; everything else is emptied between tests.
_KEPT = frozenset({"django_content_type", "auth_permission", "django_site", "django_migrations"})


class _NoMigrations:
    """Stands in for MIGRATION_MODULES: the schema comes straight from the models."""

    def __contains__(self, label: str) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class Private:
    """A database of this test session; `url` is what a started process gets."""

    url: str

    @property
    def vendor(self) -> str:
        """`postgresql` or `sqlite`."""
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    @contextlib.contextmanager
    def use(self) -> Iterator[None]:
        """Make this the default database of the whole process."""
        configured = environ.Env.db_url_config(self.url)
        configured["ATOMIC_REQUESTS"] = False
        if self.vendor == "sqlite":
            configured["OPTIONS"] = dict(shop_settings.SQLITE_OPTIONS)
        before, settings_before = connections[DEFAULT_DB_ALIAS], connections.settings[DEFAULT_DB_ALIAS]
        connections.settings[DEFAULT_DB_ALIAS] = connections.configure_settings({DEFAULT_DB_ALIAS: configured})[
            DEFAULT_DB_ALIAS
        ]
        connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
        _forget()
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS].close()
            connections.settings[DEFAULT_DB_ALIAS] = settings_before
            connections[DEFAULT_DB_ALIAS] = before
            _forget()

    def create_tables(self) -> None:
        """Create the tables from the models, without migrations."""
        with self.use(), override_settings(MIGRATION_MODULES=_NoMigrations()):
            call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        self._keep_empty()

    def _keep_empty(self) -> None:
        """Remember the database as it is now: without rows, before the first test."""
        if self.vendor == "sqlite":
            shutil.copyfile(self._file, self._kept)

    def empty(self) -> None:
        """Take away every row a test wrote; call inside `use()`."""
        if self.vendor == "sqlite":
            self._put_back()
        else:
            _delete_rows()

    @property
    def _file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def _kept(self) -> Path:
        return self._file.with_suffix(".empty")

    def _put_back(self) -> None:
        """Whoever still has the old file open, a thread of a server that ends, writes where nobody looks."""
        connection.close()
        for beside in ("-wal", "-shm"):
            self._file.with_name(self._file.name + beside).unlink(missing_ok=True)
        fresh = self._file.with_suffix(".fresh")
        shutil.copyfile(self._kept, fresh)
        fresh.replace(self._file)


def _delete_rows() -> None:
    """Delete, without triggers and checks, row by row: a test leaves few, and to truncate takes a file for each index.

    What many rows were in is truncated: the next test should not read its way through what is left of them.
    """
    tables = [name for name in connection.introspection.table_names() if name not in _KEPT]
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        any_rows = [f"EXISTS (SELECT 1 FROM {quoted(name)})" for name in tables]  # noqa: S608  table names, not input
        cursor.execute(f"SELECT {', '.join(any_rows)}")
        filled = [name for name, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
        cursor.execute(_LARGE_ONES, [filled, _LARGE])
        large = {name for (name,) in cursor.fetchall()}
        cursor.execute("SET session_replication_role = replica")
        for name in filled:
            if name not in large:
                cursor.execute(f"DELETE FROM {quoted(name)}")  # noqa: S608  as above
        cursor.execute("RESET session_replication_role")
        if large:
            cursor.execute(f"TRUNCATE {', '.join(map(quoted, sorted(large)))} CASCADE")
        cursor.execute(_NUMBERS_AGAIN, [[f"{name}_id_seq" for name in _KEPT]])


_LARGE_ONES: Final = "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > %s"
#: Each sequence that was used starts again.
_NUMBERS_AGAIN: Final = """
    SELECT setval(seqrelid, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL AND seqrelid::regclass::text <> ALL(%s)
"""


def _forget() -> None:
    """Drop what the process remembers of the rows of another database."""
    ContentType.objects.clear_cache()
    Site.objects.clear_cache()
    for cache in caches.all():
        cache.clear()
