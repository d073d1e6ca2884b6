"""The pages for requests that cannot be understood, also before anybody knew who asks, and for too many of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from shop.accounts import limits


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: in the shop's frame, or bare for what is refused before sessions are looked at (a foreign host)."""
    if hasattr(request, "user"):
        return render(request, "400.html", status=400)
    return HttpResponse(render_to_string("400_bare.html"), status=400)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 where allauth itself counts: by the minute, and whoever is logged in by account."""
    by = limits.By.ACCOUNT if request.user.is_authenticated else limits.By.ADDRESS
    return limits.refused(request, by, 1)
