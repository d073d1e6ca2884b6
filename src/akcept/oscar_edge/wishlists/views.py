"""Oscar's page of a wish list that is shared, without what its visitor may not buy."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
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
        return {**context, "paginator": paginator, "page_obj": page, "wishlist_title": _title(self.object)}


def _title(shared: Any) -> str:
    """Return what a shared list is called: by its owner's name, never by the address they log in with."""
    owner = shared.owner.get_full_name()
    named = {"name": shared.name, "owner": owner}
    return _("%(name)s, a wish list of %(owner)s") % named if owner else str(shared.name)
