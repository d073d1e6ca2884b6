"""Oscar's page of what somebody waits for, without what they may not buy for whom they act."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.alerts import views as oscar_views
from oscar.apps.customer.alerts.views import *

from akcept.oscar_edge import sight
from akcept.oscar_edge.asking_first import AsksFirst


class ProductAlertListView(oscar_views.ProductAlertListView):
    """The products somebody waits for."""

    def get_queryset(self) -> Any:
        """Return the alerts about what exists for the visitor."""
        return sight.rows(self.request, super().get_queryset())


class ProductAlertConfirmView(AsksFirst, oscar_views.ProductAlertConfirmView):
    """Begins waiting for a product, for somebody without an account."""

    asked = _("E-mail you when this product is in stock again?")
    button = _("Yes, e-mail me")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask about an alert there is. Raises Http404 for a key that is none's."""
        get_object_or_404(oscar_views.ProductAlert, key=kwargs["key"])
        return super().dispatch(request, *args, **kwargs)


class ProductAlertCancelView(AsksFirst, oscar_views.ProductAlertCancelView):
    """Ends waiting for a product."""

    asked = _("Stop waiting for this product?")
    button = _("Stop waiting")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask about an alert there is. Raises Http404 for a key that is none's, or another person's alert."""
        alerts = oscar_views.ProductAlert.objects.all()
        found = {"key": kwargs["key"]} if "key" in kwargs else {"pk": kwargs["pk"], "user": request.user}
        get_object_or_404(alerts, **found)
        return super().dispatch(request, *args, **kwargs)

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Return where it leads afterwards; never out of the shop, whatever the link names."""
        wanted = str(self.request.GET.get("next", ""))
        here = {self.request.get_host()}
        if url_has_allowed_host_and_scheme(wanted, here, require_https=self.request.is_secure()):
            return wanted
        return str(self.alert.product.get_absolute_url())
