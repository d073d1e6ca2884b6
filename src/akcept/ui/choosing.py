"""What a list is narrowed by: chosen while there is little to choose from, and typed once there is much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from akcept.kernel.folding import fold
from akcept.ui.forms import SuggestInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What somebody chose: one of those offered by its key, or words of a name; nothing while both are empty."""

    id: int | None = None
    text: str = ""


def chosen(cleaned: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what filters take of such fields, `unit_id` and `unit_text` of "unit"; nothing of those that are wrong."""
    found: dict[str, Any] = {}
    for name in names:
        narrowed = cleaned.get(name, Narrowed())
        found |= {f"{name}_id": narrowed.id, f"{name}_text": narrowed.text}
    return found


class NarrowingField(forms.CharField):
    """Chosen from a list while everything is in it; among many a text, with some of them suggested.

    Either way the address says the same: the key of one that is offered, or part of a name.
    """

    def __init__(self, label: Any, *, nothing: Any) -> None:
        super().__init__(label=label, required=False, max_length=100)
        self._nothing = nothing
        self._offered: dict[str, str] = {}
        self._typed = True

    def offer(self, known: Sequence[tuple[int, str]], *, whole: bool) -> None:
        """Set what can be chosen. `whole`: nothing else is there; without it names are typed, and these suggested."""
        self._offered = {str(key): label for key, label in known}
        self._typed = not whole
        if whole:
            self.widget = forms.Select(choices=[("", self._nothing), *self._offered.items()])
            return
        self.widget = SuggestInput(suggestions=[(label, "") for label in dict.fromkeys(self._offered.values())])
        self.widget.attrs |= {"placeholder": _("part of the name"), "data-manual": ""}

    def prepare_value(self, value: Any) -> Any:
        """Return what the control shows: a name where names are typed, and the one it belongs to in a list."""
        if self._typed:
            return self._offered.get(str(value), value)
        return self._key_of(str(value or ""))

    def clean(self, value: Any) -> Narrowed:
        """Return the choice. Raises ValidationError for a text that is too long, or that a list does not have."""
        text = " ".join(str(super().clean(value) or "").split())
        key = self._key_of(text)
        if key in self._offered:
            return Narrowed(id=int(key))
        if text and not self._typed:
            raise forms.ValidationError(
                forms.ChoiceField.default_error_messages["invalid_choice"], params={"value": text}
            )
        return Narrowed(text=text)

    def _key_of(self, text: str) -> str:
        """Return the key of what a text names, if it is one of those that are offered; else the text."""
        named = [key for key, label in self._offered.items() if fold(label) == fold(text)]
        return named[0] if len(named) == 1 else text
