"""The mails of logging in: in their reader's language and the shop's look; a mail server that is down is said.

They are sent at once and not by the relay: the links in them let somebody in, and the journal keeps what it is given.
"""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from akcept.organizations.queries import language_of
from shop.accounts.models import User

logger = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):
    """allauth's adapter."""

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is: the sender's name says which shop it is."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send now; whoever waits for a link to set a password is told when that failed, and can try again."""
        links = {name: _here(value) for name, value in context.items() if name.endswith("_url")}
        dressed = {**context, **links, "base_url": settings.AKCEPT_BASE_URL, "shop_name": settings.OSCAR_SHOP_NAME}
        try:
            with translation.override(_language(email)):
                super().send_mail(template_prefix, email, dressed)
        except (OSError, SMTPException):
            logger.exception("a mail of logging in could not be sent")
            request = allauth_context.request
            if "password_reset" in template_prefix or "unknown_account" in template_prefix:
                messages.error(
                    request, _("The mail could not be sent at the moment. Please try again in a few minutes.")
                )
                raise ImmediateHttpResponse(redirect(request.path)) from None


def _language(email: str) -> str:
    user = User.objects.filter(email__iexact=email).first()
    return language_of(user.pk) if user else translation.get_language() or settings.LANGUAGE_CODE


def _here(link: str) -> str:
    """Return a link to this shop by its own address: the one the request named is whatever its sender wrote."""
    parts = urlsplit(link)
    return f"{settings.AKCEPT_BASE_URL.rstrip('/')}{parts.path}{'?' if parts.query else ''}{parts.query}"
