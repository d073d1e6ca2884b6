"""Refusals on pages of surfaces that have both: at the shop's front and in the panel, each as that place shows them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from akcept.kernel.errors import Refused

View = Callable[..., HttpResponse]


def page(*, refused: str, staff: bool = False) -> Callable[[View], View]:
    """Let a view raise refusals, shown by this template; whoever has not logged in is sent to do so.

    `staff` lets nobody else in.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_login(request, otherwise="/")
            if staff and not (request.user.is_active and request.user.is_staff):
                return render(request, "akcept/panel/forbidden.html", status=403)
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                return render(request, refused, {"refusal": refusal, "back": ""}, status=refusal.status)

        return guarded

    return decorate


def to_login(request: HttpRequest, *, otherwise: str) -> HttpResponse:
    """Lead to the login page and from there back to the page the visitor was on, never into a repeated POST.

    `otherwise` is where they land when the browser does not say which page a form was sent from.
    """
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    response = redirect_to_login(came_from(request) or otherwise)
    if "HX-Request" in request.headers:
        # A part of a page was asked for: the browser has to leave the whole page instead.
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def came_from(request: HttpRequest) -> str:
    """Return the page of the shop a form was sent from, empty when the browser does not say."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(said)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


front = page(refused="akcept/refused.html")
panel = page(refused="akcept/panel/refused.html", staff=True)
