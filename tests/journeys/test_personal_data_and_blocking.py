"""Somebody leaves and is forgotten; the merchant blocks an organisation and lifts it: by pages, on a phone too."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from akcept.journal import queries as journal
from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import PASSWORD, Cast
from tests.support.browser import PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _download(page: Page, folder: Path) -> dict[str, str]:
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("ZIP")).click()
    started.value.save_as(folder / "copy.zip")
    with zipfile.ZipFile(folder / "copy.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_member_leaves_and_is_forgotten_and_the_past_stays_readable(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, tmp_path: Path
) -> None:
    number = orders.place(cast.anna).order_number
    actions.accept(number, actor=cast.ben.actor, version=1, remark="Zgoda, Ben Nowak")
    dora = open_page(size=PHONE)
    live_shop.sign_in(dora, cast.dora.user)
    dora.goto("/organization/members/")
    dora.get_by_role("link", name="Ben Nowak").click()
    files = _download(dora, tmp_path)
    assert json.loads(files["personal-data.json"])["decisions"][0]["number"] == number
    assert "Zgoda, Ben Nowak" in files["personal-data.html"]
    dora.get_by_text("Usuń…").click()
    dora.get_by_role("button", name=re.compile("Tak, usuń")).click()
    dora.goto("/organization/members/former/")
    dora.get_by_role("link", name="Ben Nowak").click()
    dora.get_by_text("Usuń dane…").click()
    assert_accessible(dora)
    assert_fits(dora)
    dora.get_by_role("button", name=re.compile("Tak, usuń")).click()
    dora.locator("[name=password]").fill(PASSWORD)  # it cannot be undone: whoever asks shows who she is
    dora.get_by_role("button", name="Potwierdź").click()
    alias = f"były członek nr {cast.ben.member.pk}"
    expect(dora.get_by_role("heading", level=1)).to_contain_text(alias)
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto(f"/orders/{number}/")
    expect(anna.get_by_text(f"Zgoda, {alias}").first).to_be_visible()
    expect(anna.get_by_text("Nowak")).to_have_count(0)
    assert all(journal.verify(chain) is None for chain in journal.chains())


def test_merchant_blocks_and_unblocks_and_every_page_says_so(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    number = orders.place(cast.anna).order_number
    mia = open_page()
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto(f"/dashboard/organizations/{cast.acme.pk}/")
    mia.get_by_role("link", name="Zablokuj").click()
    mia.get_by_role("button", name="Zablokuj").click()
    expect(mia.locator("#id_reason-error")).to_be_visible()
    mia.get_by_label("Powód").fill("Zaległe płatności")
    mia.get_by_role("button", name="Zablokuj").click()
    mia.goto("/dashboard/acceptance/")
    expect(mia.get_by_text("organizacja zablokowana")).to_be_visible()
    ben = open_page(size=PHONE)
    live_shop.sign_in(ben, cast.ben.user)
    for path in ("/orders/?scope=all", "/acceptance/", f"/orders/{number}/", "/organization/", "/catalogue/"):
        ben.goto(path)
        banner = ben.get_by_role("region", name="Blokada sklepu")
        expect(banner).to_contain_text("Sklep zablokował organizację Acme")
        expect(banner).to_contain_text("Zaległe płatności")
        expect(ben.get_by_role("button", name=re.compile("^Akceptuj"))).to_have_count(0)
        assert_accessible(ben)
        assert_fits(ben)
    mia.goto(f"/dashboard/organizations/{cast.acme.pk}/")
    mia.get_by_role("button", name="Odblokuj").click()
    ben.goto(f"/orders/{number}/")
    expect(ben.get_by_role("region", name="Blokada sklepu")).to_have_count(0)
    ben.get_by_role("button", name=re.compile("^Akceptuj")).first.click()
    expect(ben.get_by_text("zaakceptowane").first).to_be_visible()
