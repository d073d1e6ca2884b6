"""Addresses of the ready-to-run shop. What comes first wins: our pages, the doors, then Oscar's own."""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve

from akcept.storefront.language import set_language
from shop.theme.views import CategoryView, ProductListView, SearchView

handler400 = "shop.theme.errors.bad_request"
handler500 = "shop.theme.errors.failed"
handler429 = "shop.theme.errors.too_many"

urlpatterns = [
    path("i18n/setlang/", set_language, name="set_language"),
    path("", include("shop.doors")),
    path("accounts/", include("allauth.urls")),  # before Oscar's: login/ and logout/ are allauth's
    path("", include("akcept.storefront.urls")),
    path("dashboard/", include("akcept.panel.urls")),
    path("api/v1/", include("akcept.api.urls")),
    path("", include("akcept.api.pages.urls")),
    path("", include("akcept.webhooks.urls")),
    # Oscar's names lead here: its own lists need a search server.
    path("search/", SearchView.as_view()),
    path("catalogue/", ProductListView.as_view()),
    re_path(r"^catalogue/category/(?P<category_slug>[\w-]+(/[\w-]+)*)_(?P<pk>\d+)/$", CategoryView.as_view()),
    path("favicon.ico", RedirectView.as_view(url=static("akcept/favicon.svg"))),
    path("quick-order/", RedirectView.as_view(pattern_name="basket:quick-order")),
    path("demo/", include("shop.demo.urls")),
    path("admin/", admin.site.urls),
    path("", include(cast(Any, apps.get_app_config("oscar")).urls[0])),
    *(
        [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
        if settings.SERVE_MEDIA
        else []
    ),
]
