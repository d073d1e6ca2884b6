"""Refusals of the core, mapped once for the merchant's panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from akcept.kernel.errors import NotFound, Refused
from akcept.ui.guard import came_from, to_login

View = Callable[..., HttpResponse]


def staff_page(view: View) -> View:
    """Let staff in and turn refusals into answers; anybody else is refused before the view runs."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_login(request, otherwise=reverse("dashboard:index"))
        if not (request.user.is_active and request.user.is_staff):
            return render(request, "akcept/panel/forbidden.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        except Refused as refusal:
            back = came_from(request) if request.method == "POST" else ""
            return render(
                request, "akcept/panel/refused.html", {"refusal": refusal, "back": back}, status=refusal.status
            )

    return guarded
