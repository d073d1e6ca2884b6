"""The hash chain (pure): each entry seals itself and the one before it, so a changed or missing row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def seal(
    *,
    previous: str,
    organization_id: int,
    seq: int,
    topic: str,
    subject: tuple[str, str],
    actor: tuple[str, int | None, str],
    at: datetime,
    payload: Mapping[str, Any],
) -> str:
    """Return the SHA-256 (hex) of an entry's content and of the hash before it.

    The JSON is canonical (sorted keys, no blanks) because databases reorder keys; `payload` must hold only what
    survives a round trip through JSON.
    """
    content = json.dumps(
        [previous, organization_id, seq, topic, *subject, *actor, at.astimezone(UTC).isoformat(), payload],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(content.encode()).hexdigest()
