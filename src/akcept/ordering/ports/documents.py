"""Reading the shop's orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from akcept.ordering.ports.quotes import Address, Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDocument(Sums):
    """An order as it was placed, for showing: prices are the frozen ones, in `currency`."""

    id: int
    number: str
    status: str
    delivery_code: str
    delivery_name: str
    delivery_address: Address | None
    invoice_address: Address | None
    #: The VAT rate of the delivery charge as a fraction; None where nobody knows it.
    delivery_rate: Decimal | None = None
    #: Whether the charge has a surcharge for a small order, as agreed.
    surcharged: bool = False


class OrderReader(Protocol):
    """Reading the shop's orders for display; who may see them is decided before asking."""

    def document(self, order_id: int) -> OrderDocument:
        """Return one order with its lines; a constant number of statements. Raises NotFound."""

    def documents(self, order_ids: Sequence[int]) -> dict[int, OrderDocument]:
        """Return orders with their lines, by key; the number of statements does not depend on how many there are."""

    def delivery_name(self, code: str, *, stood: str, surcharged: bool = False) -> str:
        """Return a delivery method's name in the active language, `stood` where the shop no longer has it.

        `surcharged`: it says that the charge has a surcharge.
        """

    def shop_steps(self, order_id: int) -> tuple[tuple[datetime, str], ...]:
        """Return when the shop moved an order on, and to which status, oldest first; one statement."""

    def last_bought(
        self, product_ids: list[int], *, unit_id: int, before_order_id: int
    ) -> dict[int, tuple[datetime, int]]:
        """Return, per product, when a unit last bought it (an order that was not rejected) and how many; one statement.

        A product missing from the answer is bought for the first time in that unit.
        """

    def stock(self, product_ids: list[int]) -> dict[int, int | None]:
        """Return how many of each product could still be sold; None where stock is not counted; one statement."""


def order_reader() -> OrderReader:
    """Return the reader named by the setting `AKCEPT_ORDER_READER`."""
    path = getattr(settings, "AKCEPT_ORDER_READER", "akcept.oscar_edge.order_reader.OscarOrderReader")
    return import_string(path)()  # type: ignore[no-any-return]
