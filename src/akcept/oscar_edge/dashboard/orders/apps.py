from oscar.apps.dashboard.orders import apps


class OrdersDashboardConfig(apps.OrdersDashboardConfig):
    """Oscar's order pages for the merchant, closed to what the customer has not accepted."""

    name = "akcept.oscar_edge.dashboard.orders"
