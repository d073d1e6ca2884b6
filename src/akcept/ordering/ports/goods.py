"""The shop's products with one buyer's prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

#: What can be had of a product.
Had = Literal["in_stock", "expected", "replaced", "ended", "out_of_stock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsFilter:
    """Which of the products are asked for: words of their name or code, codes or EANs exactly, changed since."""

    text: str = ""
    codes: tuple[str, ...] = ()
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product as one buyer may order it. Prices are of one piece of the smallest quantity, before offers.

    They are None for what has no price now; `stock` is None where it is not counted. `steps` are net prices from so
    many pieces on, `pack` in how many at a time it is sold, from how many, and what such a pack is called.
    `availability` is in_stock, expected (from the day `expected_on`), replaced (by the product with the code
    `successor`), ended or out_of_stock.
    """

    product_id: int
    title: str
    sku: str
    ean: str
    currency: str
    unit_net: Decimal | None
    unit_gross: Decimal | None
    vat_rate: Decimal | None
    can_be_ordered: bool
    stock: int | None
    changed_at: datetime
    steps: tuple[tuple[int, Decimal], ...] = ()
    pack: tuple[int, int, str] | None = None
    availability: Had = "in_stock"
    expected_on: date | None = None
    successor: str = ""


class Catalogue(Protocol):
    """The shop's products with one buyer's prices; what they may not buy does not exist."""

    def goods(
        self, wanted: GoodsFilter, *, buyer_id: int, member_id: int, after: int | None, size: int
    ) -> tuple[list[Goods], int | None]:
        """Return a page of what can be ordered, and the key the next one comes after, None on the last.

        A constant number of statements. By key; what is searched for by words comes in the order of its nearness.
        """


def catalogue() -> Catalogue:
    """Return the catalogue named by the setting `AKCEPT_CATALOGUE`."""
    path = getattr(settings, "AKCEPT_CATALOGUE", "akcept.oscar_edge.goods.OscarCatalogue")
    return import_string(path)()  # type: ignore[no-any-return]
