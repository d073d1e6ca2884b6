"""Rows of a form: they come and go without script, and what was typed in them is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from akcept.approvals.conditions import Named
from akcept.approvals.queries import Choices
from akcept.ordering.ports import CategoryRef
from akcept.organizations.labels import role_name
from akcept.storefront.finding import Directory, Entry
from akcept.ui.forms import SuggestInput

ROW_LIMIT: Final = 40
#: Boxes are for so many; more are found by typing.
BOXES_AT_MOST: Final = 20
#: So many are suggested while typing; whoever is none of them is found all the same.
SUGGESTED: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the rows choose from."""

    choices: Choices
    categories: Sequence[CategoryRef]


class Row(forms.Form):
    """One condition or step. `offer` is given before the row is shown or read."""

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a choice of several says; see `finding.Directory` for `none` and `several`."""

    label: Any
    #: Where there is nothing to choose from.
    nothing: Any = ""
    #: Above and below the line that finds more.
    another: Any
    how: Any
    none: Any
    several: Any


class SeveralMixin(Row):
    """A choice of several: among boxes while there are few; else boxes of what is chosen, and a line to find more by.

    What is still typed in that line when the rule is tried or saved counts as chosen.
    """

    of = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    find = forms.CharField(required=False, max_length=200)

    def offer_among(self, entries: Sequence[Entry], *, kept: Sequence[Named] = (), words: Words) -> None:
        """Set what can be chosen, and with it what `kept` names although it can be chosen no more."""
        boxes, line = self.fields["of"], self.fields["find"]
        boxes.label = words.label
        rest = [(named.id, named.name) for named in kept if named.id not in {entry.id for entry in entries}]
        if len(entries) <= BOXES_AT_MOST:
            del self.fields["find"]
            boxes.choices = [*((entry.id, entry.box or entry.label) for entry in entries), *rest]  # type: ignore[attr-defined]
            boxes.help_text = "" if boxes.choices else words.nothing  # type: ignore[attr-defined]
            return
        self._directory = Directory(entries, none=words.none, several=words.several)
        chosen = self._chosen()
        boxes.choices = [*((e.id, e.label) for e in entries if str(e.id) in chosen), *rest]  # type: ignore[attr-defined]
        line.label, line.help_text = words.another, words.how
        line.widget = SuggestInput(suggestions=self._directory.suggestions[:SUGGESTED])

    def _chosen(self) -> frozenset[str]:
        if isinstance(self.data, QueryDict) and self.is_bound:
            return frozenset(self.data.getlist(self.add_prefix("of")))
        return frozenset(map(str, self.initial.get("of", ())))

    def clean_find(self) -> int | None:
        """Return what the line finds, None for an empty one."""
        typed = " ".join(self.cleaned_data["find"].split())
        return self._directory.find(typed) if typed else None

    @property
    def ids(self) -> list[int]:
        """What is chosen, each once; what the line finds comes last."""
        found = self.cleaned_data.get("find")
        return list(dict.fromkeys([*self.cleaned_data.get("of", ()), *([] if found is None else [found])]))


NO_ROLES: Final = _("Your organisation has no roles yet.")
ROLES: Final = Words(
    label=_("Roles"),
    nothing=NO_ROLES,
    another=_("Another role"),
    how=_("Type a part of the name."),
    none=_("No role is called that."),
    several=_("%(n)d roles match, such as %(names)s. Type more of the name."),
)


def role_entries(offer: Offer) -> list[Entry]:
    """Return the organisation's roles."""
    return [Entry(id=role.pk, name=role_name(role.name), label=role_name(role.name)) for role in offer.choices.roles]


@dataclass(slots=True)
class Shown:
    """A row as the page shows it: `key` names it in the form, `title` its kind."""

    key: str
    kind: str
    title: Any
    form: Any
    #: Something was just looked for in it: that is where typing goes on.
    looked: bool = False


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

    def find(self, key: str) -> None:
        """Choose what the line of a row finds, or say there why not. Other mistakes are not shown, see `hush`."""
        place = next((number for number, row in enumerate(self.shown) if row.key == key), None)
        if place is None or "find" not in self.shown[place].form.fields:
            return
        row = self.shown[place]
        if errors := row.form.errors.get("find"):
            row.form._errors = ErrorDict({"find": errors})
        else:
            row.form = self._with(row, row.form.ids)
        row.looked = True

    def _with(self, row: Shown, ids: Sequence[int]) -> Row:
        data = row.form.data.copy()
        data.setlist(row.form.add_prefix("of"), [str(id_) for id_ in ids])
        data[row.form.add_prefix("find")] = ""
        form = self.kinds[row.kind][1](data, prefix=row.form.prefix)
        form.offer(self._offer)
        form._errors = ErrorDict()  # type: ignore[attr-defined]
        return form

    def hush(self) -> None:
        """Show no mistakes but those of what was just looked for: nobody has asked to save yet."""
        for row in self.shown:
            if not row.looked:
                row.form._errors = ErrorDict()

    def are_valid(self) -> bool:
        """Check every row, so that all mistakes are told at once."""
        return not [row for row in self.shown if not row.form.is_valid()]
