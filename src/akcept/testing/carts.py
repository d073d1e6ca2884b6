"""Products and baskets of the shop underneath, by label only: this room does not import Oscar."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings

from akcept.testing.cast import Person


def _model(label: str) -> Any:
    return apps.get_model(label)


def country() -> Any:
    """Return Poland."""
    return _model("address.Country").objects.get_or_create(
        iso_3166_1_a2="PL",
        defaults={"iso_3166_1_a3": "POL", "iso_3166_1_numeric": "616", "printable_name": "Polska", "name": "Polska"},
    )[0]


def stock(sku: str, *, price: str = "10.00", number: int = 1000, rate: int = 23) -> Any:
    """Return the stock record of a product, made when it is missing; `price` net in the shop's currency."""
    country()
    found = _model("partner.StockRecord").objects.filter(partner_sku=sku).first()
    if found is not None:
        return found
    kind = _model("catalogue.ProductClass").objects.get_or_create(slug=f"vat-{rate}", defaults={"name": f"VAT {rate}"})
    product = _model("catalogue.Product").objects.create(
        structure="standalone", title=f"Produkt {sku}", slug=sku.lower(), product_class=kind[0], upc=f"590{sku}"
    )
    partner = _model("partner.Partner").objects.get_or_create(name="Biurodom")[0]
    return _model("partner.StockRecord").objects.create(
        product=product,
        partner=partner,
        partner_sku=sku,
        price=Decimal(price),
        price_currency=settings.OSCAR_DEFAULT_CURRENCY,
        num_in_stock=number,
    )


def fill(person: Person, *, lines: int = 3, quantity: int = 2, records: list[Any] | None = None) -> int:
    """Put products into the person's open basket; return its id."""
    chosen = records if records is not None else [stock(f"S{i}", price=f"{10 + i}.00") for i in range(1, lines + 1)]
    basket = _model("basket.Basket").objects.create(owner=person.user)
    _model("basket.Line").objects.bulk_create(
        _model("basket.Line")(
            basket=basket,
            line_reference=f"{record.product_id}_{record.pk}",
            product_id=record.product_id,
            stockrecord=record,
            quantity=quantity,
            price_currency=record.price_currency,
            price_excl_tax=record.price,
        )
        for record in chosen
    )
    return int(basket.pk)
