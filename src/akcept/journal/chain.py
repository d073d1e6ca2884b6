"""The hash chain (pure): each entry seals itself and the one before it, so a changed or missing row shows.

What an entry says (its actor's name and each value of its payload) goes into the seal as a salted digest. So a person's
name can be taken out of an entry later: its digest is kept instead of its salt, the seal still holds, and nobody can
find the name again by trying names. See docs/adr/0011.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def salt_for(entry_salt: str, key: str) -> str:
    """Return the salt of one value, which tells nothing of the entry's salt nor of the other values'."""
    return hashlib.sha256(f"{entry_salt}|{key}".encode()).hexdigest()[:32]


def digest(salt: str, value: Any) -> str:
    """Return the salted digest of a value, which must hold only what survives a round trip through JSON."""
    return hashlib.sha256(f"{salt}|{_canonical(value)}".encode()).hexdigest()


def seal(
    *,
    previous: str,
    organization_id: int,
    seq: int,
    topic: str,
    subject: tuple[str, str],
    actor: tuple[str, int | None],
    at: datetime,
    digests: Mapping[str, str],
) -> str:
    """Return the SHA-256 (hex) of an entry's facts, of the digests of what it says, and of the hash before it."""
    facts = [previous, organization_id, seq, topic, *subject, *actor, at.astimezone(UTC).isoformat(), digests]
    return hashlib.sha256(_canonical(facts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    """Return JSON with sorted keys and no blanks, because databases reorder keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
