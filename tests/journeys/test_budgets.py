"""An administrator keeps a branch's budget; orders are placed, asked about and accepted on it. In Polish."""

from __future__ import annotations

import re

from django.core import mail
from playwright.sync_api import Page, expect

from akcept.budgets.models import Budget, LedgerRow
from akcept.testing import carts
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.browser import PHONE, OpenPage, assert_fits
from tests.support.live_shop import LiveShop


def _add(dora: Page, cast: Cast) -> None:
    dora.goto("/organization/budgets/")
    dora.get_by_role("link", name="Dodaj budżet").first.click()
    dora.get_by_label("Nazwa").fill("Kraków")
    dora.get_by_label("Oddział", exact=True).select_option(label="\N{NO-BREAK SPACE}" * 4 + "Oddział Kraków")
    dora.get_by_label("Kwota na każdy okres").fill("1 250,00")
    dora.get_by_label(re.compile("^Opiekun")).fill(cast.cora.user.email)
    dora.get_by_role("button", name="Dodaj budżet").click()
    expect(dora.get_by_text("Budżet Kraków obowiązuje od teraz.")).to_be_visible()


def _order(page: Page, cast: Cast, quantity: int) -> None:
    carts.fill(cast.anna, records=[carts.stock("TONER", price="100.00")], quantity=quantity)
    page.goto("/checkout/")


def test_budget_is_kept_ordered_on_exceeded_and_accepted_by_its_owner(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list
) -> None:
    dora, anna, cora = open_page(), open_page(size=PHONE), open_page(size=PHONE)
    for page, who in ((dora, cast.dora), (anna, cast.anna), (cora, cast.cora)):
        live_shop.sign_in(page, who.user)
    _order(anna, cast, 9)
    expect(anna.get_by_text("Budżety po tym zamówieniu")).to_have_count(0)
    _add(dora, cast)

    # Nine fit; of the next nine the budget's owner is asked first.
    anna.goto("/basket/")
    anna.locator("details.budgets-folded summary").click()
    expect(anna.get_by_text(re.compile("Zostanie 350,00.zł z 1.250,00.zł"))).to_be_visible()
    expect(
        anna.get_by_role("img", name=re.compile("Wydano 0,00.zł, zarezerwowano 0,00.zł, to zamówienie 900,00.zł"))
    ).to_be_visible()
    anna.goto("/checkout/")
    anna.get_by_role("button", name="Wyślij do akceptacji").click()
    _order(anna, cast, 9)
    anna.locator("details.budgets-folded summary").click()
    expect(
        anna.get_by_text(re.compile("zostało 350,00.zł.*Musi je zaakceptować Cora Wiśniewska")).first
    ).to_be_visible()
    assert_fits(anna)
    anna.get_by_role("button", name="Wyślij do akceptacji").click()
    expect(anna).to_have_url(re.compile("/checkout/thank-you/"))
    number = re.search(r"thank-you/(\d+)", anna.url)[1]  # type: ignore[index]
    deliver()
    told = {
        message.to[0]: message for message in mail.outbox if "Kraków" in message.subject and "144" in message.subject
    }
    assert set(told) == {cast.cora.user.email}, "the owner hears that it is used up, once"

    # A smaller amount is shown before it is saved: what waits keeps what it holds.
    budget = Budget.objects.get()
    dora.goto(f"/organization/budgets/{budget.pk}/change/")
    dora.get_by_label("Kwota na każdy okres").fill("1 000,00")
    dora.get_by_role("button", name="Zobacz, co to zmieni").click()
    expect(dora.get_by_role("heading", name="Co to zmieni")).to_be_focused()
    expect(dora.get_by_text(re.compile("2 zamówienia czekają i rezerwują z niego 1.800,00.zł"))).to_be_visible()
    expect(dora.get_by_text(re.compile(f"zamówienie {number}, 900,00.zł"))).to_be_visible()
    dora.get_by_role("link", name="Anuluj").first.click()
    budget.refresh_from_db()
    assert budget.version == 1

    # Cora accepts on her phone, where the budget stands beside the order; then the ledger says so.
    cora.goto(f"/orders/{number}/")
    expect(cora.get_by_text(re.compile("to zamówienie 900,00")).first).to_be_visible()
    cora.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(cora.get_by_text(re.compile(f"{number}")).first).to_be_visible()
    dora.goto(f"/organization/budgets/{budget.pk}/")
    dora.get_by_role("navigation", name="Wpisy okresu").get_by_role("link", name="Zamówienia").click()
    rows = dora.locator("#rows tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(number)
    dora.get_by_role("navigation", name="Wpisy okresu").get_by_role("link", name="Księga").click()
    expect(dora.locator("#rows tbody tr").first).to_contain_text(re.compile("900,00"))
    assert LedgerRow.objects.filter(order_number=number).exists()
