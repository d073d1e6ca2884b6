"""Attributes of products, as the panel gives them."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def give(product: Any, code: str, value: Any, *, kind: str = "text", name: str = "") -> None:
    """Give a product a value of an attribute of its type, made when it is missing; options too."""
    attribute, _made = apps.get_model("catalogue.ProductAttribute").objects.get_or_create(
        product_class=product.get_product_class(), code=code, defaults={"name": name or code, "type": kind}
    )
    if "option" in kind and attribute.option_group is None:
        attribute.option_group = apps.get_model("catalogue.AttributeOptionGroup").objects.create(name=code)
        attribute.save()
    if "option" in kind:
        value, _made = attribute.option_group.options.get_or_create(option=value)
    attribute.save_value(product, [value] if kind == "multi_option" else value)
