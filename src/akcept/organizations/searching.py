"""Comparing as people type: without regard to capitals and to the strokes of Polish letters, on any database."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Lower, Replace
from django.db.models.lookups import Contains

#: SQLite folds the case of ASCII only, and PostgreSQL has no Polish dictionary: the letters are exchanged one by one.
_STROKES: Final = dict(zip("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzacelnoszz", strict=True))
_TABLE: Final = str.maketrans(_STROKES)


def fold(text: str) -> str:
    """Return a typed word as `folded` columns have it."""
    return text.translate(_TABLE).lower()


def folded(column: str) -> Any:
    """Return the expression of a column in small letters without strokes."""
    expression: Any = F(column)
    for letter, plain in _STROKES.items():
        expression = Replace(expression, Value(letter), Value(plain), output_field=TextField())
    return Lower(expression)


def mentions(typed: str, *columns: str) -> Q:
    """Return the condition that one of the columns holds what was typed, "krol" in "Król" too."""
    found = Q()
    for column in columns:
        found |= Q(Contains(folded(column), fold(typed)))
    return found
