"""Forms of the shop's front: what may be typed. What it means is decided by the actions."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from akcept.organizations import checks
from akcept.organizations.actions import AddressInput
from akcept.ui.forms import CompanyMixin, CountryMixin, LineField, checked


class AddressMixin(CountryMixin):
    """A postal address; the field names are those the core refuses by."""

    recipient = LineField(label=_("Recipient"), max_length=200)
    line1 = LineField(label=_("Street and number"), max_length=255)
    postcode = LineField(label=_("Postcode"), max_length=12)
    city = LineField(label=_("Town"), max_length=120)
    phone = LineField(label=_("Phone for the courier"), max_length=30, required=False)
    field_order: tuple[str, ...] = ("recipient", "line1", "postcode", "city", "country", "phone")

    def clean_postcode(self) -> str:
        """Return the postcode in its usual form."""
        return checked(partial(checks.postcode, country=self.chosen_country()), self.cleaned_data["postcode"])

    def address(self) -> AddressInput:
        """Return the address as the actions take it."""
        data = self.cleaned_data
        return AddressInput(
            recipient=data["recipient"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            phone=data["phone"],
            country=self.chosen_country(),
        )


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
    """What somebody invited has to say of himself."""


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
