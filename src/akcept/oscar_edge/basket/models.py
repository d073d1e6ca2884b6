from oscar.apps.basket.models import *  # noqa: F403  the models are Oscar's own
