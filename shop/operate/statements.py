"""Each statement says in a comment for which request it is sent: a slow one in the database's log has a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created

from akcept.kernel import tracing


def commented(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Send a statement with the request's id behind it; see `Connection.execute_wrappers`."""
    request_id = tracing.current()
    if request_id and isinstance(sql, str):
        sql = f"{sql} /* request={request_id} */"
    return execute(sql, params, many, context)


def _wrap(connection: Any, **_signal: Any) -> None:
    if commented not in connection.execute_wrappers:
        connection.execute_wrappers.append(commented)


def connect() -> None:
    """Wrap each connection once it is made."""
    connection_created.connect(_wrap, dispatch_uid="shop.operate.statements")
