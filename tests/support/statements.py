"""Counting statements: one literal for one item and for three, so that a query per row cannot hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements(call: Callable[[], Any]) -> list[str]:
    """Return the SQL of every statement that `call` sends, transaction control included.

    What the API does by chance, once in some hundred calls, it does not do here.
    """
    with CaptureQueriesContext(connection) as captured, patch("akcept.api.surface.secrets.randbelow", return_value=1):
        call()
    return [query["sql"] for query in captured.captured_queries]
