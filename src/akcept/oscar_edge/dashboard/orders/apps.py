from typing import Any

from django.urls import path
from oscar.apps.dashboard.orders import apps


class OrdersDashboardConfig(apps.OrdersDashboardConfig):
    """Oscar's order pages for the merchant, closed to what the customer has not accepted; lists can be kept by name."""

    name = "akcept.oscar_edge.dashboard.orders"

    def configure_permissions(self) -> None:
        """Let whoever sees the list keep it as they want it."""
        super().configure_permissions()
        self.permissions_map["order-views"] = self.permissions_map["order-list"]

    def get_urls(self) -> list[Any]:
        """Return Oscar's addresses, before them the one that keeps lists: a number would be anything."""
        from akcept.oscar_edge.dashboard.orders.kept import keep

        own = self.post_process_urls([path("views/", keep, name="order-views")])
        return [*own, *super().get_urls()]
