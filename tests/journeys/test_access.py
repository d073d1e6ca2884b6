"""Connecting another system, in a browser: a plain form, at both widths and in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from akcept.api import actions
from akcept.testing.cast import PASSWORD, Cast
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _looked_at(page: Page, name: str) -> None:
    assert_fits(page)
    assert_accessible(page)
    if folder := os.environ.get("AKCEPT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_token_is_made_used_looked_at_and_ended(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, language: str
) -> None:
    actions.give_client(actor=cast.dora.actor, name="Optima", scopes=["orders:read", "orders:place"])
    actions.give_client(actor=cast.mia.actor, name="Subiekt", scopes=["work:read"])
    for size, kind in ((DESKTOP, "desktop"), (PHONE, "phone")):
        page = open_page(language=language, size=size)
        live_shop.sign_in(page, cast.anna.user)
        page.goto("/account/tokens/")
        _looked_at(page, f"tokens-empty-{language}-{kind}")
        page.get_by_role("button", name="Utwórz token" if language == "pl" else "Create the token").click()
        expect(page.locator(".text-danger, .invalid-feedback").first).to_be_visible()
        _looked_at(page, f"tokens-refused-{language}-{kind}")
        page.locator("#id_name").fill("Arkusz magazynu")
        page.locator("input[value='orders:read']").check()
        page.get_by_role("button", name="Utwórz token" if language == "pl" else "Create the token").click()
        _looked_at(page, f"confirm-{language}-{kind}")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("code").first).to_contain_text("akcept_pat_")
        _looked_at(page, f"secret-{language}-{kind}")
        page.goto("/account/tokens/")
        _looked_at(page, f"tokens-{language}-{kind}")
        page.goto("/api/")
        _looked_at(page, f"reference-{language}-{kind}")
        dora = open_page(language=language, size=size)
        live_shop.sign_in(dora, cast.dora.user)
        dora.goto("/organization/systems/")
        _looked_at(dora, f"systems-{language}-{kind}")
        mia = open_page(language=language, size=size)
        live_shop.sign_in(mia, cast.mia.user)
        mia.goto("/dashboard/systems/")
        _looked_at(mia, f"shop-systems-{language}-{kind}")
