"""Counting statements: one literal for one item and for three, so that a query per row cannot hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements(call: Callable[[], Any]) -> list[str]:
    """Return the SQL of every statement that `call` sends, transaction control included."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured.captured_queries]
