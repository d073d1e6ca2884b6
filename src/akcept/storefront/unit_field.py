"""The choice of a unit: from a list while there are few, typed and searched among many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from akcept.organizations.models import Unit
from akcept.organizations.paths import ids_in
from akcept.organizations.queries import UNITS_OFFERED
from akcept.storefront.finding import Directory, Entry
from akcept.ui.forms import SuggestInput

NO_UNIT: Final = gettext_lazy("No unit is called that.")
UNITS_FIT: Final = gettext_lazy("%(n)d units match, such as %(names)s. Type more of the name.")


class UnitField(forms.TypedChoiceField):
    """One of the organisation's units; its value is the unit's number."""

    def __init__(self, label: Any = gettext_lazy("Unit")) -> None:
        super().__init__(label=label, coerce=int)
        self._directory: Directory | None = None

    def offer(self, units: Sequence[Unit], *, chosen: bool = True) -> None:
        """Set what can be chosen: as a tree to choose from, or, when they are many, by typing name or code.

        Without a choice made beforehand (`chosen` false) one of several has to be chosen: nothing falls to the top one.
        """
        if len(units) > UNITS_OFFERED:
            self._directory = unit_directory(units)
            self.widget = SuggestInput(suggestions=self._directory.suggestions)
            self.widget.is_required = self.required
            self.help_text = _("Type part of the name, or the code.")
            return
        nothing = [("", _("Choose a unit"))] if len(units) > 1 and not chosen else []
        self.choices = [*nothing, *((entry.id, entry.box) for entry in unit_entries(units))]

    def prepare_value(self, value: Any) -> Any:
        """Return what the control shows: a number by its unit's label, what was typed as it was."""
        return self._directory.label(value) if self._directory and isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return the unit's number. Raises ValidationError, naming units that fit where it is not clear which."""
        if self._directory is None:
            return super().clean(value)
        if not (typed := " ".join(str(value or "").split())):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return self.empty_value
        return self._directory.find(typed)


def unit_entries(units: Sequence[Unit]) -> list[Entry]:
    """Return units by name and code, with the units above them; beside a box as a tree."""
    names = {unit.pk: unit.name for unit in units}
    top = min((unit.depth for unit in units), default=0)
    return [
        Entry(
            id=unit.pk,
            name=unit.name,
            label=f"{unit.name} · {unit.key}",
            hint=" › ".join(names[pk] for pk in ids_in(unit.path)[:-1] if pk in names),
            calls=(unit.key, unit.name),
            box=indented(unit.depth - top, unit.name),
        )
        for unit in units
    ]


def unit_directory(units: Sequence[Unit]) -> Directory:
    """Return units to be found by typing."""
    return Directory(unit_entries(units), none=NO_UNIT, several=UNITS_FIT)


def indented(depth: int, name: str) -> str:
    """Return a name as it stands in a tree of choices."""
    return "\N{NO-BREAK SPACE}" * 4 * depth + name
