from oscar.apps.customer import apps


class CustomerConfig(apps.CustomerConfig):
    """Oscar's pages of an account; label and migrations stay Oscar's."""

    name = "akcept.oscar_edge.customer"
