"""The id of the request something is done for: from the browser's request to the mail that follows from it.

It names no person: whoever reads a log can put lines of the shop, of the relay and of the database together.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: What a proxy in front may have given a request; anything else is exchanged for an own one.
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,36}")
LENGTH: Final = 36

_current: ContextVar[str] = ContextVar("akcept_request_id", default="")


def current() -> str:
    """Return the id of the request at work; empty outside of one."""
    return _current.get()


def accepted(given: str) -> str:
    """Return an id that came from outside, a new one where it is none: it goes into logs and statements."""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


@contextmanager
def traced(request_id: str) -> Iterator[None]:
    """Do what is inside for a request."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
