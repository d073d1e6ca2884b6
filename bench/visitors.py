"""Somebody logged in to the shop of this process."""

from __future__ import annotations

from typing import Any

from django.test import Client


def client_of(user: Any) -> Client:
    """Return a client with the person's session."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
