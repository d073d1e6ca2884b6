"""Somebody who orders for two organisations, in two tabs of one browser, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from akcept.ordering.models import Placement
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, seated
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _choose(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(r"Przełącz\s+organizację")).first.click()
    page.get_by_role("button", name=re.compile(rf"Działaj w jej imieniu\s*: {name}")).click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_two_tabs_two_organisations_and_nothing_is_mixed(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    seated(cast.anna.user, cast.terminal, rights="place_orders accept_orders see_unit_orders")
    carts.fill(cast.anna, lines=2)
    umbras = orders.place(cast.otto)
    first = open_page(size=size)
    live_shop.sign_in(first, cast.anna.user)
    first.goto("/checkout/")
    expect(first.get_by_text("Działasz w imieniu Acme, Oddział Kraków")).to_be_visible()
    second = first.context.new_page()
    second.goto("/")
    _choose(second, "Umbra")
    expect(second.get_by_text(re.compile(r"Działasz teraz w imieniu Umbra, "))).to_be_visible()
    expect(second.get_by_text("Działasz w imieniu Umbra, Terminal")).to_be_visible()
    second.goto("/basket/")
    expect(second.get_by_text("Twój koszyk jest pusty")).to_be_visible()

    first.get_by_role("button", name=re.compile("^(Wyślij|Złóż|Zamów)")).first.click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Ta strona jest nieaktualna")
    assert Placement.objects.count() == 1  # Otto's
    assert_accessible(first)
    assert_fits(first)
    first.get_by_role("button", name=re.compile("Acme")).click()
    first.goto("/checkout/")
    first.get_by_role("button", name=re.compile("^(Wyślij|Złóż|Zamów)")).first.click()
    expect(first.get_by_role("heading", level=1)).not_to_have_text("Ta strona jest nieaktualna")
    assert set(Placement.objects.values_list("organization__name", flat=True)) == {"Acme", "Umbra"}

    second.goto(f"/orders/{umbras.order_number}/")  # the link of a mail about the other organisation
    expect(second.get_by_role("heading", level=1)).to_have_text("To należy do: Umbra")
    assert_accessible(second)
    assert_fits(second)
    second.get_by_role("button", name="Przełącz na Umbra i otwórz").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text(umbras.order_number)
