"""What somebody says of themselves to join, or to sign an organisation up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from akcept.ui.forms import CompanyMixin, LineField


class PasswordMixin(forms.Form):
    """Names and a password, typed twice; checked by the shop's own validators."""

    first_name = LineField(
        label=_("First name"), max_length=150, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = LineField(label=_("Last name"), max_length=150, widget=forms.TextInput({"autocomplete": "family-name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    password_again = forms.CharField(
        label=_("Repeat the password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean_password(self) -> str:
        """Return the password when the shop's validators have nothing against it."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        data = super().clean() or self.cleaned_data
        if {"password", "password_again"} <= data.keys() and data["password_again"] != data["password"]:
            self.add_error("password_again", ValidationError(_("The two passwords differ.")))
        return data


class JoinForm(PasswordMixin):
    """What somebody invited has to say of themselves."""


class SignUpForm(CompanyMixin, PasswordMixin):
    """A new organisation with its first administrator."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}))
    field_order = (
        "name",
        "nip",
        "line1",
        "postcode",
        "city",
        "first_name",
        "last_name",
        "email",
        "password",
        "password_again",
    )
