from oscar.apps.basket.admin import *  # noqa: F403  Oscar registers its admins by this import
