"""The WSGI entry point of the ready-to-run shop."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

application = get_wsgi_application()

from shop.accounts.checks import NO_KEY, has_secret_key  # noqa: E402  needs the settings

if not has_secret_key():
    sys.exit(str(NO_KEY))
