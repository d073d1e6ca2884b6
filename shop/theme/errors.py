"""The page for a request that cannot be understood, also where it was refused before anybody knew who asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: in the shop's frame, or bare for what is refused before sessions are looked at (a foreign host)."""
    if hasattr(request, "user"):
        return render(request, "400.html", status=400)
    return HttpResponse(render_to_string("400_bare.html"), status=400)
