from oscar.apps.offer.admin import *  # noqa: F403  Oscar registers its admins by this import
