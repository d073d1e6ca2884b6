"""Refusals of the core, mapped once for the shop's front: a page, a form error, or a kind message."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from akcept.kernel.errors import Refused
from akcept.organizations.seats import Membership
from akcept.organizations.visitor import memberships_of
from akcept.ui import guard

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
    """Lead to the login page, and back from there."""
    return guard.to_login(request, otherwise=reverse("akcept:orders"))


def answered(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call the view and turn a refusal into its answer."""
    try:
        return view(request, *args, **kwargs)
    except Refused as refusal:
        back = guard.came_from(request) if request.method == "POST" else ""
        return render(request, "akcept/refused.html", {"refusal": refusal, "back": back}, status=refusal.status)
