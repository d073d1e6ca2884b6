from oscar.apps.dashboard.reviews import apps


class ReviewsDashboardConfig(apps.ReviewsDashboardConfig):
    """Oscar's review pages, with days that make sense."""

    name = "akcept.oscar_edge.dashboard.reviews"
