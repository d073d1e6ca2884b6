from __future__ import annotations

from typing import Any

from django.urls import path
from django.views.generic import RedirectView
from oscar.apps.checkout import apps


class CheckoutConfig(apps.CheckoutConfig):
    """Oscar's checkout on one page. The addresses of Oscar's many steps lead to it, and guests through those steps."""

    name = "akcept.oscar_edge.checkout"

    def get_urls(self) -> list[Any]:
        """Return the page, its thanks, and Oscar's old addresses."""
        from akcept.oscar_edge.checkout import views
        from akcept.oscar_edge.checkout.guests import for_guests, without_login

        gateway = without_login(self.index_view.as_view())
        ordered = RedirectView.as_view(pattern_name="akcept:orders")
        thanks = self.thankyou_view.as_view()
        urls = [
            path("", for_guests(gateway, others=views.checkout, like=views.checkout), name="index"),
            path("thank-you/", for_guests(thanks, others=ordered, like=thanks), name="thank-you"),
            path("thank-you/<slug:number>/", views.thanks, name="placed"),
        ]
        for name, step in (
            ("shipping-address", self.shipping_address_view.as_view()),
            ("shipping-method", self.shipping_method_view.as_view()),
            ("payment-method", self.payment_method_view.as_view()),
            ("payment-details", self.payment_details_view.as_view()),
            ("preview", self.payment_details_view.as_view(preview=True)),
        ):
            urls.append(path(f"{name}/", for_guests(step, others=views.to_the_page, like=step), name=name))
        for name in ("update", "delete"):
            urls.append(path(f"user-address/{name}/<int:pk>/", views.to_the_page, name=f"user-address-{name}"))
        processed: list[Any] = self.post_process_urls(urls)
        return processed

    def get_url_decorator(self, pattern: Any) -> None:
        """Each page says itself who has to log in."""
