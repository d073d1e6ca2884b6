"""Whose an account is: what allauth keeps of proved addresses, given to Akcept (`AKCEPT_ACCOUNTS`)."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import is_reauthentication_required, suspend_request
from allauth.account.models import EmailAddress, Login
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.kernel.errors import TooOften
from shop.accounts import limits
from shop.accounts.network import client_address


class AllauthAccounts:
    """See `akcept.organizations.accounts.Accounts`."""

    def is_proved(self, user: Any) -> bool:
        """Whether the address one logs in with, not just any address of the account, has been proved."""
        return bool(EmailAddress.objects.filter(user_id=user.pk, email=user.email, verified=True).exists())

    def claim(self, user: Any) -> None:
        """Leave the account one proved address, and none of what a stranger may have set up."""
        if not self.is_proved(user):
            Authenticator.objects.filter(user_id=user.pk).delete()
        # Also what other accounts say of this address: its mail comes here.
        EmailAddress.objects.filter(email=user.email).exclude(user_id=user.pk).delete()
        EmailAddress.objects.filter(user_id=user.pk).exclude(email=user.email).delete()
        own = {"verified": True, "primary": True}
        # The account's row is locked by whoever claims it: nobody else writes its address between these two.
        if not EmailAddress.objects.filter(user_id=user.pk, email=user.email).update(**own):
            EmailAddress.objects.create(user_id=user.pk, email=user.email, **own)
        limits.forget_account(user.pk)
        user.end_sessions()

    def log_in(self, request: HttpRequest, user: Any, *, to: str) -> HttpResponse:
        """Log in as after a sign-up: the code that was mailed is asked for first."""
        response: HttpResponse = perform_login(request, Login(user=user, redirect_url=to, signup=True))
        return response

    def require_room(self, request: HttpRequest) -> None:
        """Count accounts opened from a network, a company's and a person's together."""
        minutes = limits.take(limits.SIGN_UPS, client_address(request))
        if minutes:
            raise TooOften(f"{limits.reason(limits.By.ADDRESS)} {limits.again(minutes)}")

    def must_confirm(self, request: HttpRequest) -> bool:
        """Whether password or code were not asked for in the last minutes (`ACCOUNT_REAUTHENTICATION_TIMEOUT`)."""
        signed_in = request.user.is_authenticated
        return signed_in and bool(is_reauthentication_required(request, app="allauth.account"))

    def confirm_first(self, request: HttpRequest) -> HttpResponse | None:
        """Ask for the password, or a code of the second factor."""
        if not self.must_confirm(request):
            return None
        from allauth.account.adapter import get_adapter

        ways = get_adapter().get_reauthentication_methods(request.user)
        if not ways:
            raise PermissionDenied(_("This account has no password: set one first."))
        response: HttpResponse = suspend_request(request, ways[0]["url"])
        return response

    def change_email_at(self) -> str:
        """Return allauth's page, which asks for the password and mails a code to the new address."""
        return reverse("account_email")
