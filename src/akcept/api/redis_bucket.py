"""The token bucket in Redis: one script that Redis runs alone, by its own clock. Whatever fails, the database counts.

It keeps what the database's row does, when the bucket will be empty again in microseconds, and forgets it by then. The
extra `akcept[redis]`; without it, or without an address, nothing here is asked.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.crypto import salted_hmac

from akcept.api import configured

if TYPE_CHECKING:
    from redis.commands.core import Script

log = logging.getLogger("akcept.api")

#: Of a client: when its bucket is empty again. Returns whether the call was taken, and how far ahead that moment lies.
_SCRIPT: Final = """
local time = redis.call('TIME')
local at = tonumber(time[1]) * 1000000 + tonumber(time[2])
local cost, room = tonumber(ARGV[1]), tonumber(ARGV[2])
local used = math.max((tonumber(redis.call('GET', KEYS[1])) or at) - at, 0)
if used + cost > room then
  return {0, used}
end
used = used + cost
redis.call('SET', KEYS[1], string.format('%.0f', at + used), 'PX', math.ceil(used / 1000))
return {1, used}
"""
#: Seconds: a call waits no longer for a Redis that is silent, and none asks it again before these have passed.
PATIENCE: Final = 0.5
AGAIN_AFTER: Final = 5.0


class _Absence:
    """Until when this process does not ask; said once when it begins and once when it is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: float | None = None

    def lasts(self) -> bool:
        return self._until is not None and time.monotonic() < self._until

    def begin(self, error: Exception) -> None:
        with self._lock:
            begins, self._until = self._until is None, time.monotonic() + AGAIN_AFTER
        if begins:
            # In what others than the library say may stand a part of the address, and so of its password.
            told = type(error).__module__.startswith("redis.")
            said = (str(error).partition("\n")[0] if told else "") or type(error).__name__
            log.warning("Redis counts no calls (%s): the database does until it is back", said)

    def end(self) -> None:
        if self._until is None:
            return
        with self._lock:
            ends, self._until = self._until is not None, None
        if ends:
            log.warning("Redis counts calls again")


absence = _Absence()


def push(credential_id: int, *, cost: int, room: int) -> tuple[bool, int] | None:
    """Push a client's moment on by `cost` unless it would lie more than `room` ahead, both in microseconds.

    Return whether it was pushed, and how far ahead it lies; None where no Redis is configured or it does not answer.
    """
    address = configured.limits_redis()
    if not address or absence.lasts():
        return None
    try:
        taken, used = _script(address)(keys=[_key(credential_id)], args=[cost, room])
    except Exception as error:  # whatever is wrong there, calls are counted here and answered
        absence.begin(error)
        return None
    absence.end()
    return bool(taken), int(used)


def _key(credential_id: int) -> str:
    return f"akcept:{_shop()}:calls:{credential_id}"


@lru_cache(maxsize=1)
def _shop() -> str:
    """Return what tells shops apart that share a Redis."""
    return salted_hmac(__name__, "shop").hexdigest()[:12]


@lru_cache(maxsize=1)
def _script(address: str) -> Script:
    """Return the script of a client with a pool of its own, made once a process; safe in threads and after a fork."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    patience: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    # Once more by itself: a connection that lay open while Redis was started again is no absence.
    return Redis.from_url(address, retry=Retry(NoBackoff(), 1), protocol=2, **patience).register_script(_SCRIPT)
