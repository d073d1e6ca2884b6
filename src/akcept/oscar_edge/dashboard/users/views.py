"""A customer in the dashboard: their orders are those that are work; what waits is in the list of held orders."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from oscar.apps.dashboard.users import views as oscar_views
from oscar.apps.dashboard.users.views import *
from oscar.core.loading import get_model

from akcept.oscar_edge.work import is_work


class UserDetailView(oscar_views.UserDetailView):
    """One customer."""

    def get_queryset(self) -> Any:
        """Return customers with the orders the page may list."""
        orders = get_model("order", "Order").objects.filter(is_work()).prefetch_related("lines", "surcharges")
        return self.model.objects.prefetch_related(Prefetch("orders", queryset=orders))
