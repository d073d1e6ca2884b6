"""What a delivery method says of itself is said in the money of the basket."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from shop.shipping.repository import Repository


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [
        ("en", "PLN", "delivered on the next working day; free from PLN 500.00 net"),
        ("en", "EUR", "delivered on the next working day; free from €120.00 net"),
        ("pl", "PLN", "dostawa następnego dnia roboczego; od 500,00 zł netto bezpłatnie"),
        ("pl", "EUR", "dostawa następnego dnia roboczego; od 120,00 € netto bezpłatnie"),
        ("en", "GBP", "delivered on the next working day"),
    ],
)
def test_free_delivery_is_told_in_the_baskets_currency(language: str, currency: str, said: str) -> None:
    with translation.override(language):
        courier, pallet, _pickup = Repository().get_available_shipping_methods(SimpleNamespace(currency=currency))
        assert (courier.code, str(courier.description).replace("\u00a0", " ")) == ("courier", said)
        assert pallet is Repository.methods[1]
