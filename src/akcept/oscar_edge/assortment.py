"""What rules about goods need of the shop's catalogue: categories with those above them, products by their codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Min
from oscar.core.loading import get_model

from akcept.ordering.ports import CategoryRef, OrderedLine, ProductRef
from akcept.oscar_edge import attributes
from akcept.oscar_edge import codes as codes_

_STEP = 4  # characters of a category's path for each level, as treebeard writes them


class OscarAssortment:
    """See `akcept.ordering.ports.Assortment`."""

    def categories(self) -> list[CategoryRef]:
        """Return all categories in tree order; one statement."""
        rows = get_model("catalogue", "Category").objects.order_by("path").values_list("pk", "name", "depth")
        return [CategoryRef(id=pk, name=name, depth=depth - 1) for pk, name, depth in rows]

    def categories_of(self, product_ids: Collection[int]) -> dict[int, tuple[CategoryRef, ...]]:
        """Return each product's categories and all above them; at most two statements."""
        products = get_model("catalogue", "Product").objects.filter(pk__in=product_ids)
        paths: dict[int, set[str]] = {}
        for product_id, *own in products.values_list("pk", "categories__path", "parent__categories__path"):
            for path in filter(None, own):
                above = (path[:end] for end in range(_STEP, len(path) + 1, _STEP))
                paths.setdefault(product_id, set()).update(above)
        if not paths:
            return {}
        wanted = get_model("catalogue", "Category").objects.filter(path__in=set().union(*paths.values()))
        refs = {
            path: CategoryRef(id=pk, name=name, depth=depth - 1)
            for pk, name, depth, path in wanted.values_list("pk", "name", "depth", "path")
        }
        return {
            product_id: tuple(refs[path] for path in sorted(own) if path in refs) for product_id, own in paths.items()
        }

    def products(self, codes: Sequence[str]) -> dict[str, ProductRef]:
        """Return products by their codes, as `codes.records_named`; of several with one code, the oldest."""
        records = get_model("partner", "StockRecord").objects.select_related("product__parent").order_by("pk")
        found = codes_.records_named(codes, records.filter)
        return {code: _product(named[0]) for code, named in found.items()}

    def with_attribute(self, attribute: str, value: str) -> list[tuple[str, str]]:
        """Return the codes and values, as products have them, that these mean; five statements at most."""
        return attributes.stored(attribute, value)

    def skus(self, product_ids: Collection[int]) -> dict[int, str]:
        """Return the SKU a product was first sold under; one statement."""
        records = get_model("partner", "StockRecord").objects.filter(product_id__in=product_ids).order_by("-pk")
        return dict(records.values_list("product_id", "partner_sku"))

    def ordered_lines(self, order_ids: Collection[int]) -> dict[int, tuple[OrderedLine, ...]]:
        """Return the lines of orders, those without a product too; one statement."""
        found: dict[int, list[OrderedLine]] = {}
        rows = get_model("order", "Line").objects.filter(order_id__in=order_ids).order_by("pk")
        for order_id, product_id, sku, quantity in rows.values_list(
            "order_id", "product_id", "partner_sku", "quantity"
        ):
            found.setdefault(order_id, []).append(OrderedLine(product_id=product_id, sku=sku, quantity=quantity))
        return {order_id: tuple(lines) for order_id, lines in found.items()}

    def first_orders(
        self, product_ids: Collection[int], *, unit_ids: Collection[int], without: Collection[str]
    ) -> dict[tuple[int, int], int]:
        """Return, by unit and product, the unit's first order with it that is in none of the statuses."""
        rows = (
            get_model("order", "Line")
            .objects.filter(product_id__in=product_ids, order__akcept_placement__unit_id__in=unit_ids)
            .exclude(order__status__in=without)
            .values_list("order__akcept_placement__unit_id", "product_id")
            .annotate(first=Min("order_id"))
            .order_by()
        )
        return {(unit_id, product_id): first for unit_id, product_id, first in rows}


def _product(record: Any) -> ProductRef:
    return ProductRef(id=record.product_id, name=record.product.get_title(), sku=record.partner_sku)
