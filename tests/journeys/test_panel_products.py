"""F1: the merchant keeps products in the panel: prices, stock, categories, pictures and variants are one click away."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from PIL import Image
from playwright.sync_api import Page, expect

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.browser import PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _model(label: str) -> Any:
    return apps.get_model(label)


def _merchant(cast: Cast, live_shop: LiveShop, page: Page) -> Page:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    live_shop.sign_in(page, cast.mia.user)
    return page


@pytest.fixture
def mia(cast: Cast, live_shop: LiveShop, page: Page) -> Page:
    return _merchant(cast, live_shop, page)


def _stock(sku: str, *, price: str = "10.00") -> Any:
    """A product as the panel wants it: with a category."""
    stock = carts.stock(sku, price=price)
    root = _model("catalogue.Category").objects.first() or _model("catalogue.Category").objects.add_root(
        {"name": "Papier"}
    )
    stock.product.categories.add(root)
    return stock


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_f1_a_price_and_the_stock_are_changed_behind_their_tab(mia: Page) -> None:
    stock = _stock("S1", price="10.00")
    mia.goto(f"/dashboard/catalogue/products/{stock.product_id}/")
    expect(mia.get_by_label("Cena").first).to_be_hidden()
    _tab(mia, "Stan magazynowy i ceny")
    assert_accessible(mia)
    mia.get_by_label("Cena").first.fill("12.50")
    mia.locator("input[name$=num_in_stock]").first.fill("7")
    mia.get_by_role("button", name="Zapisz", exact=True).click()
    mia.wait_for_url(re.compile(r"/dashboard/catalogue/(products/)?([?#].*)?$"))
    stock.refresh_from_db()
    assert (stock.price, stock.num_in_stock) == (Decimal("12.50"), 7)


def test_f1_a_product_is_added_with_its_category_picture_and_price(mia: Page, tmp_path: Path) -> None:
    stock = _stock("S1")
    Image.new("RGB", (40, 30), "red").save(tmp_path / "kartka.png")
    mia.goto(f"/dashboard/catalogue/products/create/{stock.product.product_class.slug}/")
    mia.get_by_label("Tytuł").first.fill("Zeszyt A5")
    _tab(mia, "Kategorie")
    mia.locator("#product_category select").first.select_option(label="Papier")
    _tab(mia, "Zdjęcia")
    mia.locator("input[type=file]").first.set_input_files(tmp_path / "kartka.png")
    expect(mia.get_by_role("img", name="kartka.png")).to_be_visible()
    _tab(mia, "Stan magazynowy i ceny")
    mia.locator("#product_stock select").first.select_option(label="Biurodom")
    mia.locator("input[name$=partner_sku]").first.fill("ZES-A5")
    mia.get_by_label("Cena").first.fill("3.20")
    mia.locator("input[name$=num_in_stock]").first.fill("40")
    mia.get_by_role("button", name="Zapisz", exact=True).click()
    mia.wait_for_url(re.compile(r"/dashboard/catalogue/(products/)?([?#].*)?$"))
    made = _model("catalogue.Product").objects.get(title="Zeszyt A5")
    assert [found.name for found in made.categories.all()] == ["Papier"]
    assert made.images.count() == 1
    assert made.stockrecords.get().price == Decimal("3.20")


def test_f1_what_is_wrong_behind_a_tab_is_shown(mia: Page) -> None:
    stock = _stock("S1")
    mia.goto(f"/dashboard/catalogue/products/create/{stock.product.product_class.slug}/")
    mia.get_by_label("Tytuł").first.fill("Zeszyt A5")
    _tab(mia, "Kategorie")
    mia.locator("#product_category select").first.select_option(label="Papier")
    _tab(mia, "Stan magazynowy i ceny")
    mia.locator("input[name$=partner_sku]").first.fill("ZES-A5")  # and no partner, no price
    _tab(mia, "Szczegóły produktu")
    mia.get_by_role("button", name="Zapisz", exact=True).click()
    expect(mia.get_by_role("tab", name="Stan magazynowy i ceny są błędy")).to_have_attribute("aria-selected", "true")
    expect(mia.locator("#product_stock .error-block").first).to_be_visible()
    assert mia.locator("input[name$=partner_sku]").first.input_value() == "ZES-A5"
    _tab(mia, "Szczegóły produktu")
    mia.get_by_label("Tytuł").first.fill("")
    _tab(mia, "Zdjęcia")
    mia.get_by_role("button", name="Zapisz", exact=True).click()  # the browser itself refuses an empty title
    expect(mia.get_by_label("Tytuł").first).to_be_visible()


def test_f1_tabs_work_by_keyboard_and_on_a_phone(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    stock = _stock("S1")
    phone = _merchant(cast, live_shop, open_page(language="en", size=PHONE))
    phone.goto(f"/dashboard/catalogue/products/{stock.product_id}/")
    phone.get_by_role("tab", name="Product details").focus()
    phone.keyboard.press("ArrowDown")
    expect(phone.get_by_role("tab", name="Categories")).to_be_focused()
    expect(phone.locator("#product_category")).to_be_visible()
    for tab in phone.get_by_role("tab").all():
        tab.click()
        assert_fits(phone)
        assert_accessible(phone)


def test_f1_without_script_every_section_is_there(cast: Cast, live_shop: LiveShop, chromium_browser: Any) -> None:
    stock = _stock("S1", price="10.00")
    context = chromium_browser.new_context(base_url=live_shop.url, java_script_enabled=False, locale="pl-PL")
    page = _merchant(cast, live_shop, context.new_page())
    page.goto(f"/dashboard/catalogue/products/{stock.product_id}/")
    for section in ("product_category", "product_images", "product_stock", "child_products", "seo"):
        expect(page.locator(f"#{section}")).to_be_visible()
    page.locator("input[name$=price]").first.fill("11.00")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.wait_for_url(re.compile(r"/dashboard/catalogue/(products/)?([?#].*)?$"))
    stock.refresh_from_db()
    assert stock.price == Decimal("11.00")
    context.close()


def test_f1_a_recommended_product_is_found_by_typing(mia: Page) -> None:
    stock, other = _stock("S1"), _stock("S2")
    mia.goto(f"/dashboard/catalogue/products/{stock.product_id}/")
    _tab(mia, "Polecane produkty")
    mia.locator("#content").get_by_role("searchbox").first.fill("S2")
    choice = mia.locator("select[name$=recommendation]").first
    choice.select_option(label="Produkt S2")
    mia.get_by_role("button", name="Zapisz", exact=True).click()
    mia.wait_for_url(re.compile(r"/dashboard/catalogue/(products/)?([?#].*)?$"))
    assert [found.pk for found in stock.product.recommended_products.all()] == [other.product_id]


def test_f1_a_customers_addresses_and_reviews_are_behind_their_tabs(mia: Page, cast: Cast) -> None:
    mia.goto(f"/dashboard/users/{cast.anna.user.pk}/")
    expect(mia.locator("#user_orders")).to_be_visible()
    _tab(mia, "Adresy")
    expect(mia.locator("#user_addresses")).to_be_visible()
    expect(mia.locator("#user_orders")).to_be_hidden()
    assert_accessible(mia)


def test_f1_the_period_of_an_offer_is_a_day_picked_in_the_browser(mia: Page) -> None:
    mia.goto("/dashboard/vouchers/create/")
    field = mia.locator("input[name=start_datetime]")
    expect(field).to_have_attribute("type", "datetime-local")
    assert len(field.input_value()) == len("2026-11-29T12:30")
