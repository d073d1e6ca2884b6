from oscar.apps.dashboard.users import apps


class UsersDashboardConfig(apps.UsersDashboardConfig):
    """Oscar's pages about customers, over orders that are work."""

    name = "akcept.oscar_edge.dashboard.users"
