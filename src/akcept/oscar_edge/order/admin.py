"""Oscar's order admin; a held or ended order can be looked at, and says why it cannot be changed."""

# ruff: noqa: F403  Oscar registers its admins by this import
from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from oscar.apps.order.admin import *
from oscar.apps.order.admin import OrderAdmin as OscarOrderAdmin
from oscar.core.loading import get_model

from akcept.ordering import status
from akcept.oscar_edge import guards

Order = get_model("order", "Order")


class OrderAdmin(OscarOrderAdmin):
    """Read-only for orders that are not work for the shop."""

    list_display = ("number", "status", "total_incl_tax", "user", "date_placed")
    list_filter = ("status",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a held or ended order, superusers included."""
        return not _is_closed(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one either."""
        return not _is_closed(obj) and bool(super().has_delete_permission(request, obj))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say the reason on the page itself."""
        order = Order.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        if order is not None and _is_closed(order):
            messages.warning(request, guards.reason_for(order.number, order.status))
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response


def _is_closed(order: Any) -> bool:
    return order is not None and order.status in status.NOT_WORK


admin.site.unregister(Order)
admin.site.register(Order, OrderAdmin)
