"""Deciding from the mail in a browser: no login, on a phone, once."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.browser import OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


def _link_to(address: str) -> str:
    body = next(message.body for message in mail.outbox if message.to == [address])
    found = re.search(r"http://127\.0\.0\.1:\d+(/acceptance/by-mail/\S+)", body)
    assert found is not None, body
    return found[1]


@pytest.mark.parametrize("size", [(390, 844), (360, 640)], ids=["390", "360"])
def test_decide_from_the_mail_on_a_phone(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list, size: tuple[int, int]
) -> None:
    placed = orders.place(cast.anna, lines=14, note="Na kwartał, w tym tygodniu taniej")
    deliver()
    phone = open_page(size=size)
    phone.goto(_link_to("ben@customer.example"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text(placed.order_number)
    # Both buttons are in the window before anything is scrolled.
    for name in ("Odrzuć", "Akceptuj"):
        expect(phone.get_by_role("button", name=re.compile(f"^{name}"))).to_be_in_viewport(ratio=1)
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_role("button", name="Odrzuć").click()
    expect(phone.get_by_role("alert")).to_contain_text("Napisz dlaczego")
    mail.outbox.clear()
    phone.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(phone.locator(".why.good")).to_contain_text("zaakceptowane")
    assert_accessible(phone)
    deliver()
    assert [message.to for message in mail.outbox] == [["anna@customer.example"]]
    # Nobody was logged in by it, and the link is spent.
    phone.goto("/acceptance/")
    expect(phone).to_have_url(re.compile("/accounts/login/"))


def test_mail_passed_on_to_a_colleague_who_is_logged_in(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list
) -> None:
    placed = orders.place(cast.anna)
    deliver()
    ewa = open_page()
    live_shop.sign_in(ewa, cast.ewa.user)
    ewa.goto(_link_to("ben@customer.example"))
    expect(ewa.get_by_role("main")).to_contain_text("wysłano do kogoś innego")
    expect(ewa.get_by_role("button", name=re.compile("Akceptuj|Odrzuć"))).to_have_count(0)
    assert orders.order(placed).status == "awaiting_acceptance"
