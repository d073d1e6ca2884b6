"""A form that Django's CSRF check refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.organizations.visitor import memberships_of


def old_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that Django's CSRF check refused (the setting `CSRF_FAILURE_VIEW`): say why it counts no more.

    Most often its page was opened before the visitor switched to another organisation, or logged in, in another tab.
    """
    if "HX-Request" in request.headers:
        # A part of a page was asked for: the browser has to leave the whole page instead.
        messages.warning(request, _("That page was opened before you switched or logged in. Nothing was done."))
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("akcept:my_organizations")})
    return render(request, "akcept/old_page.html", {"memberships": memberships_of(request)}, status=403)
