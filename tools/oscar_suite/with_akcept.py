"""Settings of Oscar's own test suite with Akcept put in as docs/extend/install.md says."""

# mypy: ignore-errors

from __future__ import annotations

from akcept.oscar_edge import install
from akcept.panel.navigation import with_akcept
from tests.settings import *  # noqa: F403  Oscar's tests, not ours: this runs in the copy that `make oscar-suite` makes
from tests.settings import (
    INSTALLED_APPS,
    MIDDLEWARE,
    OSCAR_DASHBOARD_NAVIGATION,
    OSCAR_LINE_STATUS_PIPELINE,
    OSCAR_ORDER_STATUS_PIPELINE,
    TEMPLATES,
)

INSTALLED_APPS = install.with_akcept(INSTALLED_APPS)
MIGRATION_MODULES = install.migration_modules(INSTALLED_APPS)
OSCAR_DYNAMIC_CLASS_LOADER = install.CLASS_LOADER
LOCALE_PATHS = [install.LOCALE_PATH]
TEMPLATES[0]["OPTIONS"]["context_processors"] += ["akcept.ui.context_processors.akcept"]
MIDDLEWARE = install.with_middleware(MIDDLEWARE)
CSRF_FAILURE_VIEW = "akcept.storefront.csrf.old_page"
OSCAR_DASHBOARD_NAVIGATION = with_akcept(OSCAR_DASHBOARD_NAVIGATION)
#: The statuses its tests walk through are those of a shop with orders from before Akcept.
_OURS = dict.fromkeys(("awaiting_acceptance", "rejected", "withdrawn", "expired", "unhandled"), ())
OSCAR_ORDER_STATUS_PIPELINE = {**_OURS, **OSCAR_ORDER_STATUS_PIPELINE}
OSCAR_LINE_STATUS_PIPELINE = {**_OURS, **OSCAR_LINE_STATUS_PIPELINE}
ROOT_URLCONF = "oscar_suite_urls"
