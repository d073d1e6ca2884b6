"""F2: in the basket and at checkout the sum and the button are always in sight; budgets are folded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from akcept.testing import budgets, carts
from akcept.testing.cast import Cast
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/basket/", "/checkout/"])
def test_f2_the_sum_and_the_button_are_in_sight_wherever_the_page_is_scrolled(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, path: str, size: tuple[int, int]
) -> None:
    for name in ("Cała firma", "Zarząd", "Projekty"):
        budgets.make(cast.head_office, "50000.00", name=name)
    budgets.make(cast.krakow, "100.00", name="Oddział Kraków", effect="ask", owner=cast.ben.member)
    carts.fill(cast.anna, lines=14)
    anna = open_page(size=size)
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto(path)
    bar = anna.locator(".decide-within")
    pressed = bar.locator(".btn-accept")
    total = bar.locator("b.big")
    for scrolled in (0, 400, 100_000):
        anna.evaluate("to => window.scrollTo(0, to)", scrolled)
        expect(pressed).to_be_in_viewport(ratio=1)
        expect(total).to_be_in_viewport(ratio=1)
    assert total.inner_text() == anna.locator(".sums .total td").inner_text()
    folded = anna.locator("details.budgets-folded")
    expect(folded.get_by_text("Projekty")).to_be_hidden()
    expect(folded.locator("summary")).to_contain_text("Oddział Kraków")
    folded.locator("summary").click()
    expect(folded.get_by_text("Projekty").first).to_be_visible()
    assert_fits(anna)
    assert_accessible(anna)


def test_f2_another_delivery_changes_the_sum_in_the_bar(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    carts.fill(cast.anna)
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto("/checkout/")
    total = anna.locator(".decide-within b.big")
    before = total.inner_text()
    delivery = anna.get_by_label(re.compile("^Sposób dostawy|^Dostawa"))
    delivery.select_option(index=1)
    expect(total).not_to_have_text(before)
