"""Comparing as people type: without regard to capitals and to the strokes of Polish letters, on any database."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.lookups import Contains

_LETTERS: Final = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
_PLAIN: Final = "acelnoszzacelnoszz"
_TABLE: Final = str.maketrans(_LETTERS, _PLAIN)


def fold(text: str) -> str:
    """Return a typed word as `folded` columns have it."""
    return text.translate(_TABLE).lower()


class _Folded(Func):
    """SQLite folds the case of ASCII only, and PostgreSQL has no Polish dictionary: the letters are exchanged."""

    arity = 1
    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        """Exchange letter by letter, where there is nothing better."""
        sql, params = compiler.compile(self.source_expressions[0])
        for letter, plain in zip(_LETTERS, _PLAIN, strict=True):
            sql = f"REPLACE({sql}, '{letter}', '{plain}')"
        return f"LOWER({sql})", params

    def as_postgresql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, Any]:
        """Exchange all at once: a large customer's members are searched row by row."""
        sql, params = compiler.compile(self.source_expressions[0])
        return f"LOWER(TRANSLATE({sql}, '{_LETTERS}', '{_PLAIN}'))", params


class _Resembles(Func):
    """Whether a column as it is could be meant: taking the strokes off every name of a large customer takes long."""

    arity = 2
    template = "%(expressions)s"
    arg_joiner = " LIKE "  # SQLite's has no regard to capitals
    output_field = BooleanField()
    conditional = True

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Have no regard to capitals here either."""
        return self.as_sql(compiler, connection, arg_joiner=" ILIKE ")


def _pattern(word: str) -> str:
    """Return what a column with the folded word is like: anything where a stroke or a sign may be."""
    plain = ("_" if sign in _PLAIN or not (sign.isascii() and sign.isalnum()) else sign for sign in word)
    return f"%{''.join(plain)}%"


def folded(column: str) -> Any:
    """Return the expression of a column in small letters without strokes."""
    return _Folded(F(column))


def mentions(typed: str, *columns: str) -> Q:
    """Return the condition that one of the columns holds what was typed, "krol" in "Król" too."""
    word, found = fold(typed), Q()
    for column in columns:
        found |= Q(_Resembles(F(column), Value(_pattern(word)))) & Q(Contains(folded(column), word))
    return found
