"""Settings of a plain Oscar shop. What stands between the marks is in docs/extend/install.md, word for word."""

from __future__ import annotations

import os

from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import *  # noqa: F403  Oscar documents this import as its settings interface
from oscar.defaults import OSCAR_DASHBOARD_NAVIGATION

SECRET_KEY = "only-for-a-test"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
SITE_ID = 1
ROOT_URLCONF = "tests.contracts.bare_shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BARE_SHOP_DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [*OSCAR_APPS, "sorl.thumbnail"]
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
OSCAR_DEFAULT_CURRENCY = "PLN"

# --- install: begin ---
from akcept.oscar_edge import install  # noqa: E402
from akcept.panel.navigation import with_akcept  # noqa: E402

INSTALLED_APPS = install.with_akcept(INSTALLED_APPS)
MIGRATION_MODULES = {**install.MIGRATION_MODULES}
LOCALE_PATHS = [install.LOCALE_PATH]
TEMPLATES[0]["OPTIONS"]["context_processors"] += ["akcept.ui.context_processors.akcept"]
MIDDLEWARE = install.with_middleware(MIDDLEWARE)
CSRF_FAILURE_VIEW = "akcept.storefront.views.switching.old_page"
OSCAR_DASHBOARD_NAVIGATION = with_akcept(OSCAR_DASHBOARD_NAVIGATION)
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "unhandled"
OSCAR_ORDER_STATUS_PIPELINE = {
    "awaiting_acceptance": (),  # only acceptance leads out of it
    "rejected": (),
    "withdrawn": (),
    "expired": (),
    "unhandled": ("in_progress", "cancelled"),
    "in_progress": ("shipped", "cancelled"),
    "shipped": (),
    "cancelled": (),
}
OSCAR_LINE_STATUS_PIPELINE = OSCAR_ORDER_STATUS_PIPELINE
AKCEPT_BASE_URL = "https://shop.example"  # where links in mails lead
# --- install: end ---
