"""The main job in a browser, in Polish: place, be mailed, accept in the shop; only then it is the merchant's work."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.support.browser import PHONE, OpenPage, assert_fits
from tests.support.live_shop import LiveShop

AWAITING = "niepotwierdzone - oczekuje na akceptację klienta"


def _link_in_mail_to(address: str) -> str:
    sent = [message for message in mail.outbox if message.to == [address]]
    assert len(sent) == 1, [message.to for message in mail.outbox]
    found = re.search(r"http://127\.0\.0\.1:\d+(/orders/\S+)", sent[0].body)
    assert found is not None, sent[0].body
    return found[1]


def _log_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Zaloguj się").click()


def test_place_mail_accept_unhandled(cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list) -> None:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    for sku in ("PAPIER", "TONER"):
        carts.stock(sku, price="100.00")

    # Anna fills a basket and is told beforehand what will happen.
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto("/")
    anna.get_by_role("button", name="Dodaj do koszyka: Produkt PAPIER").or_(
        anna.get_by_role("button", name=re.compile("Produkt PAPIER"))
    ).first.click()
    expect(anna.locator(".in-basket").first).to_be_visible()  # added without leaving the list
    anna.goto("/basket/")
    anna.get_by_role("main").locator("a[href='/checkout/']").click()
    expect(anna).to_have_url(re.compile("/checkout/"))
    expect(anna.get_by_text("To zamówienie poczeka na akceptację")).to_be_visible()
    expect(anna.get_by_text("Ben Nowak").first).to_be_visible()
    anna.get_by_label(re.compile("Wiadomość do")).fill("Potrzebne na piątek")
    anna.get_by_role("button", name="Wyślij do akceptacji").click()
    expect(anna).to_have_url(re.compile("/checkout/thank-you/"))
    number = re.search(r"\d{5,}", anna.get_by_role("heading", level=1).inner_text() + anna.content())[0]

    # The merchant sees it in its own list and nowhere in the work.
    mia = open_page()
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto("/dashboard/")
    mia.get_by_role("link", name=re.compile("Zamówienia wymagające akceptacji klienta")).click()
    expect(mia.get_by_role("link", name=number)).to_be_visible()
    mia.goto("/dashboard/unhandled/")
    expect(mia.get_by_text(number)).to_have_count(0)

    # Ben follows the link of his mail, logs in, and is on this order.
    deliver()
    assert mail.outbox
    ben = open_page()
    ben.goto(_link_in_mail_to("ben@customer.example"))
    _log_in(ben, "ben@customer.example")
    expect(ben).to_have_url(re.compile(f"/orders/{number}/$"))
    expect(ben.get_by_text(AWAITING)).to_be_visible()
    expect(ben.get_by_text("Potrzebne na piątek")).to_be_visible()
    mail.outbox.clear()
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_text(f"Zamówienie {number} zaakceptowane").first).to_be_visible()

    # Now it is work.
    mia.goto("/dashboard/unhandled/")
    row = mia.get_by_role("row").filter(has_text=number)
    expect(row).to_have_count(1)
    expect(row.get_by_text("nieobsłużone")).to_be_visible()
    mia.goto("/dashboard/acceptance/")
    expect(mia.get_by_text(number)).to_have_count(0)

    # Anna gets one confirmation and sees who decided.
    deliver()
    assert [message.to for message in mail.outbox] == [["anna@customer.example"]]
    anna.goto(f"/orders/{number}/")
    expect(anna.get_by_text("Ben Nowak").first).to_be_visible()
    expect(anna.get_by_text("przyjęte do realizacji").first).to_be_visible()


def _reject(page: Page) -> None:
    """Rejecting is guarded: the first press asks, the second one does it."""
    page.locator(".decide summary.btn-reject").click()
    page.get_by_role("button", name=re.compile("^Tak, odrzuć zamówienie")).click()


def test_rejecting_with_a_reason(cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list) -> None:
    placed = orders.place(cast.anna)
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto(f"/orders/{placed.order_number}/")
    _reject(ben)
    expect(ben.get_by_role("alert").first).to_contain_text("Napisz dlaczego")
    expect(ben.get_by_role("textbox", name=re.compile("Uwaga"))).to_be_focused()
    ben.get_by_role("textbox", name=re.compile("Uwaga")).fill("Poczekajmy na nowy budżet")
    _reject(ben)
    expect(ben.get_by_text(f"Zamówienie {placed.order_number} odrzucone").first).to_be_visible()
    deliver()
    told = next(message for message in mail.outbox if message.to == ["anna@customer.example"])
    assert "Poczekajmy na nowy budżet" in told.body
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto("/orders/")
    expect(anna.get_by_text("Poczekajmy na nowy budżet")).to_be_visible()


def test_wrong_branch_and_other_organisation_see_a_kind_nothing(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    placed = orders.place(cast.anna)
    boss = new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    for person in (boss, cast.otto):
        page = open_page()
        live_shop.sign_in(page, person.user)
        answer = page.goto(f"/orders/{placed.order_number}/")
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Tu nic nie ma")
        expect(page.get_by_text("Anna")).to_have_count(0)
        page.goto("/acceptance/")
        expect(page.get_by_text(placed.order_number)).to_have_count(0)


def test_phone_decides_without_scrolling(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    placed = orders.place(cast.anna, lines=30, note="Dużo")
    ben = open_page(size=PHONE)
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    ben.get_by_role("link", name=placed.order_number).click()
    expect(ben).to_have_url(re.compile(placed.order_number))
    assert_fits(ben)
    for button in (ben.locator(".decide summary.btn-reject"), ben.get_by_role("button", name=re.compile("^Akceptuj"))):
        box = button.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE[1], "in reach without scrolling"
        assert box["height"] >= 44
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_text("zaakceptowane").first).to_be_visible()


def test_slower_of_two_with_the_page_open_is_told(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    placed = orders.place(cast.anna)
    pages = []
    for person in (cast.ben, cast.cora):
        page = open_page()
        live_shop.sign_in(page, person.user)
        page.goto(f"/orders/{placed.order_number}/")
        pages.append(page)
    pages[0].get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(pages[0].get_by_text("zaakceptowane").first).to_be_visible()
    pages[1].get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(pages[1].get_by_role("alert").first).to_contain_text("Ben Nowak")
    expect(pages[1].get_by_role("button", name=re.compile("^Akceptuj"))).to_have_count(0)
    assert orders.order(placed).status == "unhandled"


def test_inbox_is_decided_by_keyboard_alone(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    first, second, third = (orders.place(who) for who in (cast.anna, cast.ewa, cast.piotr))
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    ben.keyboard.press("j")
    ben.keyboard.press("r")
    reason = ben.get_by_label(re.compile("Dlaczego"))
    expect(reason.first).to_be_focused()
    ben.keyboard.type("   ")
    ben.keyboard.press("Tab")
    ben.keyboard.press("Enter")
    expect(ben.get_by_role("alert")).to_contain_text("Napisz dlaczego")
    expect(ben.locator("textarea.is-invalid")).to_be_focused()
    ben.keyboard.type("za drogo")
    ben.keyboard.press("Tab")
    ben.keyboard.press("Enter")
    expect(ben.get_by_text(f"Zamówienie {first.order_number} odrzucone")).to_be_visible()
    expect(ben.get_by_role("link", name=second.order_number)).to_be_focused()
    ben.keyboard.press("a")
    expect(ben.get_by_text(f"Zamówienie {second.order_number} zaakceptowane")).to_be_visible()
    expect(ben.get_by_text("1 zamówienie czeka na Ciebie")).to_be_visible()
    expect(ben.locator("nav.nav-main .count")).to_have_text("1")
    assert [orders.order(p).status for p in (first, second, third)] == [
        "rejected",
        "unhandled",
        "awaiting_acceptance",
    ]


def test_everything_works_without_script(cast: Cast, live_shop: LiveShop, chromium_browser) -> None:
    placed = orders.place(cast.anna)
    context = chromium_browser.new_context(base_url=live_shop.url, locale="pl-PL", java_script_enabled=False)
    page = context.new_page()
    live_shop.sign_in(page, cast.ben.user)
    page.goto("/acceptance/")
    page.get_by_role("button", name=f"Akceptuj {placed.order_number}").click()
    expect(page.get_by_text(f"Zamówienie {placed.order_number} zaakceptowane")).to_be_visible()
    assert orders.order(placed).status == "unhandled"
    context.close()


def test_decided_elsewhere_meanwhile_the_row_says_so(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    placed = orders.place(cast.anna)
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto("/acceptance/")
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    ben.get_by_role("button", name=f"Akceptuj {placed.order_number}").click()
    expect(ben.get_by_text(re.compile("Cora Wiśniewska"))).to_be_visible()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj"))).to_have_count(0)


def test_other_address_opens_when_chosen_and_is_chosen_when_typed(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    free = new_person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    carts.fill(free)
    filip = open_page(size=PHONE)
    live_shop.sign_in(filip, free.user)
    filip.goto("/checkout/")
    choice, street = filip.get_by_label("Adres dostawy"), filip.get_by_label("Ulica i numer")
    expect(street).to_be_hidden()
    choice.select_option("elsewhere")
    expect(street).to_be_visible()
    choice.select_option(index=0)
    expect(street).to_be_hidden()
    filip.get_by_text("Wpisz inny adres").click()
    street.fill("ul. Targowa 5")
    expect(choice).to_have_value("elsewhere")


@pytest.mark.parametrize("language", ["en"])
def test_language_is_switched_in_the_header(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, language: str
) -> None:
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto("/orders/")
    expect(anna.get_by_role("heading", level=1)).to_have_text("Moje zamówienia")
    anna.get_by_role("button", name="Switch to English").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("My orders")
    anna.goto("/basket/")
    expect(anna.locator("html")).to_have_attribute("lang", language)
