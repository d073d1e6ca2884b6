"""Rows of a form: they come and go without script, and what was typed in them is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from akcept.approvals.queries import Choices
from akcept.ordering.ports import CategoryRef

ROW_LIMIT: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the rows choose from."""

    choices: Choices
    categories: Sequence[CategoryRef]


class Row(forms.Form):
    """One condition or step. `offer` is given before the row is shown or read."""

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""


def offer_boxes(row: Row, choices: list[tuple[int, str]], *, nothing: Any) -> None:
    """Let a row choose among boxes; `nothing` is said where there is none."""
    row.fields["of"].choices = choices  # type: ignore[attr-defined]
    if not choices:
        row.fields["of"].help_text = nothing


NO_ROLES: Final = _("Your organisation has no roles yet.")


@dataclass(slots=True)
class Shown:
    """A row as the page shows it: `key` names it in the form, `title` its kind."""

    key: str
    kind: str
    title: Any
    form: Any


class Rows:
    """The rows of one sort, in their order; what was typed is kept whatever is done with them."""

    def __init__(self, name: str, kinds: Mapping[str, tuple[Any, type[Row]]], offer: Offer) -> None:
        self.name = name
        self.kinds = kinds
        self.shown: list[Shown] = []
        self._offer = offer

    def read(self, data: QueryDict) -> None:
        """Take the rows that were sent; what is no row of ours is left out."""
        for entry in data.getlist(self.name)[:ROW_LIMIT]:
            key, _sep, kind = entry.partition(":")
            if kind in self.kinds and key.isascii() and key.isdigit() and len(key) < 4:
                self._append(key, kind, data=data)

    def add(self, kind: str, initial: dict[str, Any] | None = None) -> None:
        """Append another row, empty or with what it has."""
        if kind in self.kinds and len(self.shown) < ROW_LIMIT:
            key = max((int(row.key) for row in self.shown), default=-1) + 1
            self._append(str(key), kind, initial=initial)

    def _append(
        self, key: str, kind: str, *, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        title, made = self.kinds[kind]
        form = made(data, prefix=f"{self.name}-{key}", initial=initial)
        form.offer(self._offer)
        self.shown.append(Shown(key=key, kind=kind, title=title, form=form))

    def drop(self, key: str) -> None:
        """Take a row out."""
        self.shown = [row for row in self.shown if row.key != key]

    def raise_up(self, key: str) -> None:
        """Move a row one place up."""
        place = next((number for number, row in enumerate(self.shown) if row.key == key), 0)
        if place:
            self.shown[place - 1], self.shown[place] = self.shown[place], self.shown[place - 1]

    def hush(self) -> None:
        """Show no mistakes: nobody has asked to save yet."""
        for row in self.shown:
            row.form._errors = {}

    def are_valid(self) -> bool:
        """Check every row, so that all mistakes are told at once."""
        return not [row for row in self.shown if not row.form.is_valid()]
