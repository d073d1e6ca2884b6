"""The shop's list of orders as each of the staff wants it again."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from akcept.ui import saved_views
from akcept.ui.saved_views import Views

_PAGE: Final = "shop-orders"
_LIST: Final = "dashboard:order-list"


def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is narrowed under a name, or remove such a view."""
    return saved_views.answered(request, _PAGE, lists=_LIST) if request.method == "POST" else redirect(_LIST)


def views_of(request: HttpRequest, *, narrowed: bool) -> Views:
    """Return the saved views of the one who looks at the list; one statement."""
    return saved_views.of(request, _PAGE, lists=_LIST, keeps="dashboard:order-views", narrowed=narrowed)
