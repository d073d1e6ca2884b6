"""The inbox in a browser: several orders at once, by keyboard, without script, on a phone; the menu's number."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.browser import OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def test_bulk_accepts_what_it_can_and_says_what_not(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    first, second, third = (orders.place(who) for who in (cast.anna, cast.ewa, cast.piotr))
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    bar = ben.get_by_role("region", name="Rozstrzygnij wybrane zamówienia")
    expect(bar).to_be_hidden()
    ben.get_by_label("Wybierz wszystkie z tej strony").check()
    expect(bar).to_contain_text("Wybrano: 3")
    ben.get_by_label(f"Wybierz {third.order_number}").uncheck()
    expect(bar).to_contain_text("Wybrano: 2")
    assert_accessible(ben)
    actions.reject(first.order_number, actor=cast.cora.actor, version=1, reason="Za drogo")
    bar.get_by_role("button", name="Akceptuj wybrane").click()
    results = ben.get_by_role("region", name=re.compile("Zaakceptowano: 1"))
    expect(results).to_be_focused()
    expect(results).to_contain_text(f"{first.order_number}: Ktoś był szybszy")
    assert_accessible(ben)
    assert [orders.order(p).status for p in (first, second, third)] == ["rejected", "unhandled", "awaiting_acceptance"]


def test_bulk_by_keyboard_alone(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    first, second = orders.place(cast.anna), orders.place(cast.ewa)
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    for key in "jxjx":
        ben.keyboard.press(key)
    expect(ben.locator("[data-bulk-count]")).to_have_text("2")
    ben.get_by_role("button", name="Odrzuć wybrane").focus()
    ben.keyboard.press("Enter")
    expect(ben.get_by_role("alert")).to_contain_text("Napisz dlaczego")
    expect(ben.locator("[data-pick]:checked")).to_have_count(2)
    ben.get_by_label("Uwaga dla składających").focus()
    ben.keyboard.type("nie w tym miesiącu")
    ben.keyboard.press("Tab")
    ben.keyboard.press("Enter")
    expect(ben.get_by_role("heading", name="Odrzucono: 2")).to_be_visible()
    assert [orders.order(p).status for p in (first, second)] == ["rejected", "rejected"]


def test_bulk_without_script(cast: Cast, live_shop: LiveShop, chromium_browser) -> None:
    first, second = orders.place(cast.anna), orders.place(cast.ewa)
    context = chromium_browser.new_context(base_url=live_shop.url, locale="pl-PL", java_script_enabled=False)
    page = context.new_page()
    live_shop.sign_in(page, cast.ben.user)
    page.goto("/acceptance/?sort=value")
    page.get_by_label(f"Wybierz {first.order_number}").check()
    page.get_by_role("button", name="Akceptuj wybrane").click()
    expect(page.get_by_role("heading", name="Zaakceptowano: 1")).to_be_visible()
    assert [orders.order(p).status for p in (first, second)] == ["unhandled", "awaiting_acceptance"]
    context.close()


@pytest.mark.parametrize("size", [(390, 844), (360, 640)], ids=["390", "360"])
def test_phone_chooses_and_decides(cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int]) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(3)]
    ben = open_page(size=size)
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    assert_fits(ben)
    for order in placed[:2]:
        ben.get_by_label(f"Wybierz {order.order_number}").check()
    for name in ("Odrzuć wybrane", "Akceptuj wybrane"):
        expect(ben.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    assert_accessible(ben)
    assert_fits(ben)
    ben.get_by_role("button", name="Akceptuj wybrane").click()
    expect(ben.get_by_role("heading", name="Zaakceptowano: 2")).to_be_visible()


def test_menu_counts_by_itself_and_stops_at_the_end_of_the_login(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    ben = open_page()
    ben.clock.install()
    live_shop.sign_in(ben, cast.ben.user)
    asked: list[int] = []
    ben.on("response", lambda answer: asked.append(answer.status) if "/acceptance/count/" in answer.url else None)
    ben.goto("/orders/")
    count = ben.locator("nav.nav-main .count")
    expect(count).to_be_hidden()
    orders.place(cast.anna)
    ben.clock.run_for(61_000)
    expect(count).to_have_text("1")
    ben.context.clear_cookies()
    ben.clock.run_for(61_000)
    ben.clock.run_for(200_000)
    assert asked.count(204) <= 1, asked


def test_shop_can_be_installed(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/accounts/login/")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"].endswith("/manifest.webmanifest")
    assert found["errors"] == []
