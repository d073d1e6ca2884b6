"""Oscar's pages of an account: what gives it away is asked twice; closing one that others rely on is refused."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.apps.customer import views as oscar_views
from oscar.apps.customer.views import *
from oscar.core.loading import get_model

from akcept.organizations import accounts, checks, speaking
from akcept.organizations.queries import language_of
from akcept.oscar_edge.asking_first import AsksFirst


class ProfileView(oscar_views.ProfileView):
    """The own profile."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the language in its own words."""
        spoken = dict(settings.LANGUAGES).get(speaking.offered(language_of(self.request.user.pk)), "")
        return {**super().get_context_data(**kwargs), "spoken": spoken}


class ProfileUpdateView(oscar_views.ProfileUpdateView):
    """Changes the own profile."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save as Oscar does; the next page already speaks the language chosen."""
        response: HttpResponse = super().form_valid(form)
        speaking.remember(response, form.cleaned_data["language"])
        return response


class ProfileDeleteView(oscar_views.ProfileDeleteView):
    """Closes an account of somebody who neither ordered nor belongs to an organisation."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the login ask who is there first, where it can; what was sent without that is not kept: a password."""
        if request.method == "POST" and accounts.of_login().must_confirm(request):
            return redirect(request.path)
        asked = accounts.of_login().confirm_first(request)
        response: HttpResponseBase = asked or super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete as Oscar does; orders and decisions keep the name of who made them, so such an account stays."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            messages.error(
                self.request,
                _(
                    "Your account cannot be deleted: orders or an organisation rely on it. "
                    "An administrator of your organisation, or the shop, can deactivate it."
                ),
            )
            return redirect("customer:profile-view")
        return response


class AddressChangeStatusView(AsksFirst, oscar_views.AddressChangeStatusView):
    """Makes an address the one that is offered first."""

    asked = gettext_lazy("Use this address by default?")
    button = gettext_lazy("Use it by default")


class _GuestsOrder:
    """What both pages of a guest's order look for it by."""

    def get_object(self, queryset: Any = None) -> Any:
        """Return the order, None for a wrong link or address: a telephone begins an address with a capital."""
        order = get_model("order", "Order").objects.filter(user=None, number=self.order_number).first()  # type: ignore[attr-defined]
        if order is None or not order.check_verification_hash(self.hash):  # type: ignore[attr-defined]
            return None
        return order if checks.same_email(order.email or "", self.email or "") else None  # type: ignore[attr-defined]


class AnonymousOrderFormView(_GuestsOrder, oscar_views.AnonymousOrderFormView):
    """Asks for the address a guest's order was placed with."""


class AnonymousOrderDetailView(_GuestsOrder, oscar_views.AnonymousOrderDetailView):
    """A guest's order, for whoever has its link and knows its address."""


class EmailDetailView(oscar_views.EmailDetailView):
    """A mail the shop sent to the visitor."""

    def get_page_title(self) -> str:
        """Return its subject: Oscar's word in front of it means an address in other languages."""
        return str(self.object.subject)
