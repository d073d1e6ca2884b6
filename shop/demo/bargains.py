"""What the month of orders does not touch: goods priced by the piece, goods in euro, an offer and vouchers.

Loose parts at 0.02 net, several rates beside each other and discounts are where a shop's figures go wrong: on the
demo's own pages they are to be seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.core.management import call_command
from oscar.core.loading import get_model

from shop.demo import catalogue

_LOOSE: Final = "Warsztat > Mocowania > Luzem"
_IMPORTED: Final = "Biuro > Urządzenia i materiały > Z importu"
#: (code, name, net price, VAT in per cent, unit, category, picture); stock is plenty.
IN_PLN: Final = (
    ("LUZ-POD5", "Podkładka stalowa M5, luzem", "0.02", "23", "szt.", _LOOSE, "screw"),
    ("LUZ-NAK5", "Nakrętka M5, luzem", "0.03", "23", "szt.", _LOOSE, "screw"),
    ("LUZ-WKR", "Wkręt 3,5 × 35, luzem", "0.12", "23", "szt.", _LOOSE, "screw"),
)
IN_EUR: Final = (
    ("IMP-TON", "Toner oryginalny Druk H26A, z importu", "49.90", "23", "szt.", _IMPORTED, "toner"),
    ("IMP-BEB", "Bęben oryginalny Druk B24, z importu", "79.00", "23", "szt.", _IMPORTED, "toner"),
)
#: Code -> (Oscar's kind of benefit, value).
VOUCHERS: Final = {
    "JESIEN10": ("Percentage", "10"),
    "MINUS50": ("Absolute", "50.00"),
    "DOSTAWA50": ("Shipping percentage", "50"),
}


def build_bargains(*, now: datetime, **output: Any) -> None:
    """Add the goods, 15 per cent off what is sold loose, and a voucher of each kind for two months."""
    _import(IN_PLN, currency="PLN", **output)
    _import(IN_EUR, currency="EUR", **output)
    loose = _range("Luzem")
    for product in get_model("catalogue", "Product").objects.filter(stockrecords__partner_sku__startswith="LUZ-"):
        loose.add_product(product)
    _offer("Luzem 15 % taniej", loose, "Percentage", "15")
    everything = _range("Cały asortyment", includes_all_products=True)
    for code, (kind, value) in VOUCHERS.items():
        voucher = get_model("voucher", "Voucher").objects.create(
            name=code,
            code=code,
            usage="Multi-use",
            start_datetime=now - timedelta(days=1),
            end_datetime=now + timedelta(days=60),
        )
        voucher.offers.add(_offer(f"Kod {code}", everything, kind, value, offer_type="Voucher"))


def _import(goods: tuple[tuple[str, ...], ...], *, currency: str, **output: Any) -> None:
    names = ("sku", "name", "net_price", "vat", "unit", "category", "picture")
    rows = [dict(zip(names, row, strict=True)) for row in goods]
    for row in rows:
        row |= {"stock": "200000", "description": f"{row['name']}.", "picture": f"demo/{row['picture']}.png", "ean": ""}
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{currency}.csv"
        catalogue.write_rows(file, rows)
        call_command("import_catalogue", str(file), currency=currency, **output)


def _range(name: str, **columns: Any) -> Any:
    return get_model("offer", "Range").objects.create(name=name, **columns)


def _offer(name: str, goods: Any, kind: str, value: str, **columns: Any) -> Any:
    on_goods = None if kind.startswith("Shipping") else goods
    benefit = get_model("offer", "Benefit").objects.create(range=on_goods, type=kind, value=Decimal(value))
    condition = get_model("offer", "Condition").objects.create(range=goods, type="Count", value=Decimal(1))
    offers = get_model("offer", "ConditionalOffer").objects
    return offers.create(name=name, benefit=benefit, condition=condition, **columns)
