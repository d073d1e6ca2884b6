"""Oscar's pages of offers and ranges, with those of their products that the visitor may buy."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.offer import views as oscar_views
from oscar.apps.offer.views import *

from akcept.oscar_edge import sight


class OfferListView(oscar_views.OfferListView):
    """The offers for everybody, each with its products."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Let each offer show the products that exist for the visitor."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for offer in context["offers"]:
            offer.products = sight.products(self.request, offer.products())  # the template asks each offer for them
        return context


class OfferDetailView(oscar_views.OfferDetailView):
    """An offer and its products."""

    def get_queryset(self) -> Any:
        """Return the products that exist for the visitor."""
        return sight.products(self.request, super().get_queryset())


class RangeDetailView(oscar_views.RangeDetailView):
    """A range and its products."""

    def get_queryset(self) -> Any:
        """Return the products that exist for the visitor."""
        return sight.products(self.request, super().get_queryset())
