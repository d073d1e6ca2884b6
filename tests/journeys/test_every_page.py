"""Every page, in both languages, on a desk and on a phone: axe finds nothing, the page fits, the focus shows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import timezone
from playwright.sync_api import Page

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.api.pages.urls import urlpatterns as access_urls
from akcept.ordering import actions
from akcept.panel.urls import urlpatterns as panel_urls
from akcept.storefront.urls import urlpatterns as storefront_urls
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, seated
from akcept.webhooks.urls import urlpatterns as webhook_urls
from tests.journeys.pages import NO_PAGE, PAGES, user
from tests.support.browser import (
    DESKTOP,
    PHONE,
    OpenPage,
    assert_accessible,
    assert_fits,
    assert_focus_shows,
    shape_of,
)
from tests.support.live_shop import LiveShop

#: What has pages of its own, by the name that stands before theirs.
ROOMS = {
    "akcept": storefront_urls,
    "akcept_panel": panel_urls,
    "akcept_access": access_urls,
    "akcept_webhooks": webhook_urls,
}


def test_every_address_of_the_package_is_in_the_list() -> None:
    names = {
        f"{room}:{name}"
        for room, urls in ROOMS.items()
        for name in URLResolver(RegexPattern(""), urls).reverse_dict
        if isinstance(name, str)
    }
    assert names == {page.url for page in PAGES if page.url} | set(NO_PAGE)


def company(cast: Cast) -> None:
    """A company with an order in every state and a basket."""
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    budgets.make(cast.head_office, "50000.00", name="Cała firma", effect="ask", owner=cast.cora.member, carry="all")
    budgets.make(cast.krakow, "150.00", name="Oddział Kraków", effect="warn", owner=cast.ben.member, max_orders=20)
    budgets.make(cast.ewa, "300.00", name="Ewa", state="frozen")
    waiting = [orders.place(cast.anna, lines=3, note="Papier na cały kwartał") for _ in range(3)]
    orders.place(cast.piotr, lines=14)
    actions.accept(waiting[0].order_number, actor=cast.ben.actor, version=1, remark="W porządku")
    actions.reject(waiting[1].order_number, actor=cast.cora.actor, version=1, reason="Poczekajmy na nowy budżet")
    sent_back, taken_back, reduced = (orders.place(cast.anna, lines=3) for _ in range(3))
    actions.send_back(sent_back.order_number, actor=cast.ben.actor, version=1, question="Po co aż tyle?")
    actions.withdraw(taken_back.order_number, actor=cast.anna.actor, version=1, reason="Pomyłka")
    _change_and_comment(cast, reduced)
    carts.fill(cast.anna, lines=4)
    _agree(cast)
    seated(cast.jan.user, cast.terminal, rights="place_orders")


def _agree(cast: Cast) -> None:
    """A list with steps in an agreement with one unit, of packs and with an end that is near."""
    product, actor = carts.stock("P1").product_id, cast.mia.actor
    listed = agreements.add_list(ListInput(name="Hurt", currency="PLN"), actor=actor)
    rows = [
        PriceInput(goods=GoodsInput(product_id=product), least=least, net=Decimal(net))
        for least, net in ((1, "9.50"), (12, "8.75"), (1_000_000, "0.01"))
    ]
    agreements.set_prices(
        listed.pk, [*rows, PriceInput(goods=GoodsInput(), per_cent=Decimal(5))], actor=actor, version=1
    )
    wanted = AgreementInput(
        name="Umowa ramowa",
        ends=timezone.localdate() + timedelta(days=20),
        list_ids=(listed.pk,),
        packs=(PackInput(product_id=product, multiple=12, smallest=24, unit="karton"),),
    )
    agreements.add_agreement(wanted, actor=actor, unit_id=cast.terminal.pk)


def _change_and_comment(cast: Cast, placed: actions.Placed) -> None:
    """The newest order that waits: it was changed, talked about and passed on."""
    first = apps.get_model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")[0]
    number = placed.order_number
    actions.resubmit(number, actor=cast.anna.actor, version=1, quantities={first.pk: 1}, remark="Wystarczy jeden")
    actions.comment(number, actor=cast.ben.actor, text="Kto to zużyje?")
    actions.forward(number, actor=cast.cora.actor, version=2, to_member_id=cast.ben.member.pk)


#: Who looks at pages in one test, in both languages: by first name, None for nobody.
_LOOKING = {"administrator": ("Dora",), "merchant": ("Mia",), "others": ("Anna", "Ben", "Jan", "Otto", None)}


def test_somebody_looks_at_every_page() -> None:
    assert {page.who for page in PAGES} == {who for looking in _LOOKING.values() for who in looking}


@pytest.mark.slow
@pytest.mark.parametrize("looking", list(_LOOKING))
def test_every_page_is_accessible_and_fits(cast: Cast, live_shop: LiveShop, open_page: OpenPage, looking: str) -> None:
    company(cast)
    windows: dict[tuple[str | None, str], Page] = {}
    wrong: list[str] = []
    for page in (page for page in PAGES if page.who in _LOOKING[looking]):
        path, polish = page.path(), ""
        for language in ("pl", "en"):
            if (page.who, language) not in windows:
                windows[page.who, language] = _window(page.who, language, live_shop, open_page)
            window = windows[page.who, language]
            answer = window.goto(path)
            assert answer is not None
            if answer.status != page.status:
                wrong.append(f"{page.name}: {window.url} answered {answer.status} in {language}")
                continue
            if window.locator("html").get_attribute("lang") != language:
                wrong.append(f"{page.name}: not in {language}")
            if window.locator('meta[name="viewport"][content*="width=device-width"]').count() != 1:
                wrong.append(f"{page.name}: a phone would draw it as wide as a desk")
            built = shape_of(window)
            wrong += _wrong_on_a_desk_and_on_a_phone(window, f"{page.name}, {language}", alike=built == polish)
            polish = built
    assert not wrong, "\n\n".join(wrong)


def _window(who: str | None, language: str, live_shop: LiveShop, open_page: OpenPage) -> Page:
    window = open_page(language=language, size=PHONE)
    window.context.add_cookies([{"name": "django_language", "value": language, "url": live_shop.url}])
    if who is not None:
        live_shop.sign_in(window, user(who))
    return window


def _wrong_on_a_desk_and_on_a_phone(window: Page, name: str, *, alike: bool) -> list[str]:
    """What is wrong in either width; one loading does for both, as nothing of a page asks for its width but its CSS.

    A page built like the one looked at before, with other words, need only fit: axe and the focus ask for nothing else.
    """
    wrong = []
    for width, height in (PHONE, DESKTOP):
        window.set_viewport_size({"width": width, "height": height})
        for check in [assert_fits] if alike else [assert_accessible, assert_fits, assert_focus_shows]:
            try:
                check(window)
            except AssertionError as error:
                wrong.append(f"{name}, {width} px: {error}")
    return wrong
