"""Log lines as JSON, for whoever collects them; each with the id of the request it is of."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from akcept.kernel import tracing

#: What a record always has; anything else was said with it.
_ALWAYS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "taskName"}


class WithRequest(logging.Filter):
    """Give each record the id of the request at work, "-" for none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        asked = getattr(record, "request", None)  # Django tells of some once the request is over
        record.request_id = tracing.current() or getattr(asked, "akcept_request_id", "") or "-"
        return True


class Structured(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is a text within it."""
        told: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "event": record.getMessage(),
        }
        said = {name: value for name, value in vars(record).items() if name not in _ALWAYS and _is_plain(value)}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told | said, ensure_ascii=False)


def _is_plain(value: object) -> bool:
    """Whether a value can be told as it is; Django hands whole requests along."""
    return value is None or isinstance(value, str | int | float | bool)
