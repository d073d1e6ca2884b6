"""Addresses of Oscar's own test suite with Akcept's before them."""

# mypy: ignore-errors

from django.urls import include, path

from tests._site import urls as oscars
from tests._site.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("akcept.storefront.urls")),
    path("dashboard/", include("akcept.panel.urls")),
    *oscars.urlpatterns,
]
