from oscar.apps.partner import apps


class PricingConfig(apps.PartnerConfig):
    """Oscar's partner app with this shop's prices; label and migrations stay Oscar's."""

    name = "shop.pricing"
