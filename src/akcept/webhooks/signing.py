"""Signatures of Standard Webhooks, `v1` (pure): HMAC-SHA256 over id, time and body, one for each secret that counts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """Return a secret nobody has seen yet, as its receiver keeps it: 256 bits of chance."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, *, key: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body under one secret. Raises ValueError for what is no secret."""
    try:
        known = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is base64") from error
    signed = b".".join((key.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(known, signed, hashlib.sha256).digest()).decode()


def headers(known: Iterable[str], *, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers; with several secrets one signature each, of which a receiver needs one."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, key=key, timestamp=timestamp, body=body) for each in known),
    }
