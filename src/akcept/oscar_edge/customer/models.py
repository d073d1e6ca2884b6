from oscar.apps.customer.models import *  # noqa: F403  the models are Oscar's own
