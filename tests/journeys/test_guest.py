"""G5, F3, F9: a guest's whole way to an order and back to its status, in both languages, on a phone and on a desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from playwright.sync_api import Page, expect

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits, assert_focus_shows
from tests.support.live_shop import LiveShop

#: What the pages say, by language: status, delivery, the buttons.
_SAID: dict[str, dict[str, str]] = {
    "pl": {
        "add": "Dodaj do koszyka",
        "anonymous": "Zamów bez konta",
        "on": "Dalej",
        "pickup": "Wybierz: Odbiór osobisty",
        "order": "Zamów za 24,60",
        "show": "Pokaż zamówienie",
        "accepted": "przyjęte do realizacji",
        "delivery": "Odbiór osobisty",
        "nobody": "Podaj, kto odbierze przesyłkę.",
        "postcode": "Polski kod pocztowy wygląda tak: 30-415.",
    },
    "en": {
        "add": "Add to basket",
        "anonymous": "Order without an account",
        "on": "Continue",
        "pickup": "Choose: Pick-up",
        "order": "Order for PLN 24.60",
        "show": "Show the order",
        "accepted": "accepted for processing",
        "delivery": "Pick-up",
        "nobody": "Say who receives the delivery.",
        "postcode": "A Polish postcode looks like 30-415.",
    },
}


def _look(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("main h1")).to_have_count(1)
    for width, height in (PHONE, DESKTOP) if language == "pl" else (PHONE,):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        assert_fits(page)
    assert_focus_shows(page)


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["pl", "en"])
def test_g5_a_guest_orders_and_sees_the_status_in_words_of_their_language(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, settings: Any, language: str
) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    settings.AKCEPT_BASE_URL = live_shop.url
    settings.OSCAR_URL_SCHEMA = "http"
    terms = {"printable_name": "Polska", "is_shipping_country": True}
    apps.get_model("address.Country").objects.update_or_create(iso_3166_1_a2="PL", defaults=terms)
    said, page, product = _SAID[language], open_page(language=language), carts.stock("G5").product

    page.goto(product.get_absolute_url())
    page.locator("#quantity").fill("2")
    _press(page, said["add"])
    expect(page.locator("#basket-button")).to_contain_text("20")
    _look(page, language)
    page.locator("#basket-button").click()
    page.locator(".decide a").click()
    _look(page, language)

    page.locator("[name=username]").fill("gina@guest.example")
    _press(page, said["anonymous"])
    page.locator("[name=postcode]").fill("850")
    _press(page, said["on"])
    for told in (said["nobody"], said["postcode"]):
        expect(page.locator(".invalid-feedback", has_text=told)).to_have_count(1)
    _look(page, language)
    for name, typed in {"last_name": "Gast", "line1": "Prosta 1", "line4": "Warszawa", "postcode": "00850"}.items():
        page.locator(f"[name={name}]").fill(typed)
    _press(page, said["on"])
    _look(page, language)
    _press(page, said["pickup"])
    _look(page, language)
    page.get_by_role("link", name=said["on"]).click()
    expect(page.locator("main")).to_contain_text("00-850 Warszawa")
    _look(page, language)
    _press(page, said["order"])
    _look(page, language)

    (sent,) = mail.outbox
    links = re.findall(rf"{re.escape(live_shop.url)}/accounts/order-status/\S+", str(sent.body))
    assert len(links) == 1, sent.body
    page.goto(links[0])
    _look(page, language)
    page.locator("[name=email]").fill("somebody@guest.example")
    _press(page, said["show"])
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("[name=email]").fill("gina@guest.example")
    _press(page, said["show"])
    for each in (said["accepted"], said["delivery"], "Gast", "00-850 Warszawa"):
        expect(page.locator("main")).to_contain_text(each)
    expect(page.locator("main")).not_to_contain_text("unhandled")
    _look(page, language)
