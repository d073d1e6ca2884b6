"""A form that Django's CSRF check refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.organizations.visitor import memberships_of
from akcept.ui import guard


def old_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that Django's CSRF check refused (the setting `CSRF_FAILURE_VIEW`): say why it counts no more.

    Most often its page was opened before the visitor switched to another organisation, or logged in, in another tab.
    """
    memberships = memberships_of(request)
    if "HX-Request" in request.headers:
        # A part of a page was asked for: the browser has to open the whole page anew, so that its next form counts.
        messages.warning(request, _("That page was opened before you switched or logged in. Nothing was done."))
        back = "" if len(memberships) > 1 else guard.came_from(request)
        return HttpResponse(status=204, headers={"HX-Redirect": back or _home(request)})
    return render(request, "akcept/old_page.html", {"memberships": memberships}, status=403)


def _home(request: HttpRequest) -> str:
    return reverse("akcept:my_organizations") if request.user.is_authenticated else "/"
