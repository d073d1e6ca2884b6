"""What happened to an order while it waited, in a browser: told before a decision, with a way on that works."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import translation
from playwright.sync_api import Page, expect

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.actions import offer_links
from akcept.ordering.models import Placement, ShopTerms
from akcept.organizations.models import Profile
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _visit(
    person: Person,
    number: str,
    live_shop: LiveShop,
    open_page: OpenPage,
    *,
    language: str = "pl",
    size: tuple[int, int],
) -> Page:
    page = open_page(size=size, language=language)
    live_shop.sign_in(page, person.user)
    page.goto(f"/orders/{number}/")
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_requester_chooses_another_delivery(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    from shop.shipping.repository import Repository

    with translation.override("pl"):
        placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    anna = _visit(cast.anna, placed.order_number, live_shop, open_page, size=size)
    anna.get_by_role("link", name=re.compile("^Zmień")).first.click()
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.locator("#id_delivery-error")).to_contain_text("Wybierz inny sposób dostawy")
    assert_accessible(anna)
    assert_fits(anna)
    anna.get_by_label("Dostawa netto").select_option("pallet")
    expect(anna.locator("#sums")).to_contain_text("232,47")  # 100 + 89, 23 % VAT
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.get_by_text("Kurier").first).to_be_visible()
    expect(anna.get_by_text("Paleta").first).to_be_visible()
    assert_accessible(anna)
    assert_fits(anna)
    assert orders.order(placed).shipping_code == "pallet"


def _eight_days_later(**prices: str) -> None:
    """Eight days have passed where the merchant keeps prices for seven; products by SKU cost something else."""
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))
    Placement.objects.update(placed_at=utc_now() - timedelta(days=8))
    for sku, price in prices.items():
        apps.get_model("partner.StockRecord").objects.filter(partner_sku=sku).update(price=Decimal(price))


@pytest.mark.parametrize(("size", "language"), [(DESKTOP, "pl"), (PHONE, "pl"), (PHONE, "en")])
def test_approver_is_told_before_deciding(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    Profile.objects.update_or_create(user=cast.ben.user, defaults={"language": language})
    records = [carts.stock("A", price="10.00"), carts.stock("B", price="25.00"), carts.stock("C", price="7.50")]
    placed = orders.place(cast.anna, records=records, quantity=4)
    _eight_days_later(A="15.00", C="8.00")
    apps.get_model("catalogue.Product").objects.filter(upc="590B").update(is_public=False)
    ben = _visit(cast.ben, placed.order_number, live_shop, open_page, size=size, language=language)
    expect(ben.get_by_role("heading", name=re.compile("Zanim zdecydujesz|Before you decide"))).to_be_visible()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj|^Accept"))).to_have_count(0)
    assert_accessible(ben)
    assert_fits(ben)
    ben.get_by_role("button", name=re.compile("Uaktualnij ceny|Update prices")).click()
    expect(ben.get_by_role("button", name=re.compile("^Akceptuj|^Accept"))).to_be_visible()
    expect(ben.get_by_text(re.compile("nie jest już sprzedawany|no longer sold")).first).to_be_visible()
    assert_accessible(ben)
    assert orders.order(placed).status == "awaiting_acceptance"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_link_of_a_mail_tells_it_too(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    assert cast.ben.member is not None
    ben = cast.ben.member.pk
    mailed = offer_links(placed.order_number, actor=Actor.system("mail"), member_ids=[ben], revision=1, version=1)
    token = mailed[ben]
    _eight_days_later(A="15.00")
    page = open_page(size=size)
    page.goto(f"/acceptance/by-mail/{token}/")
    expect(page.get_by_role("heading", name="Zanim zdecydujesz")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Uaktualnij ceny").click()
    expect(page.get_by_text("zaloguj się, aby zdecydować")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_requester_submits_at_today_s_prices(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])
    _eight_days_later(A="15.00")
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="B").update(num_in_stock=1)
    anna = _visit(cast.anna, placed.order_number, live_shop, open_page, size=size)
    expect(anna.get_by_role("heading", name="Od złożenia")).to_be_visible()
    assert_accessible(anna)
    assert_fits(anna)
    anna.get_by_role("link", name="Zmień zamówienie", exact=True).click()
    expect(anna.locator("#sums")).to_contain_text("121,77")  # 30 + 50 + 19, 23 % VAT
    anna.get_by_label("Produkt B").fill("1")
    anna.get_by_label("Produkt A").focus()
    expect(anna.locator("#sums")).to_contain_text("91,02")  # 30 + 25 + 19, 23 % VAT
    assert_accessible(anna)
    assert_fits(anna)
    anna.get_by_role("button", name="Wyślij ponownie").click()
    expect(anna.get_by_text("nowe ceny w sklepie").first).to_be_visible()
    assert str(orders.order(placed).total_excl_tax) == "74.00"


@pytest.mark.parametrize(("size", "language"), [(DESKTOP, "pl"), (PHONE, "en")])
def test_credit_is_set_told_and_gone_round(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    words = {"pl": ("Zmień", "Zapisz", "przelew"), "en": ("Change", "Save", "bank transfer")}[language]
    for who in (cast.mia, cast.anna, cast.ben):
        Profile.objects.update_or_create(user=who.user, defaults={"language": language})
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=10, payment_code="on_account")
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    mia = open_page(size=size, language=language)
    live_shop.sign_in(mia, cast.mia.user)
    mia.goto(f"/dashboard/organizations/{cast.acme.pk}/")
    mia.locator(f'a[href="/dashboard/organizations/{cast.acme.pk}/credit/"]').click()
    mia.locator("#id_amount").fill("100,00" if language == "pl" else "100.00")
    assert_accessible(mia)
    assert_fits(mia)
    mia.get_by_role("button", name=words[1]).click()
    expect(mia.get_by_text(re.compile(r"100[,.]00")).first).to_be_visible()
    assert_accessible(mia)
    assert_fits(mia)

    carts.fill(cast.anna, records=[carts.stock("A")], quantity=10)
    anna = _visit(cast.anna, placed.order_number, live_shop, open_page, size=size, language=language)
    anna.goto("/checkout/")
    expect(anna.locator("#id_payment-help")).to_contain_text(re.compile(r"100[,.]00"))
    assert_accessible(anna)
    assert_fits(anna)
    anna.goto(f"/orders/{placed.order_number}/change/")
    anna.locator("#id_payment").select_option("transfer")
    assert_accessible(anna)
    assert_fits(anna)
    anna.locator("form button.btn-accept").last.click()
    expect(anna.get_by_text(words[2]).first).to_be_visible()
    assert Placement.objects.get(pk=placed.order_id).payment_code == "transfer"
