"""The inbox in a browser: several orders at once, by keyboard, without script, on a phone; the menu's number."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.browser import OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def press(where: Any, opens: str, confirms: str) -> None:
    """Open a guarded button and confirm it."""
    where.get_by_text(opens).click()
    where.get_by_role("button", name=confirms).click()


def test_bulk_accepts_what_it_can_and_says_what_not(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    first, second, third = (orders.place(who) for who in (cast.anna, cast.ewa, cast.piotr))
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    bar = ben.get_by_role("region", name="Rozstrzygnij wybrane zamówienia")
    expect(bar).to_be_hidden()
    ben.locator("[data-pick-all]:visible").check()
    expect(bar).to_contain_text("Wybrano: 3")
    ben.get_by_label(f"Wybierz {third.order_number}").uncheck()
    expect(bar).to_contain_text("Wybrano: 2")
    assert_accessible(ben)
    actions.reject(first.order_number, actor=cast.cora.actor, version=1, reason="Za drogo")
    press(bar, "Akceptuj wybrane", "Tak, akceptuj je")
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
    ben.get_by_text("Odrzuć wybrane").focus()
    ben.keyboard.press("Enter")
    ben.get_by_role("button", name="Tak, odrzuć je").focus()
    ben.keyboard.press("Enter")
    expect(ben.get_by_role("alert")).to_contain_text("Napisz dlaczego")
    expect(ben.locator("[data-pick]:checked")).to_have_count(2)
    ben.get_by_label("Uwaga dla zamawiających").focus()
    ben.keyboard.type("nie w tym miesiącu")
    ben.keyboard.press("Tab")
    ben.keyboard.press("Enter")
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
    press(page, "Akceptuj wybrane", "Tak, akceptuj je")
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
    ben.locator("[data-pick-all]:visible").check()
    expect(ben.locator("[data-bulk-count]")).to_have_text("3")
    ben.get_by_label(f"Wybierz {placed[2].order_number}").uncheck()
    for name in ("Odrzuć wybrane", "Akceptuj wybrane"):
        expect(ben.get_by_text(name)).to_be_in_viewport(ratio=1)
    assert_accessible(ben)
    assert_fits(ben)
    press(ben, "Akceptuj wybrane", "Tak, akceptuj je")
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


def test_f4_the_sum_and_the_effect_are_named_before_several_are_decided(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    first, second = (orders.place(cast.anna, lines=1) for _ in range(2))  # 2 x 11.00 net and a courier at 19.00, each
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    ben.locator("[data-pick-all]:visible").check()
    expect(ben.locator("[data-bulk-sum]")).to_have_text(re.compile(r"82,00\szł"))
    ben.get_by_text("Akceptuj wybrane").click()
    told = ben.locator("details[open] .pop-body")
    expect(told).to_contain_text(re.compile(r"2 zamówienia, netto 82,00\szł\. Sklep od razu zacznie"))
    assert [orders.order(p).status for p in (first, second)] == ["awaiting_acceptance", "awaiting_acceptance"]
    assert_accessible(ben)
    ben.get_by_role("button", name="Tak, akceptuj je").click()
    expect(ben.get_by_role("heading", name="Zaakceptowano: 2")).to_be_visible()


def test_f4_pressing_again_goes_on_and_a_slip_is_taken_back(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    first, second = orders.place(cast.anna), orders.place(cast.ewa)
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    ben.keyboard.press("j")
    ben.keyboard.press("a")
    expect(ben.get_by_role("link", name=second.order_number)).to_be_focused()
    ben.keyboard.press("a")
    expect(ben.locator("tr.outcome")).to_have_count(2)
    assert [orders.order(p).status for p in (first, second)] == ["unhandled", "unhandled"]
    assert_accessible(ben)
    ben.get_by_role("button", name=f"Cofnij akceptację zamówienia {first.order_number}").click()
    expect(ben).to_have_url(re.compile(f"/orders/{first.order_number}/"))
    assert [orders.order(p).status for p in (first, second)] == ["awaiting_acceptance", "unhandled"]


def test_f4_keys_act_where_the_focus_is_and_can_be_switched_off(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    placed = orders.place(cast.anna)
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    ben.keyboard.press("a")  # nothing has the focus
    ben.get_by_role("link", name="Moje zamówienia").first.focus()
    ben.keyboard.press("a")
    assert orders.order(placed).status == "awaiting_acceptance"
    ben.get_by_label("Skróty klawiszowe").uncheck()
    ben.reload()
    expect(ben.get_by_label("Skróty klawiszowe")).not_to_be_checked()
    ben.get_by_role("link", name=placed.order_number).focus()
    ben.keyboard.press("a")
    ben.keyboard.press("x")
    expect(ben.locator("[data-pick]:checked")).to_have_count(0)
    assert orders.order(placed).status == "awaiting_acceptance"


def test_f4_after_a_decision_the_next_order_is_one_press_away_and_rejecting_is_guarded(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    first, second = orders.place(cast.anna), orders.place(cast.ewa)
    ben = open_page(language="en")
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto(f"/orders/{first.order_number}/")
    ben.get_by_label("Remark for Anna Kowalska").fill("Too dear")
    ben.locator(".decide summary", has_text="Reject").click()
    assert orders.order(first).status == "awaiting_acceptance", "the first press only asks"
    expect(ben.get_by_text("This cannot be undone").last).to_be_visible()
    assert_accessible(ben)
    ben.get_by_role("button", name=f"Yes, reject order {first.order_number}").click()
    ben.get_by_role("link", name=f"Next: order {second.order_number}").click()
    expect(ben.get_by_role("button", name=re.compile(f"^Accept .* order {second.order_number}$"))).to_be_visible()
    ben.reload()
    expect(ben.get_by_role("link", name=re.compile("^Next: order"))).to_have_count(0)
    assert orders.order(first).status == "rejected"


def test_f5_every_button_of_an_order_names_it(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    number = orders.place(cast.anna).order_number
    for person, inside in ((cast.ben, ".decide"), (cast.anna, ".order-acts")):
        window = open_page(language="en")
        live_shop.sign_in(window, person.user)
        window.goto(f"/orders/{number}/")
        for opener in window.locator(f"{inside} details").all():
            opener.evaluate("node => { node.open = true; }")
        named = window.locator(f"{inside} :is(button, summary, a.btn)")
        texts = [text for text in named.all_inner_texts() if not text.startswith("Yes, ")]
        assert texts
        assert [text for text in texts if number not in text] == []
