"""The catalogue's lists without a search server: all products, a category with what is below it, and search."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, When
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import ListView
from oscar.core.loading import get_model

from akcept.organizations.searching import fold, folded
from akcept.oscar_edge import agreed, sight
from akcept.ui.keyset import PagesByKey


def _strategy(request: Any) -> Any:
    return request.strategy


class ProductListView(PagesByKey, ListView):  # type: ignore[type-arg, misc]  # oscar's models have no types
    """Every product that is public, by name."""

    counted = 999

    template_name = "oscar/catalogue/browse.html"
    context_object_name = "products"
    paginate_by = 24

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many there are, as far as they are counted, and read what was agreed of the page's at once."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        paginator = context["paginator"]
        context["products_counted"] = getattr(paginator, "counted", None) or paginator.count
        agreed.know(_strategy(self.request), context["products"])
        return context

    def get_queryset(self) -> Any:
        """Return products with everything the list shows, in a constant number of statements."""
        found = agreed.visible(_strategy(self.request), get_model("catalogue", "Product").objects.browsable())
        found = found.base_queryset()
        found = found.select_related("product_class", "parent__product_class")
        return found.prefetch_related("attribute_values__attribute").order_by("title", "pk")


class CategoryView(ProductListView):
    """A category's products and those of the categories below it."""

    template_name = "oscar/catalogue/category.html"

    def get_queryset(self) -> Any:
        """Return the category's products. Raises Http404."""
        self.category = get_model("catalogue", "Category").objects.filter(pk=self.kwargs["pk"]).first()
        if self.category is None or self.category.pk in sight.hidden_categories(self.request):
            raise Http404(_("There is no such category."))
        within = get_model("catalogue", "ProductCategory").objects.filter(category__path__startswith=self.category.path)
        return super().get_queryset().filter(pk__in=within.values("product_id"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the category."""
        return super().get_context_data(category=self.category, **kwargs)


class SearchView(ProductListView):
    """Products whose name, code or EAN holds every word that was typed; the code that was meant comes first."""

    template_name = "oscar/search/results.html"

    def get_queryset(self) -> Any:
        """Return the found products; an empty search finds everything."""
        typed = self.request.GET.get("q", "").replace("\x00", "").strip()  # PostgreSQL takes no NUL
        found = super().get_queryset().annotate(folded_title=folded("title"))
        for word in typed.split()[:8]:
            found = found.filter(Q(folded_title__contains=fold(word)) | Q(upc__startswith=word) | _sku(icontains=word))
        if not typed:
            return found
        closeness = Case(
            When(Q(upc=typed) | _sku(iexact=typed), then=0),
            When(_sku(istartswith=typed), then=1),
            When(folded_title__startswith=fold(typed), then=2),
            default=3,
        )
        return found.order_by(closeness, "title", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was searched for."""
        return super().get_context_data(query=self.request.GET.get("q", "").strip(), **kwargs)


def _sku(**condition: str) -> Exists:
    [(lookup, value)] = condition.items()
    records = get_model("partner", "StockRecord").objects.filter(product=OuterRef("pk"))
    return Exists(records.filter(**{f"partner_sku__{lookup}": value}))
