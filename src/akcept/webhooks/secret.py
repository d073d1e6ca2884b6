"""Secrets at rest: they sign, so they cannot be kept as digests; they are encrypted under the shop's `SECRET_KEY`.

A copy of the database alone signs nothing. After the key was exchanged (`SECRET_KEY_FALLBACKS` names the one before)
the old ones are still read; restored beside another key they are not, and each webhook needs a new secret.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """The secret was encrypted under a key that this shop does not have."""


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ())]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.blake2b(key.encode(), digest_size=32, person=b"akcept.webhooks").digest())


def kept(secret: str) -> str:
    """Return a secret as it is kept."""
    return _cipher().encrypt(secret.encode()).decode()


def read(stored: str) -> str:
    """Return a kept secret. Raises Unreadable."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error
