from oscar.apps.offer import apps


class OfferConfig(apps.OfferConfig):
    """Oscar's offers, counting orders that wait; label and migrations stay Oscar's."""

    name = "akcept.oscar_edge.offer"
