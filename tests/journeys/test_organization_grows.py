"""A company comes to the shop: signs up, is confirmed, invites somebody, who then orders. And the merchant's switch."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from django.core import mail
from playwright.sync_api import expect

from akcept.organizations.models import Organization
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast
from akcept.testing.relays import deliver
from tests.support.browser import OpenPage
from tests.support.live_shop import LiveShop


def _link(address: str, path: str) -> str:
    body = next(message.body for message in mail.outbox if message.to == [address])
    found = re.search(rf"http://127\.0\.0\.1:\d+({path}\S*)", body)
    assert found is not None, body
    return found[1]


def test_company_signs_up_and_orders(cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list) -> None:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    nina = open_page()
    nina.goto("/organization/sign-up/")
    typed = {
        "name": "Nowa sp. z o.o.",
        "nip": "526-104-08-29",
        "line1": "ul. Nowa 1",
        "postcode": "00-001",
        "city": "Warszawa",
        "first_name": "Nina",
        "last_name": "Nowa",
        "email": "nina@nowa.example",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    form = nina.get_by_role("main").locator("form")
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").last.click()
    # A wrong check digit is told at the field, and nothing typed is lost.
    expect(nina.locator("#id_nip-error")).to_be_visible()
    expect(form.locator("[name=name]")).to_have_value("Nowa sp. z o.o.")
    form.locator("[name=nip]").fill("526-104-08-28")
    for name in ("password", "password_again"):  # passwords alone are never sent back
        form.locator(f"[name={name}]").fill(PASSWORD)
    form.get_by_role("button").last.click()
    # Nobody is let in before the mailed code came back.
    expect(nina).to_have_url(re.compile("/accounts/confirm-email/"))
    code = next(re.findall(r"^ {4}(\S+)$", m.body, re.M) for m in mail.outbox if m.to == ["nina@nowa.example"])[0]
    nina.locator("[name=code]").fill(code)
    nina.get_by_role("button", name="Potwierdź").click()
    expect(nina).to_have_url(re.compile("/organization/signed-up/"))
    expect(nina.get_by_role("heading", level=1)).to_be_visible()

    mia = open_page()
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto("/dashboard/organizations/")
    mia.get_by_role("link", name="Nowa sp. z o.o.").click()
    mia.get_by_role("main").get_by_role("button", name=re.compile("Potwierdź")).click()
    expect(mia.get_by_text(re.compile("może od teraz zamawiać"))).to_be_visible()
    assert Organization.objects.get(nip="5261040828").status == "active"

    # She invites somebody who may only place.
    nina.goto("/organization/members/invite/")
    form = nina.get_by_role("main").locator("form")
    for name, value in {"email": "adam@nowa.example", "first_name": "Adam", "last_name": "Nowy"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").last.click()
    expect(nina).to_have_url(re.compile("/organization/members/$"))
    expect(nina.get_by_text("adam@nowa.example").first).to_be_visible()
    deliver()
    adam = open_page()
    adam.goto(_link("adam@nowa.example", "/organization/join/"))
    expect(adam.get_by_text("Nowa sp. z o.o.").first).to_be_visible()
    form = adam.get_by_role("main").locator("form")
    for name in ("password", "password_again"):
        form.locator(f"[name={name}]").fill(PASSWORD)
    form.get_by_role("button").last.click()
    expect(adam.get_by_text(re.compile("Adam Nowy")).first).to_be_visible()

    # And orders: it waits for her.
    carts.stock("FIRST")
    adam.goto("/")
    adam.get_by_role("button", name=re.compile("Produkt FIRST")).click()
    expect(adam.locator(".in-basket").first).to_be_visible()  # added without leaving the list
    adam.goto("/checkout/")
    expect(adam.get_by_role("main").get_by_text("Nina Nowa").first).to_be_visible()
    adam.get_by_role("button", name="Wyślij do akceptacji").click()
    expect(adam).to_have_url(re.compile("/checkout/thank-you/"))
    nina.goto("/acceptance/")
    expect(nina.get_by_role("cell", name=re.compile("Adam Nowy")).last).to_be_visible()


def test_administrator_takes_a_right_away_and_it_counts_at_once(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    placed = orders.place(cast.anna)
    ben, dora = open_page(), open_page()
    live_shop.sign_in(ben, cast.ben.user)
    live_shop.sign_in(dora, cast.dora.user)
    ben.goto(f"/orders/{placed.order_number}/")
    dora.goto("/organization/members/")
    dora.get_by_role("link", name="Ben Nowak").click()
    dora.get_by_label(re.compile("akceptacja zamówień")).uncheck()
    dora.get_by_role("main").get_by_role("button", name="Zapisz").click()
    expect(dora.get_by_text("Już nie decydują: Ben Nowak. Teraz pytani: Cora Wiśniewska.")).to_be_visible()
    dora.get_by_role("main").get_by_role("button", name="Potwierdź i zapisz").click()
    expect(dora).to_have_url(re.compile("/organization/members/$"))
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_role("heading", level=1)).to_have_text("Tu nic nie ma")
    assert orders.order(placed).status == "awaiting_acceptance"


def test_merchant_filters_downloads_and_switches_off(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, tmp_path: Path
) -> None:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    kept, other = orders.place(cast.anna), orders.place(cast.jan)
    mia = open_page()
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto("/dashboard/acceptance/")
    mia.get_by_label("Szukaj", exact=True).fill("Kowalska")
    mia.get_by_role("button", name="Filtruj").click()
    expect(mia.get_by_role("link", name=kept.order_number)).to_be_visible()
    expect(mia.get_by_role("link", name=other.order_number)).to_have_count(0)
    with mia.expect_download() as started:
        mia.get_by_role("link", name="CSV").click()
    file = tmp_path / "held.csv"
    started.value.save_as(file)
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [kept.order_number]
    mia.goto("/dashboard/b2b/")
    mia.get_by_role("button", name="Wyłącz B2B").click()
    expect(mia.get_by_text("wyłączony").first).to_be_visible()
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto(f"/orders/{kept.order_number}/")
    expect(ben.get_by_role("link", name="Organizacja")).to_have_count(0)
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_text("zaakceptowane").first).to_be_visible()
