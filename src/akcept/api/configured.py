"""What the operator chooses of the API: settings, read and checked in one place.

`AKCEPT_API_BURST` is how many calls a client may make at once, `AKCEPT_API_RATE` how many come back a second;
`AKCEPT_API_LIMITS_REDIS` is the address of a Redis that counts them ("redis://10.0.0.5:6379/2").
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _

BURST: Final = 120
RATE: Final = 10
#: Moments are whole microseconds, and Redis's script counts in doubles: both stay exact up to here.
_MOST: Final = 1_000_000
_SCHEMES: Final = ("redis", "rediss", "unix")


def burst() -> int:
    """Return how many calls a client may make at once."""
    return int(getattr(settings, "AKCEPT_API_BURST", BURST))


def rate() -> int:
    """Return how many calls come back a second."""
    return int(getattr(settings, "AKCEPT_API_RATE", RATE))


def limits_redis() -> str:
    """Return the address of the Redis that counts calls, empty where the database does."""
    return str(getattr(settings, "AKCEPT_API_LIMITS_REDIS", "") or "")


def check(**_kwargs: Any) -> list[CheckMessage]:
    """Find limits that mean nothing, and a Redis that cannot be asked; none is called."""
    found: list[CheckMessage] = []
    for name in ("AKCEPT_API_BURST", "AKCEPT_API_RATE"):
        typed = getattr(settings, name, 1)
        if type(typed) is not int or not 1 <= typed <= _MOST:
            text = _("%(name)s is a whole number from 1 to %(most)d.") % {"name": name, "most": _MOST}
            found.append(Error(text, id="akcept.E046"))
    typed = getattr(settings, "AKCEPT_API_LIMITS_REDIS", "") or ""
    if not typed:
        return found
    if not _is_address(typed):
        hint = _("Write it as %(one)s, %(two)s or %(three)s; without the setting the database counts calls.")
        names = {"one": "redis://10.0.0.5:6379/0", "two": "rediss://:password@redis.example/0"}
        hint %= names | {"three": "unix:///run/redis/redis.sock?db=0"}
        found.append(Error(_("AKCEPT_API_LIMITS_REDIS is not the address of a Redis."), hint=hint, id="akcept.E047"))
    elif find_spec("redis") is None:
        hint = _("Install it (%(command)s), or leave the setting out: then the database counts calls.")
        text = _("AKCEPT_API_LIMITS_REDIS needs the library “redis”, which is not installed.")
        found.append(Error(text, hint=hint % {"command": "pip install 'akcept[redis]'"}, id="akcept.E048"))
    return found


def _is_address(typed: object) -> bool:
    """Whether it names a Redis: of what the library would read, without asking whether it is installed."""
    if not isinstance(typed, str):
        return False
    try:
        parts = urlsplit(typed)
        named = parts.path if parts.scheme == "unix" else parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    number = "" if parts.scheme == "unix" else parts.path.strip("/")
    return parts.scheme in _SCHEMES and bool(named) and (not number or number.isdecimal())
