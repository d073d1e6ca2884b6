"""What of ours stands in the database and no migration makes: triggers, indexes and tables of full text, by name.

Oscar's migrations are its own, and a shop may have forked its apps; SQLite rebuilds tables to alter them and drops what
stands on them. So all of it is taken away where it is in the way of a migration, made again after every one, and what
is missing is told by `manage.py check --database`. Whoever keeps something registers it in the `ready()` of its app.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

_CREATES: Final = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (\w+) (?:BEFORE|AFTER) .*? ON (\w+)")
_TRIGGERS: Final = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something kept in a database; each is called with the database's alias, the first two as Django's signals do.

    `install` makes what is not there, and takes away what has lost its tables. `take_away` is for what is in the way
    of migrations. `missing` returns the names of what should be there and is not; none before the tables are.
    """

    install: Callable[..., None]
    missing: Callable[[str], list[str]]
    take_away: Callable[..., None] | None = None


_kept: dict[Callable[..., None], Kept] = {}


def register(kept: Kept, *, after: AppConfig) -> None:
    """Keep something from now on; it needs the tables of the app `after` and those before it."""
    _kept[kept.install] = kept
    if kept.take_away is not None:
        pre_migrate.connect(kept.take_away, sender=after)
    post_migrate.connect(kept.install, sender=after)


def missing(using: str) -> list[str]:
    """Return the names of all that should be in a database and is not."""
    return [name for kept in _kept.values() for name in kept.missing(using)]


def triggers(connection: Any) -> set[tuple[str, str]]:
    """Return the triggers of a database, each with its table; none on a database product we make none on."""
    statement = _TRIGGERS.get(connection.vendor)
    if statement is None:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())


def triggers_lacking(using: str, statements: Iterable[str]) -> list[str]:
    """Return the names of the triggers that these statements create and that are not there, on their tables."""
    found = (_CREATES.search(" ".join(statement.split())) for statement in statements)
    wanted = [(each[1], each[2]) for each in found if each]
    there = triggers(connections[using]) if wanted else set()
    return [name for name, table in wanted if (name, table) not in there]
