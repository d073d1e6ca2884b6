from __future__ import annotations

from typing import Any

from django.urls import path
from django.views.generic import RedirectView
from oscar.apps.checkout import apps


class CheckoutConfig(apps.CheckoutConfig):
    """Oscar's checkout on one page. Every address of Oscar's many steps still exists and leads to it."""

    name = "akcept.oscar_edge.checkout"

    def ready(self) -> None:
        """Oscar's own views are not loaded: none of them can place an order."""

    def get_urls(self) -> list[Any]:
        """Return the page, its thanks, and Oscar's old addresses."""
        from akcept.oscar_edge.checkout import views

        urls = [
            path("", views.checkout, name="index"),
            path("thank-you/", RedirectView.as_view(pattern_name="akcept:orders"), name="thank-you"),
            path("thank-you/<slug:number>/", views.thanks, name="placed"),
        ]
        for name in ("shipping-address", "shipping-method", "payment-method", "payment-details", "preview"):
            urls.append(path(f"{name}/", views.to_the_page, name=name))
        for name in ("update", "delete"):
            urls.append(path(f"user-address/{name}/<int:pk>/", views.to_the_page, name=f"user-address-{name}"))
        processed: list[Any] = self.post_process_urls(urls)
        return processed
