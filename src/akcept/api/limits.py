"""How often a client may call: a token bucket, in Redis where the shop names one, else one statement of the database.

What is kept is when the bucket will be empty again. A call pushes that moment on by its cost, unless it would then lie
more than a whole bucket ahead: then nothing is pushed, and the call is refused. Parallel calls queue at the row, or at
the script. While Redis does not answer the database's bucket counts: no call goes uncounted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from akcept.api import configured, redis_bucket
from akcept.api.models import Bucket
from akcept.kernel.errors import TooOften

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
    """Take one call of a client's limit, by Redis's clock or, in the database, by `now`. Raises RateLimited.

    In the database one statement, one more for a refusal; none where Redis counts.
    """
    burst, cost = configured.burst(), _SECOND // configured.rate()
    pushed = redis_bucket.push(credential_id, cost=cost, room=burst * cost)
    if pushed is None:
        pushed = _push(credential_id, at=int(now.timestamp() * _SECOND), cost=cost, room=burst * cost)
    taken, used = pushed
    allowance = _allowance(used, burst=burst, cost=cost)
    if not taken:
        text = _("Too many calls. Try again in %(seconds)d s.") % {"seconds": allowance.wait}
        raise RateLimited(text, allowance=allowance)
    return allowance


def _allowance(used: int, *, burst: int, cost: int) -> Allowance:
    left = max(0, (burst * cost - used) // cost)
    missing = cost - (burst * cost - used) % cost if left == 0 else cost
    return Allowance(
        burst=burst, window=math.ceil(burst * cost / _SECOND), left=left, wait=max(1, math.ceil(missing / _SECOND))
    )


def _push(credential_id: int, *, at: int, cost: int, room: int) -> tuple[bool, int]:
    """Push the moment on unless it would lie too far ahead; return whether it was, and how far ahead it lies."""
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
    if row:
        return True, int(row[0]) - at
    kept = Bucket.objects.filter(pk=credential_id).values_list("full_at", flat=True).first() or at
    return False, kept - at
