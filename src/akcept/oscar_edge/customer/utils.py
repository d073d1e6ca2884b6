"""The mails Oscar still sends itself about an account: in its owner's language."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from django.utils import translation
from oscar.apps.customer.utils import *
from oscar.apps.customer.utils import CustomerDispatcher as OscarCustomerDispatcher

from akcept.organizations.queries import language_of


class CustomerDispatcher(OscarCustomerDispatcher):
    """Oscar's sender of the mails about an account."""

    def send_registration_email_for_user(self, user: Any, extra_context: dict[str, Any]) -> None:
        """Welcome somebody."""
        self._send(self.REGISTRATION_EVENT_CODE, user, extra_context)

    def send_password_reset_email_for_user(self, user: Any, extra_context: dict[str, Any]) -> None:
        """Send a link to choose a password, when somebody at the shop asked for it."""
        self._send(self.PASSWORD_RESET_EVENT_CODE, user, extra_context)

    def send_password_changed_email_for_user(self, user: Any, extra_context: dict[str, Any]) -> None:
        """Tell that the password is another one."""
        self._send(self.PASSWORD_CHANGED_EVENT_CODE, user, extra_context)

    def send_email_changed_email_for_user(self, user: Any, extra_context: dict[str, Any]) -> None:
        """Tell the old address that there is a new one."""
        self._send(self.EMAIL_CHANGED_EVENT_CODE, user, extra_context)

    def _send(self, code: str, user: Any, extra_context: dict[str, Any]) -> None:
        with translation.override(language_of(user.pk)):
            messages = self.dispatcher.get_messages(code, extra_context)
            self.dispatcher.dispatch_user_messages(user, messages)
