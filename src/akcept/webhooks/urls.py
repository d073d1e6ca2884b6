"""Addresses of the pages of webhooks, at the shop's front and in the panel."""

from django.urls import path

from akcept.webhooks.pages import views

app_name = "akcept_webhooks"

_FRONT = "organization/webhooks/"
_PANEL = "dashboard/webhooks/"

urlpatterns = [
    path(_FRONT, views.endpoints, name="endpoints"),
    path(f"{_FRONT}<int:endpoint_id>/", views.endpoint, name="endpoint"),
    path(f"{_FRONT}<int:endpoint_id>/<slug:act>/", views.act, name="act"),
    path(f"{_FRONT}messages/<int:message_id>/again/", views.again, name="again"),
    path(_PANEL, views.shop_endpoints, name="shop_endpoints"),
    path(f"{_PANEL}<int:endpoint_id>/", views.shop_endpoint, name="shop_endpoint"),
    path(f"{_PANEL}<int:endpoint_id>/<slug:act>/", views.shop_act, name="shop_act"),
    path(f"{_PANEL}messages/<int:message_id>/again/", views.shop_again, name="shop_again"),
]
