"""Pages of ours leave the transaction that `ATOMIC_REQUESTS` puts around a request: their actions are their own.

An action has committed when it returns (`durable=True`), so it cannot run inside a transaction somebody else ends.
Oscar's pages, ours that inherit from them included, call no action and stay in the request's transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse


class OwnTransactions:
    """Middleware: takes each page of ours out of the request's transaction, so that no page can forget to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, _request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        """Mark the page as Django's `non_atomic_requests` would, before Django looks."""
        if is_ours(view):
            view._non_atomic_requests = {*getattr(view, "_non_atomic_requests", ()), DEFAULT_DB_ALIAS}


def is_ours(view: Any) -> bool:
    """Whether a page is one of our own: a function of ours, or a class that rests on ours and on none of Oscar's."""
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return _of(view, "akcept.")
    return not any(_of(base, "oscar.") for base in view_class.__mro__) and any(
        _of(base, "akcept.") for base in view_class.__mro__
    )


def _of(thing: Any, package: str) -> bool:
    return str(getattr(thing, "__module__", "")).startswith(package)
