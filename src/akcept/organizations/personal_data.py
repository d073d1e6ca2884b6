"""Personal data of a member, held in many rooms: each says what it holds, and takes it out when it is to be forgotten.

A room registers a `Holding` when its app is ready; docs/operate/personal-data.md lists what each keeps and erases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet

from akcept.journal.erasing import pattern_of, replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of somebody's data: `code` and the columns' codes are for machines, titles for people."""

    code: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rows by the columns' codes."""
        return [dict(zip((code for code, _label in self.columns), row, strict=True)) for row in self.rows]


#: A sum as rows and the journal keep it.
_SUM: Final = re.compile(r"-?[0-9]+\.[0-9]+")


def without_sums(section: Section) -> Section:
    """Return a section without its sums, wherever in it they stand: for whoever sees no prices."""
    return replace(section, rows=tuple(tuple(_untold(each) for each in row) for row in section.rows))


def _untold(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _untold(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_untold(each) for each in value]
    is_sum = isinstance(value, Decimal) or (isinstance(value, str) and _SUM.fullmatch(value))
    return None if is_sum else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose data, in which organisation. `account_id` is the login behind the membership."""

    organization_id: int
    member_id: int
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Who is forgotten. `names` are their full names and addresses; `alias` takes their place.

    `whole_account`: no other membership needs the login, so the account itself goes too. Otherwise `stand_in_id` is an
    account without a person, to which what they did for this organisation is to be moved.
    """

    subject: Subject
    names: tuple[str, ...]
    alias: str
    stand_in_id: int
    whole_account: bool

    def cleaned(self, value: Any) -> Any:
        """Return a text, or a list or dict that holds texts, without the subject's names."""
        return replaced(value, pattern_of(self.names), self.alias)

    def clean(self, rows: QuerySet[Any], column: str) -> list[Any]:
        """Take the subject's names out of one column of texts or JSON; return the keys of the rows that held them.

        Reads every row that is not empty: what finds names as whole words in any spelling is not in the database.
        """
        length = rows.model._meta.get_field(column).max_length
        told = rows.order_by().values_list("pk", column)
        changed = {pk: new for pk, old in told.iterator(chunk_size=500) if old and (new := self.cleaned(old)) != old}
        for pk, new in changed.items():
            rows.filter(pk=pk).update(**{column: new[:length] if isinstance(new, str) else new})
        return list(changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a room holds of a member. `erase` may refuse (raise Refused): then nothing is done at all.

    `lock` is asked of every room before any erases: rows of several rooms are locked in the one order of all locks.
    """

    name: str
    export: Callable[[Subject], Sequence[Section]]
    erase: Callable[[Erasure], None]
    lock: Callable[[Subject], None] | None = None


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Register (or replace, by name) what a room holds. Call it from an app's `ready()`."""
    _holdings[holding.name] = holding


def holdings() -> list[Holding]:
    """Return everything that is held, in order of registration."""
    return list(_holdings.values())
