from oscar.apps.order import apps


class OrderConfig(apps.OrderConfig):
    """Oscar's order app with our guarded models; label and migrations stay Oscar's."""

    name = "akcept.oscar_edge.order"
