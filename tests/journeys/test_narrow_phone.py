"""The smallest phone people still carry, 360 x 640: list, order, every dialog, in Polish; nothing is out of reach."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from akcept.approvals.models import Terms
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.browser import OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop
from tests.support.rules import ask_one_after_the_other

NARROW = (360, 640)
#: What a finger hits (WCAG 2.2, target size) and what our buttons are drawn for.
FINGER = 24


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    records = [carts.stock("A", price="10000.00"), carts.stock("B", price="25.00")]
    return orders.place(cast.anna, records=records, note="Bardzo długa wiadomość " * 5)


def _visit(person: Person, path: str, live_shop: LiveShop, open_page: OpenPage) -> Page:
    page = open_page(size=NARROW)
    live_shop.sign_in(page, person.user)
    page.goto(path)
    return page


def _is_usable(page: Page, *targets: Locator) -> None:
    """Nothing is wider than the screen, axe finds nothing, and each target can be hit once it is scrolled to."""
    assert_fits(page)
    assert_accessible(page)
    for target in targets:
        target.scroll_into_view_if_needed()
        expect(target).to_be_in_viewport(ratio=1)
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FINGER
        # What is really there to be hit is the target itself, not a bar that lies over it.
        target.click(trial=True)


def test_approver_decides_with_every_dialog(
    cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage
) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    ben = _visit(cast.ben, "/acceptance/", live_shop, open_page)
    number = waiting.order_number
    accept, reject = ben.get_by_role("button", name=f"Akceptuj {number}"), ben.locator("summary[data-reject]")
    _is_usable(ben, accept, reject)
    reject.click()
    reason = ben.get_by_label(re.compile("^Dlaczego"))
    _is_usable(ben, reason, ben.get_by_role("button", name=f"Odrzuć zamówienie {number}"))
    ben.get_by_role("link", name=number).click()
    bar = ben.get_by_role("region", name="Decyzja")
    reject, accept = bar.locator("summary.btn-reject"), bar.get_by_role("button", name=re.compile("^Akceptuj"))
    for button in (reject, accept):
        expect(button).to_be_in_viewport(ratio=1)
    _is_usable(ben, reject, accept)
    bar.locator("summary").first.click()
    _is_usable(
        ben,
        ben.get_by_role("button", name="Odeślij z uwagą jako pytaniem"),
        bar.get_by_role("link", name="Zmień zamówienie"),
        ben.get_by_label("Poproś o decyzję konkretną osobę"),
        ben.get_by_role("button", name="Przekaż"),
    )
    bar.get_by_role("link", name="Zmień zamówienie").click()
    _is_usable(ben, ben.get_by_label("Produkt B"), ben.get_by_role("button", name="Zapisz zmianę"))
    ben.go_back()
    bar.get_by_role("textbox").fill("nie teraz")
    bar.locator("summary.btn-reject").click()
    _is_usable(ben, bar.get_by_role("button", name=f"Tak, odrzuć zamówienie {number}"))
    bar.get_by_role("button", name=f"Tak, odrzuć zamówienie {number}").click()
    expect(ben.get_by_text(f"Zamówienie {number} odrzucone").first).to_be_visible()


def test_requester_follows_withdraws_and_orders_once_more(
    cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage
) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    several = orders.place(cast.anna, lines=1)
    actions.accept(several.order_number, actor=cast.ben.actor, version=1)
    rejected = orders.place(cast.anna, lines=2)
    actions.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="Poczekajmy na budżet " * 3)
    anna = _visit(cast.anna, "/orders/", live_shop, open_page)
    expect(anna.get_by_text(re.compile("akceptacja: Ben Nowak"))).to_be_visible()
    expect(anna.get_by_text(re.compile("Poczekajmy na budżet")).first).to_be_visible()
    _is_usable(anna, anna.get_by_role("link", name=waiting.order_number))
    anna.get_by_role("link", name=waiting.order_number).click()
    withdraw = anna.locator("summary", has_text="Wycofaj")
    _is_usable(anna, anna.get_by_role("link", name="Zmień"), withdraw)
    withdraw.click()
    _is_usable(anna, anna.get_by_role("button", name="Tak, wycofaj zamówienie"))

    anna.goto(f"/orders/{rejected.order_number}/")
    again = anna.get_by_role("button", name="Popraw i zamów jeszcze raz")
    _is_usable(anna, again)
    again.click()
    expect(anna).to_have_url(re.compile("/basket/"))
    expect(anna.get_by_text(re.compile("Zamiast zamówienia"))).to_be_visible()
    expect(anna.get_by_text("Może zdecydować:")).to_be_visible()
    go_on = anna.get_by_role("main").locator("a[href='/checkout/']")
    _is_usable(anna, go_on)
    go_on.click()
    submit = anna.get_by_role("button", name="Wyślij do akceptacji")
    _is_usable(anna, submit)
    submit.click()
    expect(anna).to_have_url(re.compile("/checkout/thank-you/"))
    expect(anna.get_by_text("Dlaczego czeka:")).to_be_visible()
    expect(anna.get_by_text("Może zdecydować:")).to_contain_text("Ben Nowak")
    _is_usable(anna, anna.get_by_role("link", name="Zobacz zamówienie"))
    anna.get_by_role("link", name="Zobacz zamówienie").click()
    expect(anna.get_by_role("heading", name=f"W porównaniu z zamówieniem {rejected.order_number}")).to_be_visible()
    _is_usable(anna)
    anna.get_by_role("link", name=rejected.order_number).first.click()
    expect(anna.get_by_text(re.compile("Zamówione jeszcze raz jako"))).to_be_visible()
