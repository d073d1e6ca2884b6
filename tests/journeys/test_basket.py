"""The basket with the keyboard, and a quantity that cannot be had, in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.browser import assert_accessible
from tests.support.live_shop import LiveShop


def test_enter_in_a_quantity_recalculates(cast: Cast, live_shop: LiveShop, page: Page) -> None:
    carts.fill(cast.anna, lines=3)
    live_shop.sign_in(page, cast.anna.user)
    page.goto("/basket/")
    page.get_by_label("Ilość: Produkt S2").fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ilość: Produkt S2")).to_have_value("5")
    expect(page.locator(".qty-input")).to_have_count(3)
    page.get_by_role("button", name="Usuń: Produkt S2").click()
    expect(page.locator(".qty-input")).to_have_count(2)


def test_a_quantity_that_cannot_be_had_is_told_beside_it(cast: Cast, live_shop: LiveShop, page: Page) -> None:
    product = carts.stock("S1", number=5).product
    carts.stock("S2")
    live_shop.sign_in(page, cast.anna.user)
    for path in ("/catalogue/", product.get_absolute_url()):
        page.goto(path)
        quantity = page.locator(f"#product-{product.pk} .qty-input")
        quantity.fill("77")
        page.keyboard.press("Enter")
        expect(page.locator(f"#refused-{product.pk}")).to_contain_text("5")
        expect(quantity).to_have_value("77")
        assert_accessible(page)
        quantity.fill("2")
        page.keyboard.press("Enter")
        expect(page.locator(f"#product-{product.pk}")).to_contain_text("w koszyku")
        expect(page.locator(f"#refused-{product.pk}")).to_have_count(0)
