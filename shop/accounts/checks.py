"""What a shop on the internet must not start without."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

NO_KEY = "AKCEPT_SECRET_KEY is not set: give the shop a secret of its own, 50 random characters or more."


@register(Tags.security)
def secret_key_is_set(**_: Any) -> list[CheckMessage]:
    """Refuse to work without a key: links in mails and sessions are signed with it."""
    return [] if has_secret_key() else [Error(NO_KEY, id="shop.E001")]


def has_secret_key() -> bool:
    """Return whether there is a key; Django itself complains only when something is signed."""
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return False
