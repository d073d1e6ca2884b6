"""Oscar's page of what somebody waits for, without what they may not buy for whom they act."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

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


class ProductAlertCancelView(AsksFirst, oscar_views.ProductAlertCancelView):
    """Ends waiting for a product."""

    asked = _("Stop waiting for this product?")
    button = _("Stop waiting")
