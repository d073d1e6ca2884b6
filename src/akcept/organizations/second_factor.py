"""The second factor of whoever has logged in, as far as the shop's login has one (`AKCEPT_SECOND_FACTOR`)."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


class SecondFactor(Protocol):
    """What a login knows of second factors."""

    def was_given(self, request: HttpRequest) -> bool:
        """Whether the visitor has shown one since they logged in; no statement beyond the session's own."""

    def leads_to(self, request: HttpRequest, back: str) -> str:
        """Return the address where it is shown and led `back` from, or where one is set up first."""


def of_login() -> SecondFactor | None:
    """Return what the shop's login knows of second factors; None where it has none."""
    path = getattr(settings, "AKCEPT_SECOND_FACTOR", "")
    found: SecondFactor | None = import_string(path)() if path else None
    return found


def was_given(request: HttpRequest) -> bool:
    """Whether the visitor has shown a second factor since they logged in."""
    login = of_login()
    return login is not None and login.was_given(request)
