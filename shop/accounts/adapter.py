"""What allauth asks us: the mails of logging in, whose an address is, where a request comes from, what is too often.

The mails come in their reader's language and the shop's look; a mail server that is down is said. They are sent at once
and not by the relay: the links and codes in them let somebody in, and the journal keeps what it is given.
"""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from akcept.api.queries import still_working
from akcept.kernel.errors import Invalid
from akcept.organizations import checks
from akcept.organizations.queries import chosen_language, language_of
from shop.accounts import limits
from shop.accounts.limits import By
from shop.accounts.models import User
from shop.accounts.network import client_address

logger = logging.getLogger(__name__)

#: Mails somebody waits for: that one could not be sent is said, and what they wanted is not half done.
_AWAITED = ("password_reset_key", "unknown_account", "email_confirmation", "account_already_exists")
#: Of these, what whoever opens an account or logs in to an unproved one has mailed to an address that may be another's.
_ASKED_FOR = ("email_confirmation", "account_already_exists")


class Adapter(DefaultAccountAdapter):
    """allauth's adapter."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # After wrong codes, and where one was mailed a moment ago: nobody has failed to log in.
        "too_many_login_attempts": gettext_lazy(
            "That was too often. Wait a moment, then log in again: we will e-mail you a new code."
        ),
    }

    # --- addresses ---

    def clean_email(self, email: str) -> str:
        """Return the address in its one spelling. Raises ValidationError for look-alikes and invisible characters."""
        try:
            return checks.email(email)
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from None

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address everything is counted by."""
        return client_address(request)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take a proved address, unless it is another account's meanwhile."""
        if User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id).exists():
            messages.error(request, _("%(email)s belongs to another account.") % {"email": email_address.email})
            return False
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:  # in this moment
            messages.error(request, _("%(email)s belongs to another account.") % {"email": email_address.email})
            return False

    # --- logging in ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Look at a password; wrong ones count for the address they come from. Raises TooMany."""
        limits.take_or_refuse(request, limits.LOGINS, By.ADDRESS)
        user = super().authenticate(request, **credentials)
        if user:
            limits.give_back(limits.LOGINS, client_address(request))
        return user

    def pre_login(self, request: HttpRequest, user: Any, *, email: str | None, **hook: Any) -> HttpResponse | None:
        """Let nobody in by another address than the account's own."""
        if email and not checks.same_email(email, user.email):
            messages.error(request, _("Log in with the address of your account."))
            return redirect(settings.LOGIN_URL)
        response: HttpResponse | None = super().pre_login(request, user, email=email, **hook)
        return response

    def post_login(self, request: HttpRequest, user: Any, **hook: Any) -> HttpResponse:
        """Go on in the person's own language: that is what the next page speaks."""
        with translation.override(language_of(user.pk)):
            response: HttpResponse = super().post_login(request, user, **hook)
        return response

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send a link to set a password to the address of the account only."""
        if checks.same_email(email, user.email):
            super().send_password_reset_mail(user, user.email, context)

    # --- mails ---

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is: the sender's name says which shop it is."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send now; whoever waits for it is told when that failed, and can try again.

        Raises TooMany for an address that others had written to too often, whether it has an account or not.
        """
        if template_prefix.rpartition("/")[2].startswith(_ASKED_FOR):
            limits.take_or_refuse(allauth_context.request, limits.MAILS_TO, By.ACCOUNT, email.lower())
        links = {name: _here(value) for name, value in context.items() if name.endswith("_url")}
        dressed = {**context, **links, "base_url": settings.AKCEPT_BASE_URL, "shop_name": settings.OSCAR_SHOP_NAME}
        try:
            with translation.override(_language(email, context.get("user"))):
                super().send_mail(template_prefix, email, dressed)
        except (OSError, SMTPException):
            logger.exception("a mail of logging in could not be sent")
            if template_prefix.rpartition("/")[2].startswith(_AWAITED):
                self._say_unsent(allauth_context.request)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody what happened to their account, in their language also at an address it no longer has."""
        told = {**(context or {}), "user": user}
        if "/password_" in template_prefix:
            told |= {"access": still_working(user.pk), "tokens_ended": user.tokens_ended}
        super().send_notification_mail(template_prefix, user, told, email)

    def _say_unsent(self, request: HttpRequest) -> None:
        messages.error(request, _("The e-mail could not be sent at the moment. Please try again in a few minutes."))
        raise ImmediateHttpResponse(redirect(request.path)) from None


def _language(email: str, user: Any) -> str:
    found = user if getattr(user, "pk", None) else User.objects.filter(email__iexact=email).first()
    chosen = chosen_language(found.pk) if found else ""
    return chosen or translation.get_language() or settings.LANGUAGE_CODE


def _here(link: str) -> str:
    """Return a link to this shop by its own address: the one the request named is whatever its sender wrote."""
    parts = urlsplit(link)
    return f"{settings.AKCEPT_BASE_URL.rstrip('/')}{parts.path}{'?' if parts.query else ''}{parts.query}"
