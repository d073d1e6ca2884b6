"""The merchant's pages: what they show, to whom, and that looking changes nothing."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from akcept.journal.models import Entry
from akcept.ordering import actions
from akcept.ordering.models import ShopTerms
from akcept.organizations.actions import invite
from akcept.organizations.models import Module, Organization
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, organization
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements

HELD = "/dashboard/acceptance/"
NOTE = "SECRET-NOTE-TO-BEN"


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True, language="pl")


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode().replace("\u00a0", " ")


def test_held_orders_are_under_their_fixed_polish_name_with_a_count(cast: Cast, mia: Client) -> None:
    for who in (cast.anna, cast.jan):
        orders.place(who)
    page = _text(mia.get("/dashboard/"))
    menu = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "SPRZEDAŻ" in menu.upper()
    assert re.search(r"Zamówienia wymagające akceptacji klienta\s+2\b", menu)
    assert "ADMINISTRACJA" in menu.upper()
    assert f'href="{HELD}"' in page


def test_held_list_shows_what_the_merchant_needs_and_not_the_note(cast: Cast, mia: Client) -> None:
    placed = orders.place(cast.anna, note=NOTE)
    page = _text(mia.get(HELD))
    for needed in (placed.order_number, "Acme", "Oddział Kraków", "Anna Kowalska", "Ben Nowak, Cora Wiśniewska"):
        assert needed in page
    alone = _text(mia.get(f"{HELD}{placed.order_number}/"))
    for needed in ("niepotwierdzone - oczekuje na akceptację klienta", "Ben Nowak", "Cora Wiśniewska", "Produkt S1"):
        assert needed in alone
    export = _text(mia.get(f"{HELD}export.csv"))
    assert NOTE not in page + alone + export
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1, remark="INTERNAL-REMARK")
    for path in (f"{HELD}{placed.order_number}/", f"/dashboard/orders/{placed.order_number}/"):
        after = _text(mia.get(path))
        assert NOTE not in after
        assert "INTERNAL-REMARK" not in after
        assert "Ben Nowak" in after or path.startswith("/dashboard/orders/")


def test_accepted_order_moves_from_one_list_to_the_other_at_once(cast: Cast, mia: Client) -> None:
    placed = orders.place(cast.anna)
    lists = (HELD, "/dashboard/unhandled/")
    shown = lambda: [placed.order_number in _text(mia.get(path, follow=True)) for path in lists]  # noqa: E731
    assert shown() == [True, False]
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert shown() == [False, True]
    assert "nieobsłużone" in _text(mia.get(lists[1], follow=True))


def _numbers(page: str) -> set[str]:
    return set(re.findall(rf'href="{HELD}(\d+)/"', page))


def test_filters_narrow_the_list_and_the_file_alike(cast: Cast, mia: Client) -> None:
    anna, jan = (orders.place(who).order_number for who in (cast.anna, cast.jan))
    tarnow = f"organization={cast.acme.pk}&unit={cast.tarnow.pk}"
    for query, expected in (
        ("", {anna, jan}),
        (tarnow, {jan}),
        (f"organization={cast.acme.pk}&requester={cast.anna.member.pk}", {anna}),
        ("text=kowalska", {anna}),
        ("text=KRAKOW", {anna}),
        ("text=jan@customer", {jan}),
        ("text=tarnów+mazur", {jan}),
        ("net_from=999999", set()),
        ("net_from=0,50", {anna, jan}),
        ("net_to=0.50", set()),
        ("days=1", set()),
    ):
        assert _numbers(_text(mia.get(f"{HELD}?{query}"))) == expected, query
        rows = list(
            csv.reader(io.StringIO(_text(mia.get(f"{HELD}export.csv?{query}")).lstrip("\ufeff")), delimiter=";")
        )
        assert {row[0] for row in rows[1:]} == expected, query


@pytest.mark.parametrize(
    "query",
    ["net_from=abc", "days=-1", "net_from=5&net_to=1", "organization=999999", "unit=x", "days=99999999999999999999"],
)
def test_bad_filter_is_told_at_its_field_and_keeps_what_was_typed(cast: Cast, mia: Client, query: str) -> None:
    orders.place(cast.anna)
    answer = mia.get(f"{HELD}?{query}")
    assert answer.status_code == 422
    page = _text(answer)
    assert "is-invalid" in page
    name, _, value = query.partition("&")[0].partition("=")
    if name not in ("organization", "unit"):
        assert f'value="{value}"' in page
    assert mia.get(f"{HELD}export.csv?{query}").status_code == 302


def test_file_opens_in_a_polish_spreadsheet_and_runs_nothing(cast: Cast, mia: Client) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(name='=HYPERLINK("http://evil";"x")')
    placed = orders.place(cast.anna)
    answer = mia.get(f"{HELD}export.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    text = _text(answer)
    assert text.startswith("\ufeff")
    head, row = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    cells = dict(zip(head, row, strict=True))
    assert cells["Zamówienie"] == placed.order_number
    assert cells["Organizacja"].startswith("'=")
    assert re.fullmatch(r"\d+,\d\d", cells["Netto"])
    assert "Europe/Warsaw" in text.partition("\n")[0]


def test_list_pages_by_key(cast: Cast, mia: Client) -> None:
    numbers = {orders.place(cast.anna, lines=1).order_number for _ in range(27)}
    first = _text(mia.get(HELD))
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = _text(mia.get(HELD + following[1].replace("&amp;", "&")))
    assert len(_numbers(first)) == 25
    assert _numbers(first) | _numbers(second) == numbers
    assert not _numbers(first) & _numbers(second)


PAGES = ("held", "held_csv", "unhandled", "organizations", "b2b")


@pytest.mark.parametrize("who", ["anna", "dora", "otto", "paul", None])
def test_nobody_but_staff_opens_any_of_it(cast: Cast, visit: Visit, who: str | None) -> None:
    placed = orders.place(cast.anna)
    client = visit(getattr(cast, who) if who else None)
    paths = [reverse(f"akcept_panel:{name}") for name in PAGES]
    paths += [f"{HELD}{placed.order_number}/", reverse("akcept_panel:organization", args=[cast.acme.pk])]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (302, 403), path
        if answer.status_code == 302:
            assert "/login/" in answer["Location"], path
        assert "Acme" not in answer.content.decode().partition("<main")[2], path
    assert client.post(reverse("akcept_panel:b2b"), {"enabled": "0"}).status_code in (302, 403)
    assert not Module.objects.filter(enabled=False).exists()


def test_new_organisation_is_confirmed_by_post_once(cast: Cast, mia: Client) -> None:
    new = organization("Nowa", "5261040828", status="pending")
    page = reverse("akcept_panel:organization", args=[new.pk])
    confirm = reverse("akcept_panel:confirm", args=[new.pk])
    assert f'action="{confirm}"' in _text(mia.get(page))
    assert mia.get(confirm).status_code == 405
    assert Organization.objects.get(pk=new.pk).status == "pending"
    assert mia.post(confirm)["Location"] == page
    assert Organization.objects.get(pk=new.pk).status == "active"
    again = mia.post(confirm)
    assert again.status_code == 409
    assert f'action="{confirm}"' not in _text(mia.get(page))


def test_organisations_are_found_by_name_and_nip(cast: Cast, mia: Client) -> None:
    page = reverse("akcept_panel:organizations")
    for query, acme, umbra in (
        ("", True, True),
        ("q=acm", True, False),
        ("q=945-218", False, True),
        ("status=pending", False, False),
    ):
        text = _text(mia.get(f"{page}?{query}"))
        assert (">Acme<" in text, ">Umbra<" in text) == (acme, umbra), query


def test_switch_needs_a_post_and_says_who_did_it(cast: Cast, mia: Client) -> None:
    page = reverse("akcept_panel:b2b")
    mia.get(f"{page}?enabled=0")
    assert not Module.objects.filter(enabled=False).exists()
    assert mia.post(page, {"enabled": "0"})["Location"] == page
    shown = _text(mia.get(page))
    assert "Mia Sikora" in shown
    assert Entry.objects.get(topic="module.switched").actor_name == "Mia Sikora"


def test_withheld_module_says_what_it_offers_and_whom_to_ask(cast: Cast, mia: Client, settings: Any) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    settings.AKCEPT_B2B_CONTACT = "sales@host.example"
    page = reverse("akcept_panel:b2b")
    shown = _text(mia.get(page))
    assert "sales@host.example" in shown
    assert "<form" not in shown.partition("<main")[2]
    assert mia.post(page, {"enabled": "0"}).status_code == 403
    terms = {"price_days": "5", "price_tolerance": "1", "version": "1"}
    assert mia.post(reverse("akcept_panel:terms"), terms).status_code == 403
    assert not ShopTerms.objects.filter(price_days=5).exists()


def test_pages_take_the_same_statements_for_one_and_three(cast: Cast, mia: Client) -> None:
    placed = orders.place(cast.anna, lines=1)
    paths = (HELD, f"{HELD}export.csv", f"{HELD}{placed.order_number}/", "/dashboard/organizations/")

    def taken() -> list[int]:
        return [len(statements(lambda path=path: _text(mia.get(path)))) for path in paths]

    taken()  # fills what a process keeps: sites, content types
    at_one = taken()
    for _ in range(2):
        orders.place(cast.anna, lines=3)
    organization("Third", "5261040828")
    assert taken() == at_one


def test_long_order_is_folded_so_that_who_is_asked_stays_in_sight(cast: Cast, mia: Client) -> None:
    number = orders.place(cast.anna, lines=12).order_number
    page = _text(mia.get(f"{HELD}{number}/"))
    above, _, folded = page.partition('<details class="more">')
    assert "Pokaż pozostałe 2 pozycje" in folded
    assert (above.count('<span class="name">'), folded.count('<span class="name">')) == (10, 2)


def test_order_list_of_the_shop_never_reaches_a_held_order(cast: Cast, mia: Client) -> None:
    held = orders.place(cast.anna)
    by_number = mia.get(f"/dashboard/orders/?order_number={held.order_number}")
    assert by_number.status_code in (200, 302)
    if by_number.status_code == 302:
        assert by_number["Location"].startswith(HELD)
    assert apps.get_model("order.Order").objects.get(number=held.order_number).status == "awaiting_acceptance"
    assert carts.stock("S1").num_allocated == 2


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/dashboard/", "Panel administracji"),
        ("/dashboard/orders/?status=unhandled", "Zamówienia nieobsłużone"),
        ("/dashboard/orders/?status=packed", "Wszystkie w realizacji i zakończone"),
        ("/dashboard/orders/statistics/", "Statystyki"),
        (HELD, "Zamówienia wymagające akceptacji klienta"),
        ("/dashboard/users/", "Klienci"),
    ],
)
def test_menu_marks_the_one_entry_a_page_belongs_to(mia: Client, path: str, current: str) -> None:
    page = _text(mia.get(path))
    menu = page.partition("<aside")[2].partition("</aside>")[0]
    assert re.findall(r'aria-current="page">([^<]+)', menu) == [current]


def test_statistics_speak_in_words_and_take_a_period(cast: Cast, mia: Client) -> None:
    orders.place(cast.ben)
    orders.place(cast.anna)
    page = _text(mia.get("/dashboard/orders/statistics/"))
    assert "nieobsłużone" in page
    assert ">unhandled<" not in page
    assert re.search(r'<div class="sub">Zamówienia</div><div class="stat">1</div>', page)
    assert '<div class="stat">0</div>' in _text(mia.get("/dashboard/orders/statistics/?date_to=2026-01-01"))
    wrong = _text(mia.get("/dashboard/orders/statistics/?date_from=nonsense"))
    assert 'value="nonsense"' in wrong
    assert "Wpisz poprawną datę" in wrong


def test_report_and_customers_are_shown(cast: Cast, mia: Client) -> None:
    placed = orders.place(cast.ben)
    held = orders.place(cast.anna)
    page = _text(mia.get("/dashboard/reports/?report_type=order_report"))
    assert placed.order_number in page
    assert held.order_number not in page
    page = _text(mia.get("/dashboard/users/?email=ben&search=1"))
    assert "Ben Nowak" in page
    assert "Anna Kowalska" not in page


def test_order_of_work_shows_what_handling_it_takes(cast: Cast, mia: Client) -> None:
    placed = orders.place(cast.anna, po_number="KRK/7", payment_code="on_account")
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    page = _text(mia.get(f"/dashboard/orders/{placed.order_number}/"))
    for needed in (
        "KRK/7",
        "odroczona (kredyt kupiecki)",
        "Kurier",
        "ul. Wadowicka 6",
        "Ben Nowak",
        "Anna Kowalska",
        "VAT 23",
    ):
        assert needed in page, needed


TERMS = "/dashboard/b2b/terms/"


def test_merchant_sets_the_terms_for_orders_that_wait(cast: Cast, mia: Client) -> None:
    assert "tak długo, jak zamówienie czeka" in _text(mia.get("/dashboard/b2b/"))
    typed = {"price_days": "14", "price_tolerance": "2,5", "order_from": "100", "order_up_to": "", "version": "1"}
    assert mia.post(TERMS, typed).status_code == 302
    page = _text(mia.get("/dashboard/b2b/"))
    for said in ("przez 14 dni", "tolerancja 2,5", "od 100,00 zł", "są wyłączone"):
        assert said in page
    stale = mia.post(TERMS, typed)
    assert stale.status_code == 409
    assert 'value="2,5"' in _text(stale)
    wrong = mia.post(TERMS, {**typed, "price_days": "0", "version": "2"})
    assert wrong.status_code == 422
    assert "od 1 do 365" in _text(wrong)


def test_terms_are_the_merchant_s_alone(cast: Cast, visit: Visit) -> None:
    for who in (cast.otto, cast.dora, cast.paul):
        assert visit(who).get(TERMS).status_code == 403
        assert visit(who).post(TERMS, {"price_tolerance": "0", "version": "1"}).status_code == 403


def test_switched_off_mails_are_not_sent_but_invitations_are(cast: Cast, mailoutbox: list[Any]) -> None:
    ShopTerms.objects.create(pk=1, mails=False)
    orders.place(cast.anna)
    invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="N",
        last_name="N",
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        language="pl",
    )
    deliver()
    assert [message.to for message in mailoutbox] == [["new@customer.example"]]
