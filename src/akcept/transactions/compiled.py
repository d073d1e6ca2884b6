"""Reads asked again and again, whose SQL is written once.

Django writes the SQL of a read anew each time, and for a read with joins and subqueries that takes several times as
long as the database needs to answer it. A `Compiled` read is written at its first asking, for each kind of database and
each length of the lists among its values, and from then on only its values change.

    _counting = Compiled(_memberships, user_id=BigIntegerField(), now=DateTimeField())
    _counting(user_id=7, now=utc_now())

What is kept is the text of a statement, never a row: each asking asks the database.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)

_Key = tuple[Any, ...]


class Compiled(Generic[Row]):
    """A read of a few values, whose SQL is kept.

    `write` makes the queryset from a placeholder for each value, or a tuple of them for a list to be found in; `fields`
    say how each value goes to the database. `write` must depend on nothing else: neither on settings nor on the time
    or the language.
    """

    def __init__(self, write: Callable[..., QuerySet[Row]], **fields: Field[Any, Any]) -> None:
        self._write: Final = write
        self._fields: Final = fields
        #: None for what finds nothing, whatever the values, such as an empty list.
        self._written: Final[dict[_Key, _Written | None]] = {}

    def __call__(self, *, using: str = "default", **values: Any) -> list[Row]:
        """Return the rows for these values; one statement, none for a number that no row can have.

        Raises TypeError for a value missing, strange or None.
        """
        self._check(values)
        connection = connections[using]
        for name, kind in self._fields.items():
            if isinstance(values[name], tuple):
                values[name] = _filled(tuple(each for each in values[name] if not _beyond(connection, kind, each)))
            elif _beyond(connection, kind, values[name]):
                return []
        lengths = tuple((name, len(value)) for name, value in values.items() if isinstance(value, tuple))
        key = (connection.vendor, using, lengths)
        if key not in self._written:
            self._written[key] = _Written.of(self._placed(dict(lengths)), using)
        written = self._written[key]
        return [] if written is None else list(written.rows(using, self._fields, values))

    def _check(self, values: dict[str, Any]) -> None:
        if values.keys() != self._fields.keys():
            raise TypeError(f"asked with {sorted(values)} instead of {sorted(self._fields)}")
        for name, value in values.items():
            if value is None:  # SQL compares nothing with NULL
                raise TypeError(f"{name} is None")

    def _placed(self, lengths: dict[str, int]) -> QuerySet[Row]:
        placeholders: dict[str, Any] = {}
        for name, kind in self._fields.items():
            many = lengths.get(name)
            slots = [_Slot(name, number, kind) for number in range(many or 1)]
            placeholders[name] = slots[0] if many is None else tuple(slots[:many])
        return self._write(**placeholders)


def _filled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Repeat the last of a list until there are 1, 2, 4, 8 … of them, so that few lengths of it are ever written."""
    if not values:
        return values
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _beyond(connection: Any, kind: Field[Any, Any], value: Any) -> bool:
    """Whether a whole number is one that its column cannot hold; the database itself would fail on it."""
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    least, most = connection.ops.integer_field_range(kind.get_internal_type())
    return (least is not None and value < least) or (most is not None and value > most)


class _Slot(Expression):
    """The place of a value in a statement that is written before the value is known."""

    def __init__(self, name: str, number: int, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name, self.number = name, number

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Write a placeholder, and stand for its value among the parameters."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as it was written for one kind of database, and the way its rows become objects."""

    sql: str
    params: Sequence[Any]
    query: Any
    compiler: Any
    iterable: Any
    fields: Any

    @classmethod
    def of(cls, rows: QuerySet[Any], using: str) -> _Written | None:
        if rows._prefetch_related_lookups or rows.query.select_for_update:  # type: ignore[attr-defined]
            raise TypeError("neither locks nor prefetched rows can be compiled")
        compiler = rows.query.get_compiler(using=using)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        found = rows._fields  # type: ignore[attr-defined]
        return cls(sql, params, rows.query, compiler, rows._iterable_class, found)

    def rows(self, using: str, fields: dict[str, Field[Any, Any]], values: dict[str, Any]) -> Iterator[Any]:
        """Ask the database with these values."""
        connection = connections[using]

        def value(slot: Any) -> Any:
            if not isinstance(slot, _Slot):
                return slot
            given = values[slot.name]
            given = given[slot.number] if isinstance(given, tuple) else given
            return fields[slot.name].get_db_prep_value(given, connection, prepared=False)

        params = [value(param) for param in self.params]
        compiler = copy.copy(self.compiler)
        # The connection is this thread's own; the one the statement was written with may be another's.
        compiler.connection = connection
        compiler.as_sql = lambda *_with, **_more: (self.sql, params)
        query = copy.copy(self.query)
        query.get_compiler = lambda *_with, **_more: compiler
        return iter(self.iterable(_Asked(using, query, self.fields)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """As much of a queryset as Django's iterables look at."""

    db: str
    query: Any
    _fields: Any
    _known_related_objects: Any = field(default_factory=dict)
    _hints: Any = field(default_factory=dict)
