"""Databases that really commit, for tests with threads, other processes or a browser.

`Private.use()` puts one in the place of Django's default connection, for every thread, until the block ends.
pytest-django's own database (in memory, rolled back) stays untouched beside it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import environ
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import override_settings

from akcept.oscar_edge.search.models import ProductDue
from shop import settings as shop_settings

_FOLLOWING: Final = ("akcept_search_text", "akcept_search_alike")
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

    def empty(self) -> None:
        """Delete every row a test wrote; call inside `use()`."""
        there = connection.introspection.table_names()
        # SQLite's tables of full text follow those they stand for; what deleting a product leaves due goes last.
        tables = [name for name in there if name not in _KEPT and not name.startswith(_FOLLOWING)]
        tables.sort(key=lambda name: name == ProductDue._meta.db_table)
        quoted = connection.ops.quote_name
        with connection.cursor() as cursor:
            any_rows = [f"EXISTS (SELECT 1 FROM {quoted(name)})" for name in tables]  # noqa: S608  table names, not input
            cursor.execute(f"SELECT {', '.join(any_rows)}")
            filled = [name for name, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
        if filled:
            flush = connection.ops.sql_flush(no_style(), filled, reset_sequences=True, allow_cascade=True)
            connection.ops.execute_sql_flush(flush)


def _forget() -> None:
    """Drop what the process remembers of the rows of another database."""
    ContentType.objects.clear_cache()
    Site.objects.clear_cache()
    for cache in caches.all():
        cache.clear()
