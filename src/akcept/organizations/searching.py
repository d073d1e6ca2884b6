"""Comparing as people type: without regard to capitals and to the marks of letters, in Python and on any database."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField
from django.db.models.lookups import Contains

from akcept.kernel.folding import MARKS, STROKES, fold


class _Folded(Func):
    """SQLite folds the case of ASCII only and calls `fold` itself; PostgreSQL does the same with its own functions."""

    function = "AKCEPT_FOLD"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, Any]:
        """Take letters apart, then exchange all at once: a large customer's members are searched row by row."""
        sql, params = compiler.compile(self.source_expressions[0])
        letters, plain = "".join(STROKES), "".join(STROKES.values())
        return f"REPLACE(LOWER(TRANSLATE(NORMALIZE({sql}, NFKD), '{letters}{MARKS}', '{plain}')), 'ß', 'ss')", params


def teach(connection: Any, **_more: Any) -> None:
    """Give a new connection to SQLite the function that folds; a receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(_Folded.function, 1, _fold_or_null, deterministic=True)


def _fold_or_null(text: str | None) -> str | None:
    return None if text is None else fold(text)


class _IsMarked(Func):
    """Whether a column holds more than ASCII: only then folding is more than small letters."""

    arity = 1
    template = "OCTET_LENGTH(%(expressions)s) <> CHAR_LENGTH(%(expressions)s)"
    output_field = BooleanField()
    conditional = True

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Count bytes as SQLite does."""
        template = "LENGTH(CAST(%(expressions)s AS BLOB)) <> LENGTH(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template)


def folded(column: str) -> Any:
    """Return the expression of a column in small letters without marks."""
    return _Folded(F(column))


def mentions(typed: str, *columns: str) -> Q:
    """Return the condition that one of the columns holds what was typed, "krol" in "Król" too.

    Folding every name of a large customer takes long: plain ones are compared as they are.
    """
    word, found = fold(typed), Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": word}) | Q(_IsMarked(F(column))) & Q(Contains(folded(column), word))
    return found
