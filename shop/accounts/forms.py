"""allauth's forms, with what is tried counted where guessing would help."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.db import IntegrityError, transaction
from django.forms import BooleanField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from akcept.api import actions as access
from akcept.api.queries import still_working
from akcept.kernel.actor import Actor
from akcept.organizations.queries import name_of
from shop.accounts import limits
from shop.accounts.limits import By
from shop.accounts.models import User


class SignupForm(AllauthSignupForm):
    """Opens an account; counted by the network it comes from."""

    def clean(self) -> Any:
        """Count before anything is looked up. Raises TooMany."""
        limits.take_or_refuse(context.request, limits.SIGN_UPS, By.ADDRESS)
        return super().clean()

    def try_save(self, request: HttpRequest) -> Any:
        """Open it whole or not at all; an address somebody took in this moment is answered as one taken long ago."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            if not User.objects.filter(email__iexact=self.cleaned_data["email"]).exists():
                raise
        self.account_already_exists = True
        return super().try_save(request)


class ResetPasswordForm(AllauthResetPasswordForm):
    """Asks for a link to set a password; counted by network and by the address that gets the mail."""

    def clean_email(self) -> str:
        """Count before anything is looked up, for addresses without an account alike. Raises TooMany."""
        request = context.request
        limits.take_or_refuse(request, limits.RESETS_FROM, By.ADDRESS)
        limits.take_or_refuse(request, limits.RESETS_OF, By.ACCOUNT, self.cleaned_data["email"].lower())
        return str(super().clean_email())


class _Code:
    """A code of the second factor: few may be wrong, by account, wherever they come from.

    An app's codes, recovery codes, at log-in, to confirm and while setting it up: one count for all.
    """

    user: Any

    def clean_code(self) -> str:
        """Take the attempt, then look at the code, which counts once. Raises TooMany."""
        limits.take_or_refuse(context.request, limits.CODES, By.ACCOUNT, str(self.user.pk))
        code = str(super().clean_code())  # type: ignore[misc]  # allauth's form comes next
        if limits.take(limits.USED_CODES, f"{self.user.pk}:{''.join(filter(str.isalnum, code))}"):
            raise get_adapter().validation_error("incorrect_code")
        limits.forget(limits.CODES, str(self.user.pk))
        return code


class AuthenticateForm(_Code, mfa_forms.AuthenticateForm):
    """The second factor at log-in."""


class ReauthenticateByCodeForm(_Code, mfa_forms.ReauthenticateForm):
    """The second factor, to confirm."""


class ActivateForm(_Code, ActivateTOTPForm):
    """The first code of an app that is being set up."""


class ReauthenticateForm(AllauthReauthenticateForm):
    """The password, to confirm; counted by account as well: somebody may have found a screen left open."""

    def clean_password(self) -> str:
        """Take the attempt, then look at the password. Raises TooMany."""
        limits.take_or_refuse(context.request, limits.PASSWORDS, By.ACCOUNT, str(self.user.pk))
        password = str(super().clean_password())
        limits.forget(limits.PASSWORDS, str(self.user.pk))
        return password


class ChangePasswordForm(AllauthChangePasswordForm):
    """Another password, for whoever knows the one there is; tokens for other systems end with it where they say so."""

    end_tokens = BooleanField(
        required=False,
        label=gettext_lazy("Also end my tokens for other systems"),
        help_text=gettext_lazy("Programs that use them stop working at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask about tokens only where there are some."""
        super().__init__(*args, **kwargs)
        if not still_working(self.user.pk).tokens:
            del self.fields["end_tokens"]

    def clean_oldpassword(self) -> str:
        """Take the attempt, then look at the password. Raises TooMany."""
        limits.take_or_refuse(context.request, limits.PASSWORDS, By.ACCOUNT, str(self.user.pk))
        password = str(super().clean_oldpassword())
        limits.forget(limits.PASSWORDS, str(self.user.pk))
        return password

    def save(self) -> None:
        """Set the password, then end what was ticked: whoever is told that it ended has the new password."""
        super().save()
        if self.cleaned_data.get("end_tokens"):
            own = Actor.person(self.user.pk, name_of(self.user))
            self.user.tokens_ended = access.end_tokens_of(self.user.pk, actor=own)
