"""What is refused, or fails, before a call has reached the API: a problem document as well, never a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from akcept.api import problems
from akcept.ui.database_trouble import TROUBLE

#: By status: the code, of those in the reference, that says most nearly what happened.
_CODES: Final = {
    400: "malformed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_often",
}
#: Of the page's headers those that say something to a program.
_KEPT: Final = ("Retry-After", "Allow")


class NeverAPage:
    """Middleware, in front of all others: a foreign host, a form too large or a database that is away, told as JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Exchange a page that says no for its problem document, where the address is one of the API."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(_root()) or not _is_page(response):
            return response
        with translation.override(translation.get_language_from_request(request)):
            if response.status_code == 503:
                return _unavailable(response)
            status = response.status_code if response.status_code in _CODES or response.status_code >= 500 else 400
            told = problems.problem(status, _CODES.get(status, "failed"), _words(status))
        for name in _KEPT:
            if name in response.headers:
                told[name] = response.headers[name]
        told["Cache-Control"] = "no-store"
        return told


def _unavailable(page: HttpResponse) -> HttpResponse:
    told = problems.of_trouble(getattr(page, TROUBLE, None))
    if "Retry-After" in page.headers:
        told["Retry-After"] = page.headers["Retry-After"]
    told["Cache-Control"] = "no-store"
    return told


@cache
def _root() -> str:
    return reverse("api-root")


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "text/html").startswith("text/html")


def _words(status: int) -> str:
    if status >= 500:
        return _("This failed, and it is our fault. Send the same call again, with its key.")
    return _("The call was refused before anything read it: look at its host, its size and its fields.")
