"""Products by the values of their attributes, as agreements name them: an attribute by its code, a value as shown.

Values are texts, chosen options, one or several, and whole numbers; other kinds are named by nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from oscar.core.loading import get_model

from akcept.kernel.folding import fold
from akcept.organizations.searching import folded

#: Where a row of Oscar's holds a value, as text.
_HELD: Final = ("value_text", "value_option__option", "value_multi_option__option", "whole")


def _values() -> Any:
    rows = get_model("catalogue", "ProductAttributeValue").objects
    return rows.annotate(whole=Cast("value_integer", CharField()))


def products_with(goods: QuerySet[Any]) -> Any:
    """Return, for `in`, the products one of whose attributes has a value these goods name; no statement."""
    named = Q()
    for column in _HELD:
        named |= Q(value=OuterRef(column))
    said = goods.exclude(attribute="").filter(named, attribute=OuterRef("attribute__code"))
    return _values().filter(Exists(said)).values("product")


def of_products(product_ids: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """Return the codes and values of each product's attributes, its parent's too; two statements."""
    products = get_model("catalogue", "Product").objects.filter(pk__in=product_ids)
    parents = dict(products.values_list("pk", "parent_id"))
    own: dict[int, set[tuple[str, str]]] = {}
    asked = {key for pair in parents.items() for key in pair if key is not None}
    rows = _values().filter(product_id__in=asked).values_list("product_id", "attribute__code", *_HELD)
    for product_id, code, *held in rows:
        own.setdefault(product_id, set()).update((code, value) for value in held if value)
    nothing: set[tuple[str, str]] = set()
    return {key: own.get(key, nothing) | own.get(parent or 0, nothing) for key, parent in parents.items()}


def stored(attribute: str, value: str) -> list[tuple[str, str]]:
    """Return the codes and values, as products have them, that an attribute's code or name and a value mean.

    As typed, in any capitals; none where no product has it. Five statements.
    """
    kinds = get_model("catalogue", "ProductAttribute").objects
    kinds = kinds.annotate(any_code=folded("code"), any_name=folded("name"))
    meant = set(kinds.filter(Q(any_code=fold(attribute)) | Q(any_name=fold(attribute))).values_list("code", flat=True))
    found: set[tuple[str, str]] = set()
    for column in _HELD if meant else ():
        rows = _values().filter(attribute__code__in=meant).annotate(in_any=folded(column))
        found.update(rows.filter(in_any=fold(value)).values_list("attribute__code", column))
    return sorted(found)
