from oscar.apps.shipping import apps


class ShippingConfig(apps.ShippingConfig):
    """Oscar's shipping app with this shop's delivery methods; label and migrations stay Oscar's."""

    name = "shop.shipping"
