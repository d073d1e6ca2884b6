"""Addresses of Akcept in the shop's front, slice by slice."""

from django.urls import include, path

from akcept.storefront import installing

app_name = "akcept"

urlpatterns = [
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("", include("akcept.storefront.orders.urls")),
    path("", include("akcept.storefront.inbox.urls")),
    path("", include("akcept.storefront.organization.urls")),
    path("", include("akcept.storefront.rules.urls")),
    path("", include("akcept.storefront.budgets.urls")),
    path("", include("akcept.storefront.joining.urls")),
]
