"""What of the catalogue a visitor sees: what may not be bought does not exist for them, on no page of Oscar's either.

Where nothing agreed keeps anything out, no function here makes a statement.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.http import Http404, HttpRequest
from django.urls import ResolverMatch
from oscar.core.loading import get_model

from akcept.oscar_edge import agreed, attributes

#: Oscar's addresses of one product, and by which part of them; others call it `product_pk`.
_OF_PRODUCT: Final = {
    ("catalogue", "detail"): "pk",
    ("basket", "add"): "pk",
    ("customer", "alert-create"): "pk",
}
#: Oscar's addresses of one category, found by their name; a shop's own in their place have none.
_OF_CATEGORY: Final = ("catalogue", "category")


def _found(request: HttpRequest) -> agreed.Agreed | None:
    """Return what was agreed with a visitor where it keeps anything out."""
    found = agreed.of(getattr(request, "strategy", None))
    return found if found is not None and found.decides else None


def require_in_sight(request: HttpRequest, match: ResolverMatch) -> None:
    """Raise Http404 for an address of a product or category that does not exist for whoever visits it."""
    name = (match.namespace, match.url_name or "")
    if name == _OF_CATEGORY and int(match.kwargs["pk"]) in hidden_categories(request):
        raise Http404
    part = _OF_PRODUCT.get(name, "product_pk")
    found = _found(request) if part in match.kwargs else None
    if found is not None and not found.visible(_products().objects.filter(pk=match.kwargs[part])).exists():
        raise Http404


def products(request: HttpRequest, found: Any) -> Any:
    """Return those products that exist for a visitor."""
    agrees = _found(request)
    return found if agrees is None else agrees.visible(found)


def rows(request: HttpRequest, found: Any) -> Any:
    """Return those rows of a query (a wish list's, alerts) whose `product` exists for a visitor, or is none."""
    agrees = _found(request)
    if agrees is None:
        return found
    return found.filter(Q(product=None) | Q(product__in=agrees.visible(_products().objects.all()).values("pk")))


def hidden_categories(request: HttpRequest) -> frozenset[int]:
    """Return the categories that do not exist for a visitor: nothing in them or below may be bought.

    One statement, once a request. An empty category that nothing keeps out is seen by everybody, as the shop wants it.
    """
    agrees = _found(request)
    if agrees is None:
        return frozenset()
    if not hasattr(request, "_akcept_hidden_categories"):
        request._akcept_hidden_categories = frozenset(_hidden(agrees))  # type: ignore[attr-defined]
    hidden: frozenset[int] = request._akcept_hidden_categories  # type: ignore[attr-defined]
    return hidden


def _hidden(agrees: agreed.Agreed) -> Any:
    inside = _products().categories.through.objects.filter(category__path__startswith=OuterRef("path"))
    left = agrees.visible(_products().objects.browsable()).values("pk")
    empty = ~Exists(inside.filter(product__in=left))
    rows = get_model("catalogue", "Category").objects.filter(empty)
    goods = agrees.named_goods()
    if goods is not None:  # all but these: only what they touch can be empty because of them
        path: Any = ExpressionWrapper(OuterRef("path"), output_field=CharField())
        above = goods.exclude(category=None).annotate(asked=path).filter(asked__startswith=F("category__path"))
        below = goods.filter(category__path__startswith=OuterRef("path"))
        own = goods.exclude(product=None).values("product")
        valued = attributes.products_with(goods)
        by_code = Q(product__in=own) | Q(product__children__in=own)
        named = inside.filter(by_code | Q(product__in=valued) | Q(product__children__in=valued))
        rows = rows.filter(Exists(above) | Exists(below) | Exists(named))
    return rows.values_list("pk", flat=True)


def _products() -> Any:
    return get_model("catalogue", "Product")
