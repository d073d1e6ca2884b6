"""Joining an organisation, and signing one up."""

from django.urls import path

from akcept.storefront.joining import views

urlpatterns = [
    path("organization/join/<str:token>/", views.invitation, name="invitation"),
    path("organization/sign-up/", views.sign_up, name="organization_sign_up"),
    path("organization/signed-up/", views.signed_up, name="signed_up"),
]
