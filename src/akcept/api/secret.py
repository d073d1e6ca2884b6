"""Secrets of tokens and clients: made here, shown once, kept as a digest (ADR 0016).

A secret has 256 bits of chance: nobody guesses it, so the digest need not be slow, and it is compared in constant time.
The key before it finds the row by an index. The beginning says what it is, to scanners of leaked secrets too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

PERSONAL: Final = "akcept_pat"
ACCESS: Final = "akcept_at"
CLIENT: Final = "akcept"

_KEY_BYTES: Final = 9
_SECRET_BYTES: Final = 32
#: Longer than anything of ours.
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Parts:
    """What a token says of itself."""

    kind: str
    key: str
    secret: str


def new_key() -> str:
    """Return what a row is found by; no secret."""
    return secrets.token_hex(_KEY_BYTES)


def new_secret() -> str:
    """Return a secret nobody has seen yet."""
    return secrets.token_hex(_SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Whether a secret is the one that was kept; takes as long for a wrong one."""
    return hmac.compare_digest(digest(secret), kept)


def token(kind: str, key: str, secret: str) -> str:
    """Return a token as its owner keeps it."""
    return f"{kind}_{key}_{secret}"


def parts_of(text: str) -> Parts | None:
    """Return the parts of a token, None for what is none of ours."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    pieces = text.split("_")
    kind = "_".join(pieces[:2])
    if kind not in (PERSONAL, ACCESS) or len(pieces) != 4:
        return None
    return Parts(kind=kind, key=pieces[2], secret=pieces[3])
