"""What happened to an order while it waited, in a browser: told before a decision, with a way on that works."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _visit(
    person: Person,
    number: str,
    live_shop: LiveShop,
    open_page: OpenPage,
    *,
    language: str = "pl",
    size: tuple[int, int],
) -> Page:
    page = open_page(size=size, language=language)
    live_shop.sign_in(page, person.user)
    page.goto(f"/orders/{number}/")
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_requester_chooses_another_delivery(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    from shop.shipping.repository import Repository

    with translation.override("pl"):
        placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    anna = _visit(cast.anna, placed.order_number, live_shop, open_page, size=size)
    anna.get_by_role("link", name=re.compile("^Zmień")).first.click()
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.locator("#id_delivery-error")).to_contain_text("Wybierz inny sposób dostawy")
    assert_accessible(anna)
    assert_fits(anna)
    anna.get_by_label("Dostawa netto").select_option("pallet")
    expect(anna.locator("#sums")).to_contain_text("232,47")  # 100 + 89, 23 % VAT
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.get_by_text("Kurier").first).to_be_visible()
    expect(anna.get_by_text("Paleta").first).to_be_visible()
    assert_accessible(anna)
    assert_fits(anna)
    assert orders.order(placed).shipping_code == "pallet"
