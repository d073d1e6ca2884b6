"""Every other login door of Oscar and of the admin leads to the one that knows lock-out and second factors."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from oscar.views.decorators import login_forbidden

from shop.accounts.links import SetPasswordByLink


def to(name: str) -> Any:
    """Return a view that leads to the named page and keeps where the visitor wanted to go."""

    def door(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or request.POST.get(REDIRECT_FIELD_NAME, "")
        url = reverse(name)
        if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            url = f"{url}?{urlencode({REDIRECT_FIELD_NAME: wanted})}"
        return redirect(url)

    return door


def to_admin(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Lead the admin's door to the login; whoever is logged in and still sent here lacks the right, which is said."""
    if request.user.is_authenticated and not request.user.is_staff:
        return render(request, "403.html", status=403)
    response: HttpResponse = to("account_login")(request)
    return response


def to_order(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Lead Oscar's page of one order to ours. Raises Http404 for what can be no order's number."""
    try:
        return redirect("akcept:order", number=kwargs["order_number"])
    except NoReverseMatch as wrong:
        raise Http404 from wrong


#: Addresses that come before Oscar's own; the names Oscar reverses stay Oscar's and point at these paths.
urlpatterns = [
    path("accounts/register/", to("account_signup")),
    path("accounts/change-password/", to("account_change_password")),
    path("accounts/orders/", to("akcept:orders")),
    path("accounts/orders/<str:order_number>/", to_order),
    path("accounts/orders/<str:order_number>/<int:line_id>/", to_order),  # Oscar's own page has no template
    path("password-reset/", to("account_reset_password")),
    path("password-reset/confirm/<str:uidb64>/<str:token>/", login_forbidden(SetPasswordByLink.as_view())),
    path("dashboard/login/", to("account_login")),
    path("dashboard/logout/", to("account_logout")),
    path("admin/login/", to_admin),
    path("admin/logout/", to("account_logout")),
]
