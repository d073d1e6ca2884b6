"""Several organisations under one login: which one counts, and what happens to pages opened for another one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.kernel.errors import NotFound
from akcept.kernel.paging import key_of
from akcept.organizations.visitor import acting_for, choose, memberships_of
from akcept.storefront import refusals


@refusals.page
@require_safe
def my_organizations(request: HttpRequest) -> HttpResponse:
    """The organisations the visitor belongs to, to choose for which to act."""
    return render(request, "akcept/my_organizations.html", {"memberships": memberships_of(request)})


@refusals.act(shown_at="akcept:my_organizations")
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organisation from now on; go on where the visitor wanted to go."""
    wanted_id = key_of(request.POST.get("organization", ""))
    if wanted_id is None:
        raise NotFound(_("You do not belong to this organisation."))
    chosen = choose(request, wanted_id)
    messages.success(request, acting_for(chosen))
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if safe else "akcept:orders")
