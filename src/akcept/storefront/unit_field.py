"""The choice of a unit: from a list while there are few, typed and searched among many."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from akcept.organizations.models import Unit
from akcept.organizations.queries import UNITS_OFFERED
from akcept.organizations.seats import ids_in
from akcept.ui.forms import SuggestInput

#: How many units are named when several fit.
_NAMED: Final = 5


class UnitField(forms.TypedChoiceField):
    """One of the organisation's units; its value is the unit's number."""

    def __init__(self, label: Any = gettext_lazy("Unit")) -> None:
        super().__init__(label=label, coerce=int)
        self._directory: _Directory | None = None

    def offer(self, units: Sequence[Unit]) -> None:
        """Set what can be chosen: as a tree to choose from, or, when they are many, by typing name or code."""
        if len(units) > UNITS_OFFERED:
            self._directory = _Directory(units)
            self.widget = SuggestInput(suggestions=self._directory.suggestions)
            self.widget.is_required = self.required
            self.help_text = _("Type a part of the name, or the code.")
            return
        top = min((unit.depth for unit in units), default=0)
        self.choices = [(unit.pk, "\N{NO-BREAK SPACE}" * 4 * (unit.depth - top) + unit.name) for unit in units]

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


class _Directory:
    """Units by what people call them."""

    def __init__(self, units: Sequence[Unit]) -> None:
        names = {unit.pk: unit.name for unit in units}
        self._labels = {unit.pk: f"{unit.name} · {unit.key}" for unit in units}
        self._above = {unit.pk: " › ".join(names[pk] for pk in ids_in(unit.path)[:-1] if pk in names) for unit in units}
        self._called = {
            unit.pk: (_folded(self._labels[unit.pk]), _folded(unit.key), _folded(unit.name)) for unit in units
        }

    @property
    def suggestions(self) -> list[tuple[str, str]]:
        """What can be typed, with the units above it."""
        return [(label, self._above[pk]) for pk, label in self._labels.items()]

    def label(self, pk: int) -> str:
        """Return what stands for a unit in the control; nothing for one that cannot be chosen."""
        return self._labels.get(pk, "")

    def find(self, typed: str) -> int:
        """Return the unit of that label, code or name, or the only one that has every word in them."""
        text = _folded(typed)
        for place in range(3):
            if len(found := [pk for pk, called in self._called.items() if called[place] == text]) == 1:
                return found[0]
        found = found or [pk for pk, called in self._called.items() if all(word in called[0] for word in text.split())]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("No unit is called that."))
        named = ", ".join(self._labels[pk] for pk in found[:_NAMED])
        raise ValidationError(_("%(n)d units fit, such as %(names)s. Say which.") % {"n": len(found), "names": named})


def _folded(text: str) -> str:
    """Return a text without regard to case and to the marks of letters."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
