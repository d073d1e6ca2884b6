"""Oscar's product pages; its list is read a page at a time, however many products there are."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from oscar.apps.dashboard.catalogue import views as oscar_views
from oscar.apps.dashboard.catalogue.views import *

from akcept.oscar_edge.dashboard.work_left import run_out


class ShortPage(Page):  # type: ignore[type-arg]
    """A page of a table, without the number of the last one."""

    pages_template = "akcept/ui/pages_short.html"


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Page numbers without a count of everything: whether there is a next page is all that is asked."""

    further = 0

    @property
    def count(self) -> Any:
        """How many there are; counted where a template shows it, as Oscar's own does beside its bulk actions."""
        return SimpleLazyObject(lambda: self.object_list.data.data.order_by().count())  # type: ignore[attr-defined]

    @property
    def num_pages(self) -> int:
        """The page that was asked for, or the one behind it."""
        return self.number + self.further

    def page(self, number: Any) -> ShortPage:
        """Return a page; one that cannot be is the first."""
        self.number = int(number) if str(number).isascii() and str(number).isdigit() and len(str(number)) < 7 else 1
        self.number = max(1, self.number)
        top = self.number * self.per_page
        self.further = int(self.object_list.data.data[top : top + 1].exists())  # type: ignore[attr-defined]
        return ShortPage(self.object_list[top - self.per_page : top], self.number, self)


class ProductListView(oscar_views.ProductListView):
    """The list of products."""

    def get_table_pagination(self, table: Any) -> dict[str, Any]:
        """Return Oscar's, without a count."""
        return {**super().get_table_pagination(table), "paginator_class": ShortPaginator}

    def apply_search(self, queryset: Any) -> Any:
        """Return what Oscar finds. Only where it joins rows each product has to be told from itself."""
        found = self._in_stock_or_not(super().apply_search(queryset))
        if found.query.distinct and self.request.user.is_staff and not self.form.data.get("title"):
            found = found.all()
            found.query.distinct = False
            return found
        return queryset.model.objects.browsable_dashboard().base_queryset().filter(pk__in=found.values("pk"))

    def _in_stock_or_not(self, found: Any) -> Any:
        """Return of the products, where only those are asked for, what has run out, and what has a variant that has."""
        if not (self.form.is_valid() and self.form.cleaned_data["out_of_stock"]):
            return found
        out = run_out()
        return found.filter(Q(pk__in=out.values("product")) | Q(pk__in=out.values("product__parent")))
