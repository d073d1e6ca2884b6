"""What an import would do (pure but for its texts): the same for the preview and, under the lock, for the deed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from akcept.kernel.errors import Invalid, Refused
from akcept.kernel.typed import same
from akcept.organizations.bulk.columns import Column
from akcept.organizations.bulk.sheets import Row, faults

Wanted = TypeVar("Wanted")


class RowAct(StrEnum):
    """What becomes of a row."""

    WRONG = "wrong"
    CREATED = "created"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A difference: `field` is a column's code."""

    field: str
    before: str
    after: str


@dataclass(slots=True, kw_only=True)
class RowPlan(Generic[Wanted]):
    """What becomes of one row: `errors` are all that is wrong with it; `wanted` is what the writer needs of it."""

    row: Row
    key: str
    title: str = ""
    changes: list[CellChange] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    note: str = ""
    #: Number and version of the row in the database that is changed; nothing for one that is created.
    known: tuple[int, int] | None = None
    wanted: Wanted | None = None
    #: A cell of it cannot be read at all: that is said, and nothing is guessed of what the row wants.
    broken: bool = False

    @property
    def act(self) -> RowAct:
        """What becomes of the row."""
        if self.errors:
            return RowAct.WRONG
        if self.known is None:
            return RowAct.CREATED
        return RowAct.CHANGED if self.changes else RowAct.LEFT

    def cell(self, name: str) -> str | None:
        """Return what a cell says; None where it says nothing, which changes nothing; "" where it is to be cleared."""
        return self.row.said(name)

    def checked(self, check: Callable[[], str]) -> str:
        """Return what a check of the core returns; what it refuses becomes an error of the row."""
        try:
            return check()
        except Refused as refusal:
            self.errors.append(str(refusal))
            return ""

    def differs(self, name: str, before: str, after: str) -> None:
        """Note a difference, where there is one."""
        if before != after:
            self.changes.append(CellChange(field=name, before=before, after=after))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan(Generic[Wanted]):
    """What an import would do, row by row; with any error it does nothing. `errors` are those of the whole file."""

    kind: StrEnum
    outcomes: list[RowPlan[Wanted]]
    errors: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows become what."""
        counted = dict.fromkeys((act.value for act in RowAct), 0)
        for outcome in self.outcomes:
            counted[outcome.act.value] += 1
        return counted

    @property
    def possible(self) -> bool:
        """Whether nothing is wrong and there is something to do."""
        counts = self.counts
        return not self.errors and not counts[RowAct.WRONG] and bool(counts[RowAct.CREATED] + counts[RowAct.CHANGED])

    def of(self, *acts: RowAct) -> list[RowPlan[Wanted]]:
        """Return the rows that become one of these, in the file's order."""
        return [outcome for outcome in self.outcomes if outcome.act in acts]

    @property
    def digest(self) -> str:
        """Return what stands for exactly this plan: another row, value, version or error gives another one."""
        content: list[Any] = [self.kind.value, self.errors]
        for one in self.outcomes:
            changes = [[change.field, change.before, change.after] for change in one.changes]
            content.append([one.row.line, one.key, one.act.value, one.known, changes, one.errors])
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def begin(
    rows: Iterable[Row], *, key: str, check: Callable[[str], str], columns: Sequence[Column]
) -> list[RowPlan[Any]]:
    """Return an outcome for every row, its key checked and refused where an earlier row has it.

    What no cell of a row may hold, such as what a spreadsheet could not calculate, is an error of the row.
    """
    seen: dict[str, int] = {}
    outcomes: list[RowPlan[Any]] = []
    for row in rows:
        typed = row.said(key) or ""
        errors = faults(row, columns)
        outcome: RowPlan[Any] = RowPlan(row=row, key=typed, errors=errors, broken=bool(errors))
        try:
            outcome.key = check(typed)
        except Invalid as refusal:
            if not outcome.broken:
                outcome.errors.append(str(refusal))
        first = seen.setdefault(same(outcome.key), row.line) if outcome.key else row.line
        if first != row.line:
            outcome.errors.append(_("%(key)s is already in row %(line)d.") % {"key": outcome.key, "line": first})
        outcomes.append(outcome)
    return outcomes
