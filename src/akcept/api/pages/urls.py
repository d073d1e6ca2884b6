"""Addresses of the pages of access, at the shop's front and in the panel."""

from django.urls import path

from akcept.api.pages import reference, views

app_name = "akcept_access"

urlpatterns = [
    path("api/", reference.reference, name="reference"),
    path("api/openapi.json", reference.openapi, name="openapi"),
    path("account/tokens/", views.tokens, name="tokens"),
    path("organization/systems/", views.systems, name="systems"),
    path("account/access/<int:credential_id>/", views.calls, name="calls"),
    path("account/access/<int:credential_id>/end/", views.end, name="end"),
    path("account/access/<int:credential_id>/exchange/", views.exchange, name="exchange"),
    path("dashboard/systems/", views.shop_systems, name="shop_systems"),
    path("dashboard/systems/<int:credential_id>/", views.shop_calls, name="shop_calls"),
    path("dashboard/systems/<int:credential_id>/end/", views.shop_end, name="shop_end"),
    path("dashboard/systems/<int:credential_id>/exchange/", views.shop_exchange, name="shop_exchange"),
]
