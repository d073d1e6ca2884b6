"""What is typed in Oscar's own panel forms, read as everywhere else: codes, EANs, days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from akcept.kernel import typed
from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid
from akcept.kernel.typed import Unreadable
from akcept.organizations import figures


def as_code(text: str) -> str:
    """Return a code in one line, without what nobody sees. Raises ValidationError: a spreadsheet cut it short."""
    try:
        return figures.code(text)
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from None


def as_ean(text: str) -> str:
    """Return the digits of an EAN, however it is spaced, and any other number as a code. Raises ValidationError."""
    try:
        return typed.gtin(text)
    except Unreadable:
        return as_code(text)


def near(value: date) -> None:
    """Raise ValidationError for a day that cannot be meant: no calendar reaches further."""
    if not is_sensible(value.date() if isinstance(value, datetime) else value):
        raise ValidationError(_("Enter a day between %(first)d and %(last)d."), params=YEARS)


class NearDays(forms.BaseForm):
    """A form of Oscar's whose days have to be near enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField | forms.DateTimeField):
                field.validators = [*field.validators, near]
