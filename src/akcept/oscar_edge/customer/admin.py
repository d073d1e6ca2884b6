from oscar.apps.customer.admin import *  # noqa: F403  Oscar registers its admins by this import
