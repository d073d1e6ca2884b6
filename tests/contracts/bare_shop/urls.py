"""Addresses of a plain Oscar shop; ours come before Oscar's."""

from django.urls import include, path

from tests.contracts.bare_shop.plain_urls import urlpatterns

# --- install: begin ---
urlpatterns = [
    path("", include("akcept.storefront.urls")),
    path("dashboard/", include("akcept.panel.urls")),
    *urlpatterns,
]
# --- install: end ---
