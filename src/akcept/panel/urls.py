"""Addresses of Akcept in the merchant's panel."""

from django.urls import path

from akcept.panel import views

app_name = "akcept_panel"

urlpatterns = [
    path("acceptance/", views.held, name="held"),
    path("acceptance/export.csv", views.held_csv, name="held_csv"),
    path("acceptance/<slug:number>/", views.order, name="order"),
    path("unhandled/", views.unhandled, name="unhandled"),
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/<int:organization_id>/", views.organization, name="organization"),
    path("organizations/<int:organization_id>/confirm/", views.confirm, name="confirm"),
    path("b2b/", views.b2b, name="b2b"),
]
