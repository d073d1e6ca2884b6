"""Somebody who is logged in and speaks HTTP to a real server."""

from __future__ import annotations

import httpx
from django.conf import settings
from django.test import Client

from akcept.testing.cast import Person


def http_visitor(person: Person, url: str) -> httpx.Client:
    """Return a client of the server at `url` with the person's session; redirects are not followed."""
    login = Client()
    login.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return httpx.Client(
        base_url=url,
        cookies={settings.SESSION_COOKIE_NAME: login.cookies[settings.SESSION_COOKIE_NAME].value},
        headers={"Referer": url},
        timeout=30,
    )


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    value = page.partition(f'name="{name}" value="')[2].partition('"')[0]
    assert value, f"no field {name} in:\n{page[:3000]}"
    return value
