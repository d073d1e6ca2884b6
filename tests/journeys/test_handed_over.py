"""What the merchant's systems took and told, in a browser: marks of exports, and the parcels of an order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from akcept.fulfilment import actions
from akcept.fulfilment.actions import Packed
from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _looked_at(page: Page, name: str) -> None:
    assert_fits(page)
    assert_accessible(page)
    if folder := os.environ.get("AKCEPT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "size"), [("pl", PHONE), ("en", DESKTOP)])
def test_orders_are_marked_and_unmarked_and_parcels_are_seen(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, language: str, size: tuple[int, int]
) -> None:
    number = orders.place(cast.anna, lines=2, quantity=5).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    packed = [Packed(code="S1", quantity=3)]
    actions.ship(number, actor=cast.mia.actor, parcel="00159000012345", carrier="DPD", packed=packed)
    words = {
        "pl": (
            *("Oznacz 1 zamówienie jako wyeksportowane", "Cofnij"),
            *("1 zamówienie jest oznaczone", "00159000012345, DPD: 3 sztuki"),
        ),
        "en": ("Mark 1 order as exported", "Undo", "1 order is marked", "00159000012345, DPD: 3 pieces"),
    }
    mark, undo, marked, parcel = words[language]
    anna = open_page(language=language, size=size)
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto(f"/orders/{number}/")
    anna.get_by_text(parcel).click()
    expect(anna.get_by_text("Produkt S1").last).to_be_visible()
    _looked_at(anna, f"parcels-{language}")
    mia = open_page(language=language, size=size)
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto("/dashboard/order-files/?exported=no")
    _looked_at(mia, f"unmarked-{language}")
    mia.get_by_role("button", name=mark).click()
    expect(mia.get_by_text(marked)).to_be_visible()
    _looked_at(mia, f"marked-{language}")
    mia.get_by_role("button", name=undo).click()
    expect(mia.get_by_role("button", name=mark)).to_be_visible()
    mia.goto(f"/dashboard/acceptance/{number}/")
    _looked_at(mia, f"panel-parcels-{language}")
