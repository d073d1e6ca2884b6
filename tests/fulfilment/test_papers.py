"""Issue 12, point 7: an order as PDF, for whoever may see it; nothing somebody typed is markup."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from akcept.fulfilment import papers
from akcept.ordering import actions
from akcept.ordering.queries import whole
from akcept.organizations.actions import remove_member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

#: What is markup, code or mathematics in typst.
NASTY = r'#import "x": * $ sqrt(2) $ @ref [a] <b> *c* _d_ `e` \f = g - h #panic("i") // j /* k */ \u{41}'


def _pages(content: bytes) -> list[str]:
    return [
        page.extract_text().replace("\u200b", "").replace("\u00a0", " ")
        for page in PdfReader(io.BytesIO(content)).pages
    ]


def _pdf(cast: Cast, number: str, *, language: str = "pl") -> list[str]:
    with translation.override(language):
        return _pages(papers.pdf_of(whole.whole_order_for_staff(cast.mia.actor, number)))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _accepted(cast: Cast, **terms: Any) -> str:
    placed = orders.place(cast.anna, **terms)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return placed.order_number


def test_the_document_says_all_of_an_order_in_both_languages(cast: Cast) -> None:
    number = _accepted(cast, po_number="PO/007")
    polish = _flat("\n".join(_pdf(cast, number)))
    for told in (
        f"Zamówienie {number}",
        "Acme",
        "NIP 6762435805",
        "PO/007",
        "Oddział Kraków",
        "Produkt S1",
        "Ben Nowak",
    ):
        assert told in polish
    assert "1 Produkt S1 S1 · 590S1 2 11,00 22,00 23 % 27,06" in polish
    # Goods for 2 x (11 + 12 + 13) net and the courier at 19.00.
    assert "23 % 91,00 20,93 111,93" in polish
    assert "własnym prawem" in polish
    assert "NIEPOTWIERDZONE" not in polish
    english = _flat("\n".join(_pdf(cast, number, language="en")))
    assert f"Order {number}" in english
    assert "PLN 111.93" in english
    assert "in their own right" in english


def test_a_held_order_says_on_every_page_that_it_is_unconfirmed(cast: Cast) -> None:
    records = [carts.stock(f"H{n}", price="1.00") for n in range(60)]
    held = orders.place(cast.anna, records=records).order_number
    pages = _pdf(cast, held)
    assert len(pages) > 1
    assert all("NIEPOTWIERDZONE" in page for page in pages)
    assert all("UNCONFIRMED" in page for page in _pdf(cast, held, language="en"))
    actions.reject(held, actor=cast.ben.actor, version=1, reason="nie")
    assert all("zakończyło się bez akceptacji" in _flat(page) for page in _pdf(cast, held))


def test_three_hundred_lines_repeat_their_head_on_every_page(cast: Cast) -> None:
    records = [carts.stock(f"M{n:03}", price="1.00") for n in range(1, 301)]
    pages = _pdf(cast, _accepted(cast, records=records))
    with_rows = [page for page in pages if "Produkt M" in page]
    assert 5 <= len(with_rows) <= 15
    assert all("Cena jednostkowa netto" in _flat(page) for page in with_rows)
    assert "Produkt M300" in "".join(pages)


def test_what_somebody_typed_is_shown_and_never_read_as_markup(cast: Cast) -> None:
    number = _accepted(cast, lines=1, po_number="#panic()")
    apps.get_model("order.Line").objects.filter(order__number=number).update(title=NASTY)
    (page,) = _pdf(cast, number)
    squeezed = "".join(page.split())
    assert "".join(NASTY.split()) in squeezed
    assert "#panic()" in squeezed


def test_an_endless_word_and_invisible_signs_are_bounded(cast: Cast) -> None:
    number = _accepted(cast, lines=1)
    apps.get_model("order.Line").objects.filter(order__number=number).update(title="W" * 250 + "\u202e\x00\u200b")
    (page,) = _pdf(cast, number)
    assert page.count("W") >= 250
    assert "\u202e" not in page


def test_the_same_order_is_the_same_bytes_with_its_fonts_in_it(cast: Cast) -> None:
    order = whole.whole_order_for_staff(cast.mia.actor, _accepted(cast))
    with translation.override("pl"):
        first, second = papers.pdf_of(order), papers.pdf_of(order)
    assert first == second
    assert b"/FontFile" in first


@pytest.mark.parametrize("who", ["anna", "ben", "cora"])
def test_whoever_may_see_an_order_gets_its_document(cast: Cast, visit: Visit, who: str) -> None:
    number = orders.place(cast.anna).order_number
    answer = visit(getattr(cast, who)).get(f"/orders/{number}/document.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "paul"])
def test_nobody_else_does(cast: Cast, visit: Visit, who: str) -> None:
    number = orders.place(cast.anna).order_number
    assert visit(getattr(cast, who)).get(f"/orders/{number}/document.pdf").status_code == 404
    assert Client().get(f"/orders/{number}/document.pdf").status_code == 302


def test_a_former_member_does_not(cast: Cast, visit: Visit) -> None:
    number = _accepted(cast)
    cast.anna.member.refresh_from_db()
    remove_member(cast.anna.member.pk, actor=cast.dora.actor, version=cast.anna.member.version)
    assert visit(cast.anna).get(f"/orders/{number}/document.pdf").status_code == 404


def test_the_merchant_gets_it_of_held_orders_too_and_nobody_else_there(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    path = f"/dashboard/acceptance/{number}/document.pdf"
    answer = visit(cast.mia, superuser=True).get(path)
    assert answer.content.startswith(b"%PDF")
    assert visit(cast.otto).get(path).status_code in {302, 403}


def test_pages_lead_to_the_document(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    assert f'href="/orders/{number}/document.pdf"' in visit(cast.anna).get(f"/orders/{number}/").content.decode()
    mia = visit(cast.mia, superuser=True)
    assert (
        f"/dashboard/acceptance/{number}/document.pdf" in mia.get(f"/dashboard/acceptance/{number}/").content.decode()
    )


def test_a_shop_without_what_sets_papers_offers_none(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "available", lambda: False)
    number = orders.place(cast.anna).order_number
    anna = visit(cast.anna)
    assert "document.pdf" not in anna.get(f"/orders/{number}/").content.decode()
    assert anna.get(f"/orders/{number}/document.pdf").status_code == 404
