"""An administrator writes a rule with two steps; an order takes both, and everybody can read why. In Polish."""

from __future__ import annotations

import io
import re

from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect

from akcept.approvals.models import PolicyVersion
from akcept.storefront.rules.forms.rows import BOXES_AT_MOST
from akcept.testing import carts
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from tests.support.browser import PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _add_step(page: Page, kind: str) -> None:
    page.locator("#new-step").select_option(kind)
    page.locator("button[value=add-step]").click()


def _write_rule(page: Page) -> None:
    """Write "above 150.00 net: Ben, then Cora" from nothing, row by row."""
    page.goto("/organization/rules/")
    page.get_by_role("link", name="Dodaj pierwszą regułę").click()
    page.get_by_label("Nazwa reguły").fill("Duże zamówienia")
    page.get_by_label(re.compile("^Obowiązuje w tym oddziale")).select_option(label="Centrala")
    page.get_by_label("Kwota").fill("150")
    page.get_by_role(
        "button", name=re.compile("^Usuń z reguły")
    ).last.click()  # the step that stands there to begin with
    for row, name in enumerate(("Ben Nowak", "Cora Wiśniewska")):
        _add_step(page, "people")
        page.locator("#steps .rule-row").nth(row).get_by_label(re.compile(name)).check()


def test_rule_is_written_tried_and_met_by_an_order(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list
) -> None:
    carts.stock("TONER", price="100.00")
    dora = open_page()
    live_shop.sign_in(dora, cast.dora.user)
    _write_rule(dora)
    expect(dora.get_by_label("Co czyta zamawiający, gdy nie wolno go złożyć")).to_be_hidden()
    dora.locator("button[value=try]").click()
    expect(dora.get_by_text("Wypróbowano, nie zapisano")).to_be_visible()
    assert not PolicyVersion.objects.exists()
    dora.get_by_role("button", name="Zapisz regułę").click()
    warning = dora.get_by_role("alert")  # Ben's own orders would have nobody: he is told so, and may go on
    expect(warning).to_contain_text(
        re.compile("zamówień, które Ben Nowak składa w: Oddział Kraków|Ben Nowak.*Oddział Kraków")
    )
    assert not PolicyVersion.objects.exists()
    dora.get_by_role("button", name="Zapisz mimo to").click()
    rule = dora.locator(".rule")
    expect(rule).to_contain_text(re.compile("przekracza 150,00.zł: akceptuje: Ben Nowak, potem Cora Wiśniewska"))

    # Anna orders two for 200.00 net on her phone and is told whom it waits for, and why.
    anna = open_page(size=PHONE)
    live_shop.sign_in(anna, cast.anna.user)
    carts.fill(cast.anna, records=[carts.stock("TONER")], quantity=2)
    anna.goto("/checkout/")
    expect(anna.get_by_text(re.compile("Duże zamówienia.*200,00.zł przekracza 150,00.zł")).first).to_be_visible()
    expect(anna.get_by_text("Może zdecydować: Ben Nowak, potem Cora Wiśniewska.")).to_be_visible()
    anna.get_by_role("button", name="Wyślij do akceptacji").click()
    expect(anna).to_have_url(re.compile("/checkout/thank-you/"))
    number = re.search(r"\d{5,}", anna.get_by_role("heading", level=1).inner_text() + anna.content())[0]

    # Ben is the first who is asked; his yes is not enough.
    deliver()
    assert {message.to[0] for message in mail.outbox} == {"anna@customer.example", "ben@customer.example"}
    ben = open_page()
    live_shop.sign_in(ben, cast.ben.user)
    ben.goto(f"/orders/{number}/")
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_text("Czeka jeszcze na decyzję innych osób")).to_be_visible()
    expect(ben.get_by_text("akceptuje krok 1 z 2").first).to_be_visible()
    anna.goto(f"/orders/{number}/")
    expect(anna.get_by_text("Cora Wiśniewska").first).to_be_visible()
    expect(anna.get_by_text(re.compile("niepotwierdzone|oczekuje", re.IGNORECASE)).first).to_be_visible()

    # Why: the rule, its condition and the value, to whoever may see the order and to whoever runs the shop.
    anna.get_by_text("Reguły, jedna po drugiej").click()
    finding = anna.locator(".finding")
    expect(finding).to_contain_text("Duże zamówienia")
    expect(finding).to_contain_text(re.compile("200,00.zł przekracza 150,00.zł"))
    assert_fits(anna)
    out = io.StringIO()
    call_command("explain", number, "--language=pl", stdout=out)
    said = out.getvalue().replace("\xa0", " ")
    assert "Duże zamówienia: pasuje" in said
    assert "200,00 zł przekracza 150,00 zł" in said
    assert "1. Ben Nowak" in said
    assert "2. Cora Wiśniewska" in said

    # Cora is told in her turn, and with her yes the order is the shop's.
    mail.outbox.clear()
    deliver()
    assert "cora@customer.example" in {message.to[0] for message in mail.outbox}
    cora = open_page(size=PHONE)
    live_shop.sign_in(cora, cast.cora.user)
    cora.goto(f"/orders/{number}/")
    cora.get_by_role("button", name=re.compile("^Akceptuj")).click()
    anna.reload()
    expect(anna.get_by_text("Akceptacja: Cora Wiśniewska").first).to_be_visible()


def test_people_of_a_large_company_are_found_by_typing_and_enter_adds_them(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    for number in range(BOXES_AT_MOST):
        person(f"Osoba{number:02}", "Żak", seat=cast.krakow, rights="accept_orders")
    dora = open_page(size=PHONE)
    live_shop.sign_in(dora, cast.dora.user)
    dora.goto("/organization/rules/add/")
    dora.get_by_role("button", name=re.compile("^Usuń z reguły")).last.click()
    _add_step(dora, "people")
    line = dora.get_by_label("Kolejna osoba", exact=True)
    line.fill("cora")
    line.press("Enter")
    expect(dora.get_by_label("Cora Wiśniewska · Centrala")).to_be_checked()
    expect(line).to_be_focused()
    line.fill("żak")
    dora.get_by_role("button", name="Dodaj Kolejna osoba").click()
    expect(dora.get_by_text("Pasujące osoby: 20, między innymi Osoba00 Żak · Oddział Kraków")).to_be_visible()
    expect(line).to_have_value("żak")
    assert_fits(dora)
    assert_accessible(dora)
    line.fill("osoba07")
    line.press("Enter")
    expect(dora.get_by_label("Osoba07 Żak · Oddział Kraków")).to_be_checked()
    dora.get_by_label("Cora Wiśniewska · Centrala").uncheck()
    line.fill("ben@customer.example")
    line.press("Enter")
    expect(dora.get_by_label("Ben Nowak · Oddział Kraków")).to_be_checked()
    expect(dora.get_by_label("Cora Wiśniewska · Centrala")).to_have_count(0)
    assert not PolicyVersion.objects.exists()
