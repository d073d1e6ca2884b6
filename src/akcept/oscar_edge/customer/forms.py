"""Oscar's forms of an account: the profile says in which language the shop speaks, and no longer gives an account away.

Whoever has an account's address has the account: it gets the links to set a password and to decide orders. So the
address is changed where the login proves it (`AKCEPT_ACCOUNTS`), or else not without the password.
"""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer import forms as oscar_forms
from oscar.apps.customer.forms import *

from akcept.kernel.errors import Invalid
from akcept.organizations import accounts, actions, checks
from akcept.organizations.queries import language_of


class ProfileForm(oscar_forms.ProfileForm):
    """The own profile."""

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        """Add the language; take the address out, or ask for the password with it."""
        super().__init__(user, *args, **kwargs)
        self.person = user
        self.known_address = user.email  # a model form writes into the user while it is checked
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"),
            choices=settings.LANGUAGES,
            initial=language_of(user.pk),
            help_text=_("Pages and e-mails come in this language. The switch at the top of every page changes it too."),
        )
        if accounts.of_login().change_email_at():
            self.fields.pop("email", None)
            with suppress(AttributeError, ValueError):  # Oscar's form of a profile model writes these by itself
                self.user_field_names.remove("email")
        elif "email" in self.fields:
            self.fields["password"] = forms.CharField(
                label=_("Your password"),
                strip=False,
                required=False,
                widget=forms.PasswordInput({"autocomplete": "current-password"}),
                help_text=_("Only to change the e-mail address."),
            )

    def clean_email(self) -> str:
        """Return the address in its one spelling. Raises ValidationError."""
        try:
            address = checks.email(self.cleaned_data["email"])
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from None
        self.cleaned_data["email"] = address
        super().clean_email()
        return address

    def clean(self) -> Any:
        """Ask for the password when the address is another one."""
        data = super().clean() or self.cleaned_data
        wanted = data.get("email")
        other = bool(wanted) and not checks.same_email(wanted, self.known_address)
        if other and not self.person.check_password(data.get("password", "")):
            self.add_error("password", gettext("Enter your password to change the e-mail address."))
        return data

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the profile and the language."""
        saved = super().save(*args, **kwargs)
        actions.choose_language(self.person.pk, language=self.cleaned_data["language"])
        return saved
