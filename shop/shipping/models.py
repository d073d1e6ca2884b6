from oscar.apps.shipping.models import *  # noqa: F403  the models are Oscar's own
