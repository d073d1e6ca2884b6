"""Refusals of the core, mapped once for the shop's front: a page, a form error, or a kind message."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from akcept.kernel.errors import Refused
from akcept.organizations.seats import Membership
from akcept.organizations.visitor import memberships_of

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Let a view raise refusals: they become a page that says what and whom to ask, with the refusal's status.

    Somebody who has not logged in is sent to do so and comes back to where they were.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_login(request)
        if (other := _meant_for(request)) is not None:
            return elsewhere(request, other)
        return answered(request, view, *args, **kwargs)

    return guarded


def _meant_for(request: HttpRequest) -> Membership | None:
    """Return which other of the visitor's organisations a link in a mail (`?org=7`) is about, None for this one."""
    wanted = request.GET.get("org", "")
    if request.method != "GET" or not wanted:
        return None
    return next((m for m in memberships_of(request) if str(m.organization_id) == wanted and not m.current), None)


def elsewhere(request: HttpRequest, other: Membership) -> HttpResponse:
    """Answer that a page belongs to another of the visitor's organisations, and offer to go on there."""
    return render(request, "akcept/elsewhere.html", {"other": other}, status=409)


def open_page(view: View) -> View:
    """As `page`, for views that need no login."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return answered(request, view, *args, **kwargs)

    return guarded


def act(*, shown_at: str) -> Callable[[View], View]:
    """As `page`, for a view that changes something: it only answers POST.

    GET changes nothing and leads to the page the act belongs to (`shown_at`, reversed with the act's own arguments
    where it takes them): a refused form stays at this address, and its reader may reload it or switch the language.
    """

    def decorate(view: View) -> View:
        guarded = page(view)

        @wraps(view)
        def only_post(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect(reverse(shown_at, kwargs=kwargs if "number" in kwargs else None))
            return guarded(request, *args, **kwargs)

        return only_post

    return decorate


def to_login(request: HttpRequest) -> HttpResponse:
    """Lead to the login page and from there back to the page the visitor was on, never into a repeated POST."""
    back = request.get_full_path()
    if request.method != "POST":
        return redirect_to_login(back)
    response = redirect_to_login(_came_from(request) or reverse("akcept:orders"))
    if "HX-Request" in request.headers:
        # A part of a page was asked for: the browser has to leave the whole page instead.
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def _came_from(request: HttpRequest) -> str:
    """Return the page of the shop a form was sent from, empty when the browser does not say."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def answered(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call the view and turn a refusal into its answer."""
    try:
        return view(request, *args, **kwargs)
    except Refused as refusal:
        back = _came_from(request) if request.method == "POST" else ""
        return render(request, "akcept/refused.html", {"refusal": refusal, "back": back}, status=refusal.status)
