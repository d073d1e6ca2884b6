"""The catalogue's lists without a search server: all products, a category with what is below it, and search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import ListView
from oscar.core.loading import get_model

from akcept.oscar_edge import agreed, outlook, sight
from akcept.oscar_edge.search import bought, queries
from akcept.ui.keyset import PagesByKey

#: So many letters of what is typed are looked at.
MOST_TYPED: Final = 200


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
        outlook.know(_strategy(self.request), context["products"])
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
    """Products found by what was typed; the code that was meant comes first. An empty search finds everything."""

    template_name = "oscar/search/results.html"

    @property
    def _typed(self) -> str:
        return str(self.request.GET.get("q", "")).replace("\x00", "").strip()[:MOST_TYPED]  # PostgreSQL takes no NUL

    def get_queryset(self) -> Any:
        """Return the found products in their order."""
        self.result: queries.Result | None = None
        if not self._typed:
            return super().get_queryset()
        found = agreed.visible(_strategy(self.request), get_model("catalogue", "Product").objects.browsable())
        self.result = queries.find(found, self._typed, bought=bought.lately(self.request))
        return _InOrder(super().get_queryset(), self.result.product_ids)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Page what was found by numbers: its keys are read already, and there are never more than some hundred."""
        if self.result is None:
            return super().paginate_queryset(queryset, page_size)
        return ListView.paginate_queryset(self, queryset, page_size)

    def get_paginator(self, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Any:
        """Return one that knows where counting ended."""
        paginator: Any = super().get_paginator(queryset, per_page, *args, **kwargs)
        paginator.counted, paginator.most = len(queryset), queries.MOST - 1
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was searched for, and which words were taken for mistyped ones."""
        guessed = self.result.guessed if self.result else ()
        return super().get_context_data(query=self.request.GET.get("q", "").strip(), guessed=guessed, **kwargs)


class _InOrder:
    """Products by their keys, in that order; a page of them is read when it is looked at."""

    def __init__(self, products: Any, keys: Sequence[int]) -> None:
        self._products, self._keys = products, keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, part: slice) -> list[Any]:
        keys = self._keys[part]
        there = {product.pk: product for product in self._products.filter(pk__in=keys)}
        return [there[key] for key in keys if key in there]
