"""Pages of the shop that Oscar has no good equal of: search by name, code or EAN without a search server."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.views.generic import ListView
from oscar.core.loading import get_model


class SearchView(ListView):  # type: ignore[type-arg]  # oscar's models have no types
    """Products whose name, code or EAN holds every word that was typed."""

    template_name = "oscar/search/results.html"
    context_object_name = "products"
    paginate_by = 24

    def get_queryset(self) -> Any:
        """Return the found products, by name; an empty search finds everything."""
        found = get_model("catalogue", "Product").objects.browsable().base_queryset()
        for word in self.request.GET.get("q", "").split()[:8]:
            found = found.filter(
                Q(title__icontains=word) | Q(upc__startswith=word) | Q(stockrecords__partner_sku__icontains=word)
            )
        return found.order_by("title", "pk").distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was searched for."""
        return super().get_context_data(query=self.request.GET.get("q", "").strip(), **kwargs)
