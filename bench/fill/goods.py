"""The catalogue of a filled shop: products in categories, with prices and stock."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.apps import apps

from bench.fill.copying import Copy, next_key, rows, up_to_date

CATEGORIES: Final = 60
_CENT: Final = Decimal("0.01")
_GROSS: Final = Decimal("1.23")
_NAMES: Final = (
    ("Papier", "Teczka", "Długopis", "Segregator", "Toner", "Zszywacz", "Tablica", "Krzesło", "Lampa", "Kabel"),
    ("biurowy", "szary", "żółty", "kompaktowy", "składany", "wzmocniony", "matowy", "trwały", "lekki", "średni"),
    ("A4", "A5", "XL", "mini", "pro", "eko", "plus", "duo", "max", "start"),
)


@dataclass(frozen=True, slots=True)
class Good:
    """A product as order lines tell of it; prices of a piece in PLN."""

    product_id: int
    record_id: int
    title: str
    sku: str
    upc: str
    net: Decimal
    gross: Decimal


def goods(count: int, chance: random.Random) -> list[Good]:
    """Make the catalogue: products with stock, each in one category of sixty."""
    root = apps.get_model("catalogue.Category")
    categories = [root.add_root(name=f"Kategoria {n:02}", slug=f"kategoria-{n:02}").pk for n in range(CATEGORIES)]
    product = rows("SELECT * FROM catalogue_product ORDER BY id LIMIT 1")[0]
    record = rows("SELECT * FROM partner_stockrecord ORDER BY id LIMIT 1")[0]
    first_product, first_record = next_key("catalogue_product"), next_key("partner_stockrecord")
    copy, made = Copy(), []
    for n in range(count):
        title = f"{' '.join(chance.choice(words) for words in _NAMES)} {n:05}"
        net = Decimal(chance.randrange(100, 30_000)) / 100
        good = Good(first_product + n, first_record + n, title, f"G{n:06}", f"59{n:011}", net, _gross(net))
        made.append(good)
        copy.add(
            "catalogue_product",
            {**product, "id": good.product_id, "title": title, "slug": good.sku.lower(), "upc": good.upc, "code": None},
        )
        stock = {"id": good.record_id, "product_id": good.product_id, "partner_sku": good.sku, "price": net}
        copy.add("partner_stockrecord", {**record, **stock, "num_in_stock": 1_000_000, "num_allocated": 0})
        copy.add(
            "catalogue_productcategory",
            {"id": n + 1, "product_id": good.product_id, "category_id": chance.choice(categories)},
        )
        copy.flush(least=copy.block)
    copy.flush()
    for table in ("catalogue_product", "partner_stockrecord", "catalogue_productcategory"):
        up_to_date(table)
    return made


def _gross(net: Decimal) -> Decimal:
    return (net * _GROSS).quantize(_CENT, ROUND_HALF_UP)
