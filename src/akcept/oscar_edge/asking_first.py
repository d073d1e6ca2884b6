"""Oscar's links that change something: reading one asks, and only the button below the question changes anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise


class AsksFirst:
    """In front of such a view of Oscar: a link is opened by other sites, previews and browsers that load ahead, too."""

    asked: str | Promise
    button: str | Promise

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask whoever follows the link; do what Oscar does for whoever presses the button."""
        if request.method != "POST":
            return render(request, "akcept/asked_first.html", {"asked": self.asked, "button": self.button})
        if urlsplit(request.META.get("HTTP_REFERER", "")).path == request.path:
            request.META["HTTP_REFERER"] = ""  # Oscar leads back to where one came from: not to the question again
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of Oscar's view
        return answer
