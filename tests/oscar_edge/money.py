"""What the tests of money fill baskets with, and read back."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from akcept.ordering.ports import OrderDocument, order_reader
from akcept.testing import carts
from akcept.testing.cast import Person

BASKET = "/basket/"

CHECKOUT = "/checkout/"


def model(label: str) -> Any:
    return apps.get_model(label)


def document_of(placed: Any) -> OrderDocument:
    return order_reader().document(placed.order_id)


def vat_of(document: Any) -> list[tuple[str, str]]:
    return [(str(row.rate.normalize()), str(row.vat)) for row in document.vat]


def cart_of(person: Person, *goods: tuple[str, str, int], vouchers: tuple[Any, ...] = ()) -> int:
    """Fill a basket with (price, VAT rate in per cent, pieces)."""
    records = [
        carts.stock(f"M{price.replace('.', '_')}-{rate}", price=price, rate=int(rate), number=2_000_000)
        for price, rate, _pieces in goods
    ]
    cart = carts.fill(person, records=records)
    for record, (_price, _rate, pieces) in zip(records, goods, strict=True):
        model("basket.Line").objects.filter(basket_id=cart, stockrecord=record).update(quantity=pieces)
    for voucher in vouchers:
        model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    return cart


def html_of(message: Any) -> str:
    return str(message.alternatives[0][0])


def seen_on(page: Any) -> str:
    return str(page.content.decode().replace("\u00a0", " "))


def two_products() -> tuple[tuple[str, str, int], ...]:
    return ("24.50", "23", 1), ("10.00", "8", 1)
