from oscar.apps.dashboard.offers import apps


class OffersDashboardConfig(apps.OffersDashboardConfig):
    """Oscar's offer pages, with days that make sense."""

    name = "akcept.oscar_edge.dashboard.offers"
