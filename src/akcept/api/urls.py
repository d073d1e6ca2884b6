"""Addresses of the API; a shop includes them at `api/v1/`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from akcept.api import problems
from akcept.api.surface import api, surface


@csrf_exempt
@surface
def nothing(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """Answer for an address there is not."""
    return problems.problem(404, "not_found", _("There is nothing at this address."))


_patterns = api.urls[0]
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern) and _pattern.callback is not None:
        _pattern.callback = surface(_pattern.callback)

urlpatterns = [*_patterns, re_path(r"^(?P<rest>.*)$", nothing)]
