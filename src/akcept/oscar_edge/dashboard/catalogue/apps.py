from oscar.apps.dashboard.catalogue import apps


class CatalogueDashboardConfig(apps.CatalogueDashboardConfig):
    """Oscar's product pages; codes and EANs are read as everywhere."""

    name = "akcept.oscar_edge.dashboard.catalogue"
