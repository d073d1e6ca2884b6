"""The ways of an order in a browser, in Polish: back and again, smaller, withdrawn, revoked, passed on, two steps."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from playwright.sync_api import Page, expect

from akcept.approvals.actions import LeadsNowhere, save_rule
from akcept.approvals.models import Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.organizations.asking import Ask, AskKind
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.browser import PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])


def _visit(
    person: Person, placed: Placed, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int] = (1280, 860)
) -> Page:
    page = open_page(size=size)
    live_shop.sign_in(page, person.user)
    page.goto(f"/orders/{placed.order_number}/")
    return page


def _status(placed: Placed) -> str:
    return str(orders.order(placed).status)


def test_sent_back_changed_and_submitted_again(
    cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage
) -> None:
    ben = _visit(cast.ben, waiting, live_shop, open_page)
    ben.get_by_role("textbox", name=re.compile("Uwaga")).fill("Po co aż tyle?")
    ben.get_by_text("Więcej możliwości").locator("..").click()
    ben.get_by_role("button", name="Odeślij z uwagą jako pytaniem").click()
    expect(ben.get_by_text("odesłane do: Anna Kowalska")).to_be_visible()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj"))).to_have_count(0)

    anna = _visit(cast.anna, waiting, live_shop, open_page)
    expect(anna.get_by_text("Po co aż tyle?").first).to_be_visible()
    anna.get_by_role("link", name="Zmień lub odpowiedz").click()
    anna.get_by_label("Produkt A").fill("1")
    anna.get_by_label("Produkt B").focus()
    expect(anna.locator("#sums")).to_contain_text("97,17")  # 10 + 2 x 25 + 19 delivery, 23 % VAT
    expect(anna.get_by_label("Produkt A")).to_have_value("1")
    anna.get_by_label("Twoja odpowiedź").fill("Wystarczy jeden")
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.get_by_text("wysłane ponownie").first).to_be_visible()

    ben.goto("/acceptance/")
    expect(ben.get_by_text("zmienione lub wysłane ponownie")).to_be_visible()
    ben.get_by_role("link", name=waiting.order_number).click()
    expect(ben.get_by_text("Wystarczy jeden").first).to_be_visible()
    expect(ben.get_by_role("heading", name="Co się zmieniło")).to_be_visible()
    ben.get_by_role("button", name=re.compile("^Akceptuj 79,00")).click()
    expect(ben.get_by_text(f"Zamówienie {waiting.order_number} zaakceptowane").first).to_be_visible()
    assert _status(waiting) == "unhandled"


def test_approver_reduces_and_a_page_left_open_shows_the_difference(
    cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage
) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    cora = _visit(cast.cora, waiting, live_shop, open_page)
    ben = _visit(cast.ben, waiting, live_shop, open_page)
    ben.get_by_text("Więcej możliwości").locator("..").click()
    ben.get_by_role("link", name="Zmień zamówienie").click()
    ben.get_by_label("Produkt B").fill("0")
    ben.get_by_role("button", name="Zapisz zmianę").click()
    expect(ben.get_by_role("alert").first).to_contain_text("Napisz dlaczego")
    expect(ben.get_by_label("Produkt B")).to_have_value("0")
    ben.get_by_label(re.compile("^Dlaczego")).fill("Mamy jeszcze zapas")
    ben.get_by_role("button", name="Zapisz zmianę").click()
    expect(ben.get_by_text("jest zmienione")).to_be_visible()

    cora.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(cora.get_by_role("heading", name="Zmiany od otwarcia tej strony")).to_be_visible()
    expect(cora.get_by_text("Mamy jeszcze zapas").first).to_be_visible()
    assert _status(waiting) == "awaiting_acceptance"
    cora.get_by_role("button", name=re.compile("^Akceptuj 39,00")).click()
    expect(cora.get_by_text("zaakceptowane").first).to_be_visible()


def test_withdrawing_asks_once_more(cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage) -> None:
    anna = _visit(cast.anna, waiting, live_shop, open_page, size=PHONE)
    anna.locator("summary", has_text="Wycofaj").click()
    assert_fits(anna)
    anna.get_by_label("Dlaczego? (opcjonalnie)").fill("Pomyłka")
    anna.get_by_role("button", name="Tak, wycofaj zamówienie").click()
    expect(anna.get_by_text(f"Zamówienie {waiting.order_number} wycofane.")).to_be_visible()
    assert _status(waiting) == "withdrawn"


def test_taking_an_acceptance_back(cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    ben = _visit(cast.ben, waiting, live_shop, open_page)
    ben.locator("summary", has_text="Cofnij akceptację").click()
    ben.locator("#revoke-reason").fill("Za szybko")
    ben.get_by_role("button", name="Tak, cofnij akceptację").click()
    expect(ben.get_by_text("znowu czeka")).to_be_visible()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj"))).to_be_visible()
    assert _status(waiting) == "awaiting_acceptance"


def test_passing_on_and_talking(cast: Cast, waiting: Placed, live_shop: LiveShop, open_page: OpenPage) -> None:
    ben = _visit(cast.ben, waiting, live_shop, open_page, size=PHONE)
    expect(ben.locator(".decide summary.btn-reject")).to_be_in_viewport()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj"))).to_be_in_viewport()
    ben.get_by_text("Więcej możliwości").locator("..").click()
    assert_fits(ben)
    assert_accessible(ben)
    ben.get_by_label("Poproś o decyzję konkretną osobę").select_option(label="Cora Wiśniewska (Centrala)")
    ben.get_by_role("button", name="Przekaż").click()
    expect(ben.get_by_text("przekazuje je do decyzji: Cora Wiśniewska")).to_be_visible()
    ben.get_by_label("Twój komentarz").fill("Zerkniesz?")
    ben.get_by_role("button", name="Wyślij komentarz").click()
    expect(ben.get_by_text("Zerkniesz?").first).to_be_visible()
    cora = _visit(cast.cora, waiting, live_shop, open_page)
    expect(cora.get_by_text("Zerkniesz?").first).to_be_visible()
    cora.goto("/acceptance/")
    expect(cora.get_by_text("przekazane przez: Ben Nowak")).to_be_visible()


def test_two_steps_one_after_the_other(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    steps = tuple(
        RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=person.member.pk, label=person.name),))
        for person in (cast.ben, cast.cora)
        if person.member is not None
    )
    rule = Rule(id=0, name="Dwa kroki", unit_id=cast.head_office.pk, steps=steps)
    try:
        save_rule(rule, actor=cast.dora.actor, version=0)
    except LeadsNowhere as warned:
        save_rule(rule, actor=cast.dora.actor, version=0, confirmed=warned.seal)
    placed = orders.place(cast.anna, lines=1)
    cora = _visit(cast.cora, placed, live_shop, open_page)
    expect(cora.get_by_role("button", name=re.compile("^Akceptuj"))).to_have_count(0)
    ben = _visit(cast.ben, placed, live_shop, open_page)
    expect(ben.get_by_text("Krok 1 z 2.")).to_be_visible()
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben.get_by_text("Czeka jeszcze na decyzję innych osób")).to_be_visible()
    assert _status(placed) == "awaiting_acceptance"
    cora.reload()
    expect(cora.get_by_text("akceptacja: Ben Nowak", exact=True)).to_be_visible()
    cora.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(cora.get_by_text("zaakceptowane").first).to_be_visible()
    assert _status(placed) == "unhandled"
    assert apps.get_model("order.Order").objects.count() == 1
