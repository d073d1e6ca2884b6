from oscar.apps.partner.models import *  # noqa: F403  the models are Oscar's own
