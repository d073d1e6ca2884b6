"""A plain Oscar shop without Akcept, of the kind that BARE_SHOP_* names: what shops differ in."""

from __future__ import annotations

import os

from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import *  # noqa: F403  Oscar documents this import as its settings interface

#: Of "atomic" (ATOMIC_REQUESTS), "guests" (may order) and "abroad" (Germany, in EUR), what the shop is.
KIND = os.environ.get("BARE_SHOP_KIND", "").split()

SECRET_KEY = "only-for-a-test"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
SITE_ID = 1
ROOT_URLCONF = "tests.contracts.bare_shop.plain_urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["BARE_SHOP_DATABASE"],
        "ATOMIC_REQUESTS": "atomic" in KIND,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: Apps the shop has forked with `oscar_fork_app`: Oscar's config = the fork's, separated by commas.
FORKS = dict(fork.split("=") for fork in filter(None, os.environ.get("BARE_SHOP_FORKS", "").split(",")))
INSTALLED_APPS = [*(FORKS.get(app, app) for app in OSCAR_APPS), "sorl.thumbnail"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
LOGIN_URL = "customer:login"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en", "English"), ("pl", "Polski")]
USE_TZ = True
TIME_ZONE = "Europe/Warsaw"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
OSCAR_DEFAULT_CURRENCY = "EUR" if "abroad" in KIND else "PLN"
OSCAR_ALLOW_ANON_CHECKOUT = "guests" in KIND
OSCAR_FROM_EMAIL = "shop@shop.example"
