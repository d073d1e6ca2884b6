"""Oscar's page of a wish list that is shared, without what its visitor may not buy."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from oscar.apps.wishlists import views as oscar_views
from oscar.apps.wishlists.views import *

from akcept.oscar_edge import sight


class WishListView(oscar_views.WishListView):
    """A shared wish list."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the lines that exist for the visitor."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = context["paginator"]
        paginator = Paginator(sight.rows(self.request, shown.object_list), shown.per_page)
        page = paginator.get_page(self.request.GET.get("page"))
        return {**context, "paginator": paginator, "page_obj": page}
