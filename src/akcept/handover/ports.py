"""What this room needs from the shop underneath; `akcept.oscar_edge` provides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What the shop has of one product, and what a piece costs: as its own catalogue keeps it, net in this shop."""

    id: int
    sku: str
    in_stock: int | None
    price: Decimal | None
    currency: str


class Warehouse(Protocol):
    """The shop's stock and prices. One implementation: `akcept.oscar_edge.warehouse.OscarWarehouse`."""

    def lock(self, codes: Sequence[str]) -> dict[str, tuple[Supply, ...]]:
        """Lock what these SKUs mean, or else these EANs, however they are written, and return it by code.

        Two statements, three where a code is not stored as it came. A code that names nothing is missing; one that
        several sellers have leads to several.
        """

    def set_stock(self, numbers: Mapping[int, int], *, at: datetime) -> None:
        """Write how many pieces there are, those reserved for orders included, by supply; one statement."""

    def set_prices(self, prices: Mapping[int, Decimal], *, at: datetime) -> None:
        """Write what a piece costs, by supply, in the currency it has; one statement."""


def warehouse() -> Warehouse:
    """Return the warehouse named by the setting `AKCEPT_WAREHOUSE`."""
    path = getattr(settings, "AKCEPT_WAREHOUSE", "akcept.oscar_edge.warehouse.OscarWarehouse")
    return import_string(path)()  # type: ignore[no-any-return]
