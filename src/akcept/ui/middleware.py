"""What holds for every request, whoever's page it is for: no NUL is typed, and what is personal is not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from akcept.ui.guard import came_from

_NUL = "\x00"


class NoNul:
    """Middleware: takes NUL characters out of what was typed, and knows no address with one.

    Nobody types them, PostgreSQL takes none in a text, and not every form field refuses them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Clean what the view will read. Raises Http404."""
        if any(_NUL in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        request.GET = _clean(request.GET)  # type: ignore[assignment]  # as immutable as the stubs have it
        if request.method == "POST":
            request.POST = _clean(request.POST)  # type: ignore[assignment]


def _clean(typed: QueryDict) -> QueryDict:
    if not any(_NUL in value for values in typed.lists() for value in (values[0], *values[1])):
        return typed
    cleaned = QueryDict(mutable=True, encoding=typed.encoding)
    for name, values in typed.lists():
        cleaned.setlist(name.replace(_NUL, ""), [value.replace(_NUL, "") for value in values])
    cleaned._mutable = False
    return cleaned


class PrivatePages:
    """Middleware: what somebody sees who has logged in is for them and for now.

    The next one at the same computer does not find it with the back button, no proxy keeps it, and going back after
    an order was placed or decided shows how things stand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forbid to keep the answer unless its view said how long it holds."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class ToldMethods:
    """Middleware: an address that only a form sends to says so in a page, with a way on.

    Django answers 405 with nothing, and the browser then shows an error of its own. People get there: by reloading,
    by the address bar, by a login that leads back to where a form was sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Exchange an empty 405 for a page, where a page was asked for."""
        response = self.get_response(request)
        if response.status_code != 405 or response.content or "text/html" not in request.headers.get("Accept", ""):
            return response
        template = "akcept/panel/refused.html" if getattr(request.user, "is_staff", False) else "akcept/refused.html"
        refusal = _("Nothing was done: this address only takes what a form on a page sends to it.")
        told = render(request, template, {"refusal": refusal, "back": came_from(request)}, status=405)
        told["Allow"] = response.headers.get("Allow", "")
        return told
