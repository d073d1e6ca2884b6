"""How tests decide orders as people do, and read what the page says then."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.test import Client

from akcept.ordering.actions import Placed
from akcept.testing import carts, orders
from akcept.testing.cast import Cast


def two_kinds(cast: Cast) -> Placed:
    """Let Anna order two products, with a note and a number of her own."""
    records = [carts.stock("A", price="10.00"), carts.stock("B", price="25.00")]
    return orders.place(cast.anna, records=records, note="Na kwartał", po_number="PO-1")


def page_of(placed: Placed) -> str:
    return f"/orders/{placed.order_number}/"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def main_of(answer: Any) -> str:
    """Return the page below its menu, with the bar an order is decided in."""
    return text_of(answer).partition("<main")[2]


def decide(client: Client, placed: Placed, move: str = "accept", *, version: int = 1, **data: Any) -> Any:
    return client.post(f"{page_of(placed)}{move}/", {"version": str(version), **data})


def line_of(placed: Placed, sku: str) -> int:
    return int(apps.get_model("order.Line").objects.get(order_id=placed.order_id, partner_sku=sku).pk)
