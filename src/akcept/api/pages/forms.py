"""What is typed to give access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.api.actions import NAME_LIMIT
from akcept.api.scope_words import WORDS
from akcept.api.scopes import Scope


class AccessForm(forms.Form):
    """A name, what it may be used for, and for how long."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LIMIT, help_text=_("Where it will be used, such as “Subiekt, office”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Can be used to"), widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (366, _("a year"))],
        initial=90,
    )

    def __init__(self, data: Any = None, *, among: frozenset[Scope]) -> None:
        """Offer the scopes that there are for this kind of access."""
        super().__init__(data)
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, WORDS[scope]) for scope in Scope if scope in among]
