"""Oscar's pages of the own wish lists, without what their owner may not buy for whom they act."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.wishlists import views as oscar_views
from oscar.apps.customer.wishlists.views import *

from akcept.oscar_edge import sight
from akcept.oscar_edge.asking_first import AsksFirst


class WishListDetailView(oscar_views.WishListDetailView):
    """A wish list and its lines."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add which of its lines exist for the visitor; the others stay as they are."""
        return {**super().get_form_kwargs(), "queryset": sight.rows(self.request, self.object.lines.all())}


class WishListAddProduct(AsksFirst, oscar_views.WishListAddProduct):
    """Puts a product on a wish list."""

    asked = _("Put this product on your wish list?")
    button = _("Put it on the list")


class WishListRemoveProduct(oscar_views.WishListRemoveProduct):
    """Takes a product off a wish list."""

    def get_object(self, queryset: Any = None) -> Any:
        """Return the line. Raises Http404 for one that does not exist for the visitor."""
        line = super().get_object(queryset)
        return get_object_or_404(sight.rows(self.request, self.wishlist.lines.filter(pk=line.pk)))


class WishListMoveProductToAnotherWishList(AsksFirst, oscar_views.WishListMoveProductToAnotherWishList):
    """Moves a product to another wish list."""

    asked = _("Move this product to the other wish list?")
    button = _("Move it")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Move as Oscar does. Raises Http404 for a line that does not exist for the visitor."""
        lines = oscar_views.Line.objects.filter(pk=kwargs["line_pk"])
        get_object_or_404(sight.rows(request, lines))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Move it: Oscar does so by a link."""
        return self.get(request, *args, **kwargs)
