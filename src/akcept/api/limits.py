"""How often a client may call: a token bucket in the database, moved by one statement.

What is kept is when the bucket will be empty again. A call pushes that moment on by its cost, unless it would then lie
more than a whole bucket ahead: then no row comes back, and the call is refused. Parallel calls queue at the row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from akcept.api.models import Bucket
from akcept.kernel.errors import TooOften

#: Calls at once, and how many come back a second; a shop's settings `AKCEPT_API_BURST` and `AKCEPT_API_RATE`.
BURST: Final = 120
RATE: Final = 10
_SECOND: Final = 1_000_000


class RateLimited(TooOften):
    """The client calls more often than it may; `wait` says how many seconds to wait."""

    code = "rate_limited"

    def __init__(self, text: object, *, allowance: Allowance) -> None:
        super().__init__(text)
        self.allowance = allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left of a client's limit: calls now, and in how many seconds there is one more."""

    burst: int
    window: int
    left: int
    wait: int

    def headers(self) -> dict[str, str]:
        """Return them as the draft "RateLimit header fields for HTTP" writes them."""
        return {
            "RateLimit-Policy": f'"default";q={self.burst};w={self.window}',
            "RateLimit": f'"default";r={self.left};t={self.wait}',
        }


def take(credential_id: int, *, now: datetime) -> Allowance:
    """Take one call of a client's limit; one statement, one more for a refusal. Raises RateLimited."""
    burst, rate = int(getattr(settings, "AKCEPT_API_BURST", BURST)), int(getattr(settings, "AKCEPT_API_RATE", RATE))
    cost, at = _SECOND // rate, int(now.timestamp() * _SECOND)
    full_at = _push(credential_id, at=at, cost=cost, room=burst * cost)
    if full_at is not None:
        return _allowance(full_at - at, burst=burst, cost=cost)
    kept = Bucket.objects.filter(pk=credential_id).values_list("full_at", flat=True).first() or at
    allowance = _allowance(kept - at, burst=burst, cost=cost)
    text = _("Too many calls. Try again in %(seconds)d s.") % {"seconds": allowance.wait}
    raise RateLimited(text, allowance=allowance)


def _allowance(used: int, *, burst: int, cost: int) -> Allowance:
    left = max(0, (burst * cost - used) // cost)
    missing = cost - (burst * cost - used) % cost if left == 0 else cost
    return Allowance(
        burst=burst, window=math.ceil(burst * cost / _SECOND), left=left, wait=max(1, math.ceil(missing / _SECOND))
    )


def _push(credential_id: int, *, at: int, cost: int, room: int) -> int | None:
    """Push the moment on and return it; None where it would lie too far ahead."""
    table = connection.ops.quote_name(Bucket._meta.db_table)
    later = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    moved = f"{later}({table}.full_at, %s) + %s"
    sql = (
        f"INSERT INTO {table} (credential_id, full_at) VALUES (%s, %s) "  # noqa: S608  names are ours
        f"ON CONFLICT (credential_id) DO UPDATE SET full_at = {moved} WHERE {moved} <= %s RETURNING full_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [credential_id, at + cost, at, cost, at, cost, at + room])
        row = cursor.fetchone()
    return int(row[0]) if row else None
