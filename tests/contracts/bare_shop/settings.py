"""Settings of a plain Oscar shop. What stands between the marks is in docs/extend/install.md, word for word."""

from __future__ import annotations

from oscar.defaults import OSCAR_DASHBOARD_NAVIGATION

from tests.contracts.bare_shop.plain import *  # noqa: F403
from tests.contracts.bare_shop.plain import INSTALLED_APPS, MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "tests.contracts.bare_shop.urls"

# --- install: begin ---
from akcept.oscar_edge import install  # noqa: E402
from akcept.panel.navigation import with_akcept  # noqa: E402

INSTALLED_APPS = install.with_akcept(INSTALLED_APPS)
MIGRATION_MODULES = install.migration_modules(INSTALLED_APPS)
OSCAR_DYNAMIC_CLASS_LOADER = install.CLASS_LOADER
LOCALE_PATHS = [install.LOCALE_PATH]
TEMPLATES[0]["OPTIONS"]["context_processors"] += ["akcept.ui.context_processors.akcept"]
MIDDLEWARE = install.with_middleware(MIDDLEWARE)
CSRF_FAILURE_VIEW = "akcept.storefront.csrf.old_page"
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
