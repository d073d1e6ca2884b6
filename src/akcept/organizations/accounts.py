"""Whether an account is its owner's, as far as the shop's login knows (`AKCEPT_ACCOUNTS`).

Anybody can open an account under anybody's address. What proves an address is a secret that was mailed there: a code,
a link to set a password, an invitation.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string


class Accounts(Protocol):
    """What a login knows of its accounts."""

    def is_proved(self, user: Any) -> bool:
        """Whether whoever reads the mail of the account's address has shown that the account is theirs."""

    def claim(self, user: Any) -> None:
        """Give the account to whoever reads the mail of its address, and to nobody else.

        In the caller's transaction: the address counts as proved, other addresses of the account go, all its sessions
        are over. An account that nobody had proved loses its second factors too: a stranger may have set them up. The
        caller sets its password first.
        """

    def log_in(self, request: HttpRequest, user: Any, *, to: str) -> HttpResponse:
        """Log somebody in who has just opened the account, and lead `to` there; first to proving the address."""

    def require_room(self, request: HttpRequest) -> None:
        """Raise Refused where too many accounts were opened from the visitor's network lately."""

    def must_confirm(self, request: HttpRequest) -> bool:
        """Whether the visitor has to show once more who they are before something grave."""

    def confirm_first(self, request: HttpRequest) -> HttpResponse | None:
        """Lead to where the visitor shows once more who they are; None where they have, or need not.

        What was sent with the request is done once they have.
        """

    def change_email_at(self) -> str:
        """Return the address of the page on which an e-mail address is changed; empty where the profile does it."""


class Plain:
    """A login without proofs, as Oscar's own: an account is whoever's who knows its password."""

    def is_proved(self, user: Any) -> bool:
        """Nothing says otherwise."""
        return True

    def claim(self, user: Any) -> None:
        """Nothing is known that could go."""

    def log_in(self, request: HttpRequest, user: Any, *, to: str) -> HttpResponse:
        """Log in at once."""
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return redirect(to)

    def require_room(self, request: HttpRequest) -> None:
        """Count nothing."""

    def must_confirm(self, request: HttpRequest) -> bool:
        """Ask nothing."""
        return False

    def confirm_first(self, request: HttpRequest) -> HttpResponse | None:
        """Ask nothing."""
        return None

    def change_email_at(self) -> str:
        """Leave it to the profile."""
        return ""


def of_login() -> Accounts:
    """Return what the shop's login knows of its accounts."""
    path = getattr(settings, "AKCEPT_ACCOUNTS", "")
    found: Accounts = import_string(path)() if path else Plain()
    return found
