"""The catalogue's lists without a search server: all products, a category with what is below it, and search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import ListView
from oscar.core.loading import get_model


class ProductListView(ListView):  # type: ignore[type-arg]  # oscar's models have no types
    """Every product that is public, by name."""

    template_name = "oscar/catalogue/browse.html"
    context_object_name = "products"
    paginate_by = 24

    def get_queryset(self) -> Any:
        """Return products with everything the list shows, in a constant number of statements."""
        found = get_model("catalogue", "Product").objects.browsable().base_queryset()
        return found.select_related("product_class", "parent__product_class").order_by("title", "pk")


class CategoryView(ProductListView):
    """A category's products and those of the categories below it."""

    template_name = "oscar/catalogue/category.html"

    def get_queryset(self) -> Any:
        """Return the category's products. Raises Http404."""
        self.category = get_model("catalogue", "Category").objects.filter(pk=self.kwargs["pk"]).first()
        if self.category is None:
            raise Http404(_("There is no such category."))
        return super().get_queryset().filter(categories__path__startswith=self.category.path).distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the category."""
        return super().get_context_data(category=self.category, **kwargs)


class SearchView(ProductListView):
    """Products whose name, code or EAN holds every word that was typed."""

    template_name = "oscar/search/results.html"

    def get_queryset(self) -> Any:
        """Return the found products; an empty search finds everything."""
        found = super().get_queryset()
        for word in self.request.GET.get("q", "").split()[:8]:
            found = found.filter(
                Q(title__icontains=word) | Q(upc__startswith=word) | Q(stockrecords__partner_sku__icontains=word)
            )
        return found.distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was searched for."""
        return super().get_context_data(query=self.request.GET.get("q", "").strip(), **kwargs)
