"""An organisation over time, as its people meet it: branches move and close, roles, approvers leave, substitutes."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from akcept.organizations.models import Member, Unit
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.browser import PHONE, OpenPage
from tests.support.live_shop import LiveShop


def _link_to_order(address: str, number: str) -> str:
    body = next(str(message.body) for message in reversed(mail.outbox) if message.to == [address])
    assert f"/orders/{number}/" in body
    return f"/orders/{number}/"


def test_branch_is_added_moved_and_closed_with_an_order_waiting(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage
) -> None:
    placed = orders.place(cast.piotr)
    dora = open_page()
    live_shop.sign_in(dora, cast.dora.user)
    dora.goto("/organization/")
    dora.get_by_role("link", name="Dodaj oddział").click()
    form = dora.get_by_role("main").locator("form")
    form.get_by_label("Nazwa oddziału").fill("Magazyn Bochnia")
    form.get_by_label("Należy do").select_option(str(cast.krakow.pk))
    form.get_by_label(re.compile("Centrum kosztów")).fill("KR-07")
    for name, value in {
        "recipient": "Acme Bochnia",
        "line1": "ul. Solna 1",
        "postcode": "3270",
        "city": "Bochnia",
    }.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="Dodaj oddział").click()
    expect(dora.locator("#id_postcode-error")).to_be_visible()  # told at the field, the rest is kept
    expect(form.get_by_label(re.compile("Centrum kosztów"))).to_have_value("KR-07")
    form.locator("[name=postcode]").fill("32-700")
    form.get_by_role("button", name="Dodaj oddział").click()
    expect(dora.get_by_text("KR-07")).to_be_visible()

    dora.get_by_role("link", name="Magazyn Skawina", exact=True).click()
    dora.get_by_role("link", name="Przenieś").click()
    expect(dora.get_by_text(re.compile("1 zamówienie czekające"))).to_be_visible()
    dora.get_by_label("Należy do").select_option(str(cast.tarnow.pk))
    dora.get_by_role("button", name="Pokaż, co się stanie").click()
    expect(dora.get_by_text(re.compile("Już nie decydują: Ben Nowak"))).to_be_visible()
    assert Unit.objects.get(pk=cast.skawina.pk).parent == cast.krakow
    dora.get_by_role("button", name="Przenieś oddział").click()
    expect(dora.get_by_text(re.compile("zmieniono miejsce"))).to_be_visible()
    assert Unit.objects.get(pk=cast.skawina.pk).parent == cast.tarnow

    dora.get_by_role("link", name="Serwis Tarnów", exact=True).click()
    dora.get_by_role("link", name="Zamknij").click()
    for affected in ("1 oddział poniżej, również do zamknięcia: Magazyn Skawina", "2 osoby", "1 zamówienie czekające"):
        expect(dora.get_by_text(re.compile(affected))).to_be_visible()
    dora.get_by_label(re.compile("przechodzą do")).select_option(str(cast.krakow.pk))
    dora.get_by_role("button", name="Pokaż, co się stanie").click()
    dora.get_by_role("button", name="Zamknij oddział").click()
    expect(dora.get_by_role("link", name="Serwis Tarnów", exact=True)).to_have_count(0)
    assert Member.objects.get(pk=cast.piotr.member.pk).unit == cast.krakow  # type: ignore[union-attr]

    dora.get_by_role("link", name="Zamknięte oddziały").click()
    dora.get_by_role("link", name="Otwórz ponownie Serwis Tarnów").click()
    expect(dora.get_by_text(re.compile("zamknięte razem z nim: Magazyn Skawina"))).to_be_visible()
    dora.get_by_label("Nazwa oddziału").fill("Serwis Małopolska")
    dora.get_by_role("button", name="Pokaż, co się stanie").click()
    assert Unit.objects.get(pk=cast.tarnow.pk).closed_at is not None
    dora.get_by_role("button", name="Otwórz oddział ponownie").click()
    expect(dora.get_by_role("heading", level=1)).to_have_text("Serwis Małopolska")
    expect(dora.get_by_text(re.compile("otwiera ponownie: Serwis Małopolska, Magazyn Skawina"))).to_be_visible()
    assert Member.objects.get(pk=cast.piotr.member.pk).unit == cast.krakow  # type: ignore[union-attr]

    deliver()
    piotr = open_page()
    live_shop.sign_in(piotr, cast.piotr.user)
    piotr.goto(f"/orders/{placed.order_number}/")
    expect(piotr.get_by_text("Magazyn Skawina").first).to_be_visible()  # the order keeps its unit
    expect(piotr.get_by_text(re.compile("Już nie decydują: Ben Nowak")).first).to_be_visible()


def test_role_with_a_limit_is_made_given_and_counts(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    dora, ewa = open_page(), open_page()
    live_shop.sign_in(dora, cast.dora.user)
    live_shop.sign_in(ewa, cast.ewa.user)
    dora.goto("/organization/roles/")
    dora.get_by_role("link", name="Dodaj rolę").click()
    dora.get_by_label("Nazwa roli").fill("Brygadzista")
    dora.get_by_label("akceptacja zamówień").check()
    dora.get_by_label(re.compile("Akceptuje do kwoty")).fill("500")
    dora.get_by_role("button", name="Dodaj rolę").click()
    expect(dora.get_by_text(re.compile("akceptuje do 500,00.zł netto, bez dostawy"))).to_be_visible()
    dora.goto("/organization/members/")
    dora.get_by_role("link", name="Ewa Dąbrowska").click()
    dora.get_by_label("Brygadzista").check()
    dora.get_by_role("main").get_by_role("button", name="Zapisz").click()
    expect(dora.get_by_role("row", name=re.compile("Ewa Dąbrowska.*Brygadzista"))).to_be_visible()
    small, big = orders.place(cast.anna, lines=1), orders.place(cast.anna, lines=3, quantity=100)
    ewa.goto("/acceptance/")
    expect(ewa.get_by_role("link", name=small.order_number)).to_be_visible()
    expect(ewa.get_by_role("link", name=big.order_number)).to_have_count(0)
    ewa.goto("/organization/")
    expect(ewa.get_by_text("rola Brygadzista").first).to_be_visible()


def test_approvers_leave_until_nobody_is_left_and_somebody_new_decides(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, mailoutbox: list
) -> None:
    placed = orders.place(cast.anna)
    deliver()
    mail.outbox.clear()
    ben, dora = open_page(), open_page()
    live_shop.sign_in(ben, cast.ben.user)
    live_shop.sign_in(dora, cast.dora.user)
    ben.goto(f"/orders/{placed.order_number}/")
    dora.goto("/organization/members/")
    dora.get_by_role("link", name="Ben Nowak").click()
    dora.get_by_text("Usuń…").click()
    dora.get_by_role("button", name="Tak, usuń").click()
    expect(dora.get_by_text("Już nie decydują: Ben Nowak. Teraz pytani: Cora Wiśniewska.")).to_be_visible()
    dora.get_by_role("button", name="Tak, usuń").click()  # once what becomes of the order has been seen
    expect(dora.get_by_role("link", name="Ben Nowak")).to_have_count(0)
    ben.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ben).to_have_url(re.compile("/accounts/login/"))  # his session is over
    expect(ben.get_by_text(re.compile("dezaktywowane|wyłączone|nieaktywne")).first).to_be_visible()

    dora.get_by_role("link", name="Cora Wiśniewska").click()
    dora.get_by_label("akceptacja zamówień").uncheck()
    dora.get_by_role("main").get_by_role("button", name="Zapisz").click()
    expect(dora.get_by_text("Nikt nie mógłby już zdecydować o tym zamówieniu.")).to_be_visible()
    dora.get_by_role("main").get_by_role("button", name="Zapisz mimo to").click()
    deliver()
    assert [message.to for message in mail.outbox] == [["dora@customer.example"]]
    dora.goto("/organization/")
    expect(dora.get_by_text(re.compile("1 zamówienie czeka, ale nikt nie może"))).to_be_visible()
    dora.get_by_role("link", name="Do listy osób").click()
    dora.get_by_role("link", name="Ewa Dąbrowska").click()
    dora.get_by_label("akceptacja zamówień").check()
    dora.get_by_role("main").get_by_role("button", name="Zapisz").click()
    expect(dora.get_by_text(re.compile("Teraz pytani: Ewa Dąbrowska"))).to_be_visible()
    dora.get_by_role("main").get_by_role("button", name="Potwierdź i zapisz").click()
    expect(dora).to_have_url(re.compile("/organization/members/$"))
    deliver()
    ewa = open_page(size=PHONE)
    live_shop.sign_in(ewa, cast.ewa.user)
    ewa.goto(_link_to_order("ewa@customer.example", placed.order_number))
    expect(ewa.get_by_text(re.compile("Teraz pytani: Ewa Dąbrowska")).first).to_be_visible()
    ewa.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ewa.get_by_text("zaakceptowane").first).to_be_visible()
    dora.goto("/organization/")
    expect(dora.get_by_text(re.compile("nikt nie może go"))).to_have_count(0)


def test_substitute_is_named_decides_and_is_over(cast: Cast, live_shop: LiveShop, open_page: OpenPage) -> None:
    first, second = orders.place(cast.anna), orders.place(cast.anna)
    deliver()
    ben, ewa = open_page(), open_page(size=PHONE)
    live_shop.sign_in(ben, cast.ben.user)
    live_shop.sign_in(ewa, cast.ewa.user)
    today = timezone.localdate()
    ben.goto("/organization/substitutes/")
    ben.get_by_label("Kto decyduje w tym czasie").fill("ewa@customer.example")
    ben.get_by_label("Od", exact=True).fill(today.isoformat())
    ben.get_by_label(re.compile("włącznie")).fill((today + timedelta(days=3)).isoformat())
    ben.get_by_role("button", name="Wyznacz zastępcę").click()
    expect(ben.get_by_role("row", name=re.compile("Ewa Dąbrowska"))).to_contain_text("trwa")

    ewa.goto(f"/orders/{first.order_number}/")
    expect(ewa.get_by_text("Możesz zdecydować jako zastępca: Ben Nowak.")).to_be_visible()
    ewa.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ewa.get_by_text(re.compile(r"Ewa Dąbrowska w zastępstwie \(Ben Nowak\)")).first).to_be_visible()
    ewa.goto(f"/orders/{second.order_number}/")  # left open while Ben comes back
    ben.get_by_role("button", name=re.compile("Zakończ teraz")).click()
    expect(ben.get_by_text("Obecnie nie ma zastępstw.")).to_be_visible()
    ewa.get_by_role("button", name=re.compile("^Akceptuj")).click()
    expect(ewa.get_by_role("heading", level=1)).to_have_text("Tu nic nie ma")
    assert orders.order(second).status == "awaiting_acceptance"
    anna = open_page()
    live_shop.sign_in(anna, cast.anna.user)
    anna.goto(f"/orders/{first.order_number}/")
    expect(anna.get_by_text(re.compile(r"Ewa Dąbrowska w zastępstwie \(Ben Nowak\)")).first).to_be_visible()
