"""The shop's catalogue as rules about goods look at it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRef:
    """A category of the shop's catalogue; `depth` is 0 at the top."""

    id: int
    name: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRef:
    """A product of the shop's catalogue."""

    id: int
    name: str
    sku: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """One line of a cart or order, as far as rules look at it."""

    product_id: int | None
    sku: str
    quantity: int


class Assortment(Protocol):
    """The shop's catalogue, as far as rules about goods ask for it. What nobody may see is not asked for here."""

    def categories(self) -> list[CategoryRef]:
        """Return all categories in tree order; one statement."""

    def categories_of(self, product_ids: Collection[int]) -> dict[int, tuple[CategoryRef, ...]]:
        """Return each product's categories and all above them, none where it has none; at most two statements."""

    def products(self, codes: Sequence[str]) -> dict[str, ProductRef]:
        """Return products by their SKU or EAN, keyed as typed; unknown ones are missing.

        Capitals, blanks and dashes of an EAN, and what a spreadsheet puts around a code do not matter. One statement,
        and another where a code is not stored as it was typed.
        """

    def with_attribute(self, attribute: str, value: str) -> list[tuple[str, str]]:
        """Return the codes and values, as products have them, of an attribute's code or name and a value as typed.

        In any capitals; none where no product has it. A constant number of statements.
        """

    def skus(self, product_ids: Collection[int]) -> dict[int, str]:
        """Return a SKU of each product; one statement."""

    def ordered_lines(self, order_ids: Collection[int]) -> dict[int, tuple[OrderedLine, ...]]:
        """Return the lines of orders; one statement."""

    def first_orders(
        self, product_ids: Collection[int], *, unit_ids: Collection[int], without: Collection[str]
    ) -> dict[tuple[int, int], int]:
        """Return, by (unit, product), the id of the unit's first order with that product; one statement.

        Orders whose status is among `without` do not count; a pair that is missing was never bought.
        """


def assortment() -> Assortment:
    """Return the catalogue named by the setting `AKCEPT_ASSORTMENT`."""
    path = getattr(settings, "AKCEPT_ASSORTMENT", "akcept.oscar_edge.assortment.OscarAssortment")
    return import_string(path)()  # type: ignore[no-any-return]
