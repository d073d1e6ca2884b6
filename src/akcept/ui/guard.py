"""Refusals on pages of surfaces that have both: at the shop's front and in the panel, each as that place shows them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
                return redirect_to_login(request.get_full_path())
            if staff and not (request.user.is_active and request.user.is_staff):
                return render(request, "akcept/panel/forbidden.html", status=403)
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                return render(request, refused, {"refusal": refusal, "back": ""}, status=refusal.status)

        return guarded

    return decorate


front = page(refused="akcept/refused.html")
panel = page(refused="akcept/panel/refused.html", staff=True)
