"""What only this shop's pages say about a product."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def unit_of_sale(product: Any) -> str:
    """Return the unit a product is sold in ("karton"); attribute values come prefetched in Oscar's lists."""
    for value in product.attribute_values.all():
        if value.attribute.code == "unit":
            return str(value.value or "")
    return ""


@register.filter
def vat_rate(product: Any) -> Decimal | None:
    """Return a product's VAT rate as a fraction."""
    from shop.pricing.strategy import rate_of

    return rate_of(product)
