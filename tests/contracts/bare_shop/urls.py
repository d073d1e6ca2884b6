"""Addresses of a plain Oscar shop; ours come before Oscar's."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    # --- install: begin ---
    path("", include("akcept.storefront.urls")),
    path("dashboard/", include("akcept.panel.urls")),
    # --- install: end ---
    path("", include(apps.get_app_config("oscar").urls[0])),
]
