"""In which packs products are sold: to whom prices are for, and by what an order was placed under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from akcept.oscar_edge import agreed

if TYPE_CHECKING:
    from akcept.agreements.answers import Pack


def pack_of(strategy: Any, product: Any) -> Pack | None:
    """Return in what a product is sold to whom a strategy's prices are for; None where that is by the piece."""
    found = agreed.of(strategy)
    if found is None or not found.heads.packing:
        return None
    pack = found.answer(product, None, 1).pack
    return pack if pack.fitting(1) > 1 else None


def not_sold_so(strategy: Any, product: Any, quantity: int) -> str:
    """Return why so many pieces of a product are not sold, and how many are; empty where they are."""
    pack = pack_of(strategy, product) if quantity > 0 else None
    if pack is None or pack.fitting(quantity) == quantity:
        return ""
    return instead(pack, quantity)


def instead(pack: Pack, quantity: int) -> str:
    """Return in what a product is sold, and how many to order instead of a quantity that does not fit."""
    words = {"how": sold(pack), "fitting": pack.fitting(quantity), "quantity": quantity}
    return _("%(how)s; order %(fitting)d instead of %(quantity)d") % words


def sold(pack: Pack) -> str:
    """Return in what a product is sold, in words."""
    words = {"multiple": pack.multiple, "smallest": pack.fitting(1), "unit": pack.unit}
    if pack.multiple == 1:
        return _("sold from %(smallest)d") % words
    found = _("sold by %(multiple)d (%(unit)s)") % words if pack.unit else _("sold by %(multiple)d") % words
    return found + (_(", from %(smallest)d") % words if pack.fitting(1) > pack.multiple else "")


def of_order() -> tuple[str, ...]:
    """Return, for `select_related`, what an order was placed under."""
    return ("akcept_ordered_under",) if agreed.are_installed() else ()


def not_sold_of(order: Any, quantities: Mapping[int, int]) -> dict[int, str]:
    """Return why quantities of products do not fit the packs an order was placed under.

    No statement where it was loaded with `of_order`.
    """
    under = getattr(order, "akcept_ordered_under", None) if agreed.are_installed() else None
    packs = {row["product"]: _pack(*row["pack"]) for row in under.lines if "pack" in row} if under else {}
    return {
        product_id: instead(pack, quantities[product_id])
        for product_id, pack in packs.items()
        if quantities.get(product_id) and pack.fitting(quantities[product_id]) != quantities[product_id]
    }


def _pack(unit: str, multiple: int, smallest: int) -> Pack:
    from akcept.agreements.answers import Pack

    return Pack(unit=unit, multiple=multiple, smallest=smallest)
