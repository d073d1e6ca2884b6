"""Bodies as JSON, strictly: what two readers could read differently is refused, not guessed."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """Refuses, with ValueError: a name twice in one object, NaN and Infinity, a NUL, another encoding than UTF-8."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body; RFC 8259 leaves open what a name that comes twice means."""
        text = request.body.decode("utf-8-sig")
        if "\\u0000" in text or "\x00" in text:
            raise ValueError("NUL")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
