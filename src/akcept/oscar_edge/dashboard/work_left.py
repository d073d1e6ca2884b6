"""What the shop's own lists leave to do: orders nobody has begun, and goods that have run out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import ngettext
from oscar.core.loading import get_model

from akcept.kernel.paging import COUNTED
from akcept.ordering import status
from akcept.oscar_edge.models import ProductOutlook
from akcept.oscar_edge.work import SEES_WORK
from akcept.ui.to_do import ToDo

#: Django's permission that Oscar's list of products takes.
SEES_PRODUCTS: Final = "catalogue.view_product"


def run_out() -> QuerySet[Any]:
    """Return the stock records of public products whose stock is counted, and of which nothing is left to sell.

    Without those that get no more: they are not sold any more, or something else took their place.
    """
    counted = Q(product__product_class__track_stock=True) | Q(product__parent__product_class__track_stock=True)
    left = Q(num_in_stock__lte=Coalesce(F("num_allocated"), 0)) & Q(product__is_public=True)
    no_more = ProductOutlook.objects.filter(Q(ended=True) | Q(successor__isnull=False), product=OuterRef("product"))
    found: QuerySet[Any] = get_model("partner", "StockRecord").objects.filter(left, counted)
    return found.filter(~Exists(no_more)).order_by()


def tell(user: Any) -> Iterator[ToDo]:
    """Say how many orders nobody has begun, and how many goods have run out; two statements at most."""
    if user.has_perm(SEES_WORK):
        orders = get_model("order", "Order").objects.filter(status=status.UNHANDLED).order_by()
        number = orders[: COUNTED + 1].count()
        text = ngettext("unhandled order", "unhandled orders", number)
        yield ToDo(number=number, text=text, url=reverse("akcept_panel:unhandled"))
    if user.has_perm(SEES_PRODUCTS):
        number = run_out()[: COUNTED + 1].count()
        text = ngettext("product out of stock", "products out of stock", number)
        yield ToDo(number=number, text=text, url=f"{reverse('dashboard:catalogue-product-list')}?out_of_stock=on")
