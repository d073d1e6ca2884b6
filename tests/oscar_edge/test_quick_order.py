"""Filling a basket fast: a list of codes is taken whole or refused line by line, an order is ordered again."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from akcept.ordering import actions
from akcept.oscar_edge.basket import reading
from akcept.oscar_edge.basket.reading import Fault, TypedLine
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast, Person
from tests.conftest import Visit
from tests.support.statements import statements

QUICK = "/basket/quick-order/"


def _in_basket(person: Person) -> dict[str, int]:
    lines = apps.get_model("basket.Line").objects.filter(basket__owner=person.user, basket__status="Open")
    return dict(lines.values_list("stockrecord__partner_sku", "quantity"))


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


# --- reading ---


@pytest.mark.parametrize(
    ("typed", "code", "quantity"),
    [
        ("PAP-1 10", "PAP-1", 10),
        ("  PAP-1\t10\tignored ", "PAP-1", 10),
        ("PAP-1;10;4,50", "PAP-1", 10),
        ("PAP-1", "PAP-1", 1),
        ("5907700003063", "5907700003063", 1),
        ("5907700003063 007", "5907700003063", 7),
        ("CODE WITH BLANKS 3", "CODE WITH BLANKS", 3),
        ("CODE WITH BLANKS", "CODE WITH BLANKS", 1),
        ("PAP-1;", "PAP-1", 1),
    ],
)
def test_line_is_read(typed: str, code: str, quantity: int) -> None:
    assert reading.read(typed) == [TypedLine(number=1, code=code, quantity=quantity)]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("A 0", Fault.QUANTITY),
        ("A -1", Fault.QUANTITY),
        ("A 1.5", Fault.QUANTITY),
        ("A;x", Fault.QUANTITY),
        ("A;١٢", Fault.QUANTITY),
        ("A;0000000000", Fault.QUANTITY),
        ("A 1000001", Fault.TOO_MANY),
        ("A " + "9" * 5000, Fault.TOO_MANY),
    ],
)
def test_quantity_that_cannot_be(typed: str, fault: Fault) -> None:
    [line] = reading.read(typed)
    assert (line.code, line.quantity, line.fault) == ("A", 0, fault)


def test_lines_keep_the_numbers_a_person_counts() -> None:
    assert [line.number for line in reading.read("A 1\n\n  \n;;\nB 2")] == [1, 5]


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read(text: str) -> None:
    for line in reading.read(text):
        assert (line.quantity > 0) == (line.fault is None)


@pytest.mark.parametrize(
    ("typed", "code", "quantity"),
    [
        ("PAP-A4-80,2", "PAP-A4-80", 2),
        ('"PAP-A4-80";"2"', "PAP-A4-80", 2),
        ('"PAP-A4-80","2"', "PAP-A4-80", 2),
        ("PAP-A4-80|2", "PAP-A4-80", 2),
        ("PAP-A4-80 2,00", "PAP-A4-80", 2),
        ("PAP-A4-80;2.00", "PAP-A4-80", 2),
        ("PAP-A4-80 10 szt.", "PAP-A4-80", 10),
        ("PAP-A4-80\t10 szt", "PAP-A4-80", 10),
        ("PAP-A4-80 10 pcs", "PAP-A4-80", 10),
        ("PAP-A4-80 1 000", "PAP-A4-80", 1000),
        ("PAP-A4-80\t1\u00a0000", "PAP-A4-80", 1000),
        ("PAP-A4-80 1\u202f000", "PAP-A4-80", 1000),
        ("PAP-A4-80 x2", "PAP-A4-80", 2),
        ("PAP-A4-80 x 2", "PAP-A4-80", 2),
        ("PAP-A4-80 2x", "PAP-A4-80", 2),
        ("PAP-A4-80, 2", "PAP-A4-80", 2),
        ("\ufeffPAP-A4-80\u200b 2", "PAP-A4-80", 2),
        ("5 901234 123457", "5901234123457", 1),
        ("5 901234 123457 10", "5901234123457", 10),
        ("123.0\t2.0", "123", 2),
    ],
)
def test_e7_a_pasted_line_is_read(typed: str, code: str, quantity: int) -> None:
    assert reading.read(typed) == [TypedLine(number=1, code=code, quantity=quantity)]


@pytest.mark.parametrize(
    "heading", ["kod;ilość", "Kod\tIlos\u0301c\u0301", "SKU,Qty", "Kod ilość", "code|quantity", "Lp;Kod;Nazwa;Ilość"]
)
def test_e7_a_line_of_headings_is_left_out(heading: str) -> None:
    mark = next((mark for mark in "\t;|," if mark in heading), " ")
    cells = ["1", "PAP-1", "Papier", "3"] if heading.startswith("Lp") else ["PAP-1", "3"]
    assert reading.read(f"{heading}\n{mark.join(cells)}") == [TypedLine(number=2, code="PAP-1", quantity=3)]


@pytest.mark.parametrize("typed", ["A 1,000", "A;2.500", "A,1,000"])
def test_e5_a_quantity_that_could_be_two_numbers_is_refused(typed: str) -> None:
    assert [line.fault for line in reading.read(typed)] == [Fault.AMBIGUOUS]


# --- the page ---


def test_list_fills_the_basket_by_code_or_ean_in_any_case_and_sums_what_is_named_twice(
    cast: Cast, visit: Visit
) -> None:
    for sku in ("PAP-1", "TON-2"):
        carts.stock(sku)
    client = visit(cast.anna)
    answer = client.post(QUICK, {"lines": "pap-1 2\r\n590TON-2\t3\r\nPAP-1 4"})
    assert answer["Location"] == reverse("basket:summary")
    assert _in_basket(cast.anna) == {"PAP-1": 6, "TON-2": 3}
    client.post(QUICK, {"lines": "PAP-1 1"})
    assert _in_basket(cast.anna) == {"PAP-1": 7, "TON-2": 3}
    assert apps.get_model("basket.Basket").objects.filter(owner=cast.anna.user).count() == 1


def test_every_wrong_line_is_named_nothing_is_added_and_nothing_is_lost(cast: Cast, visit: Visit) -> None:
    carts.stock("PAP-1")
    carts.stock("FEW-1", number=5)
    hidden = carts.stock("OLD-1")
    hidden.product.is_public = False
    hidden.product.save()
    typed = "PAP-1 2\nNONE-1 3\nFEW-1 4\nFEW-1 2\nOLD-1\nPAP-1;many"
    client = visit(cast.anna)
    answer = client.post(QUICK, {"lines": typed})
    page = _text(answer)
    assert answer.status_code == 422
    for said in (
        "Line 2, “NONE-1”: there is no product with this code or EAN",
        "Line 4, “FEW-1”: only 5 are in stock",
        "Line 5, “OLD-1”: there is no product",
        "Line 6, “PAP-1”: the quantity has to be a whole number",
    ):
        assert said in page
    assert "Line 1" not in page
    assert "Line 3" not in page
    assert typed in page.replace("&#x27;", "'")
    assert _in_basket(cast.anna) == {}
    answer = client.post(QUICK, {"lines": typed, "skip": "1"}, follow=True)
    assert _in_basket(cast.anna) == {"PAP-1": 2, "FEW-1": 4}
    assert "NONE-1" in _text(answer), "what was left out is named"


def test_what_is_in_the_basket_already_counts_against_the_stock(cast: Cast, visit: Visit) -> None:
    record = carts.stock("FEW-1", number=5)
    carts.fill(cast.anna, records=[record], quantity=3)
    answer = visit(cast.anna).post(QUICK, {"lines": "FEW-1 3"})
    assert "only 5 are in stock, and 3 of them in your basket already" in _text(answer)
    assert _in_basket(cast.anna) == {"FEW-1": 3}


@pytest.mark.parametrize(
    "typed", ["", "  \n\n", "x" * 60_000, "\n".join(f"S{i} 1" for i in range(501)), "S1 99999\nS1 2", "a\x00b 2"]
)
def test_a_list_that_is_none_is_refused(cast: Cast, visit: Visit, typed: str) -> None:
    carts.stock("S1", number=10**6)
    answer = visit(cast.anna).post(QUICK, {"lines": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in _text(answer)
    assert _in_basket(cast.anna) == {}


def test_the_number_of_statements_does_not_depend_on_the_lines(cast: Cast, visit: Visit) -> None:
    for i in range(1, 301):
        carts.stock(f"S{i}")
    counts = {}
    for lines in (1, 300):
        client = visit([cast.anna, cast.ben][lines > 1])
        typed = "\n".join(f"S{i} 2" for i in range(1, lines + 1))
        counts[lines] = len(statements(lambda client=client, typed=typed: client.post(QUICK, {"lines": typed})))
    assert counts[1] == counts[300]
    assert len(_in_basket(cast.ben)) == 300


def test_nobody_fills_a_basket_without_logging_in(cast: Cast, visit: Visit) -> None:
    assert visit().post(QUICK, {"lines": "S1 1"})["Location"].startswith("/accounts/login/")
    assert not apps.get_model("basket.Line").objects.exists()


def test_menu_leads_to_it_only_who_may_order(cast: Cast, visit: Visit) -> None:
    for who, shown in ((cast.anna, True), (cast.paul, True), (cast.cora, False)):
        assert (f'href="{QUICK}"' in _text(visit(who).get("/orders/"))) is shown, who.name


@pytest.mark.parametrize("stored", ["85123a", "85123A", "Śru-Ba-1"])
def test_e8_a_code_is_found_in_any_capitals(cast: Cast, visit: Visit, stored: str) -> None:
    carts.stock(stored)
    client = visit(cast.anna)
    for number, typed in enumerate((stored, stored.upper(), stored.lower(), stored.swapcase()), start=1):
        assert client.post(QUICK, {"lines": f"{typed} 1"}).status_code == 302, typed
        assert _in_basket(cast.anna) == {stored: number}


def test_e8_of_two_codes_that_differ_by_capitals_the_one_typed_is_meant(cast: Cast, visit: Visit) -> None:
    carts.stock("85123a")
    carts.stock("85123A")
    visit(cast.anna).post(QUICK, {"lines": "85123a 1\n85123A 2"})
    assert _in_basket(cast.anna) == {"85123a": 1, "85123A": 2}


def test_e3_a_product_is_found_by_its_ean_however_it_is_written(cast: Cast, visit: Visit) -> None:
    record = carts.stock("UPC-1")
    record.product.upc = "036000291452"
    record.product.save()
    lines = "036000291452 1\n0036000291452 1\n00036000291452;1\n0 36000 29145 2 1"
    visit(cast.anna).post(QUICK, {"lines": lines})
    assert _in_basket(cast.anna) == {"UPC-1": 4}


def test_e7_what_a_line_means_the_products_tell(cast: Cast, visit: Visit) -> None:
    carts.stock("KRZ 12", number=10**6)
    client = visit(cast.anna)
    assert client.post(QUICK, {"lines": "KRZ 12 500\nKRZ 12,5"}).status_code == 302
    assert _in_basket(cast.anna) == {"KRZ 12": 505}
    carts.stock("KRZ", number=10**6)
    refused = client.post(QUICK, {"lines": "KRZ 12 500"})
    assert (refused.status_code, "this could be several products" in _text(refused)) == (422, True)


# --- ordering again ---


def _again(number: str) -> str:
    return reverse("basket:order-again", kwargs={"number": number})


def test_an_order_is_ordered_again_at_todays_prices_and_what_is_gone_is_named(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=3, quantity=2)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    gone = carts.stock("S2")
    gone.num_in_stock = gone.num_allocated
    gone.save()
    carts.stock("S3").product.delete()
    dearer = carts.stock("S1")
    dearer.price = 99
    dearer.save()
    client = visit(cast.anna)
    assert f'action="{_again(placed.order_number)}"' in _text(client.get(f"/orders/{placed.order_number}/"))
    answer = client.post(_again(placed.order_number), follow=True)
    page = _text(answer)
    assert answer.redirect_chain[0][0] == reverse("basket:summary")
    assert _in_basket(cast.anna) == {"S1": 2}
    assert "198.00" in page
    assert "Produkt S2” (it cannot be ordered at the moment)" in page
    assert "Produkt S3” (the shop no longer sells it)" in page


def test_every_product_that_is_gone_or_without_a_price_is_named_when_an_order_is_ordered_again(
    cast: Cast, visit: Visit
) -> None:
    placed = orders.place(cast.anna, lines=4)
    for sku in ("S1", "S3"):
        carts.stock(sku).product.delete()
    apps.get_model("partner.StockRecord").objects.filter(partner_sku__in=["S2", "S4"]).update(price=None)
    page = _text(visit(cast.anna).post(_again(placed.order_number), follow=True))
    for sku, why in (("S1", "the shop no longer sells it"), ("S3", "the shop no longer sells it")):
        assert f"Produkt {sku}” ({why})" in page
    for sku in ("S2", "S4"):
        assert f"Produkt {sku}” (it has no price at the moment)" in page
    assert "Your basket is empty" in page
    assert _in_basket(cast.anna) == {}


@pytest.mark.parametrize(("euro", "taken"), [(["S1"], {"S2": 2}), (["S1", "S2"], {"S1": 2, "S2": 2})])
def test_a4_what_is_ordered_again_stays_in_the_orders_currency_while_anything_of_it_does(
    cast: Cast, visit: Visit, euro: list[str], taken: dict[str, int]
) -> None:
    placed = orders.place(cast.anna, lines=2)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku__in=euro).update(price_currency="EUR")
    page = _text(visit(cast.anna).post(_again(placed.order_number), follow=True))
    assert _in_basket(cast.anna) == taken
    assert ("Produkt S1” (its price is in EUR and your basket is in PLN" in page) is (euro == ["S1"])


@pytest.mark.parametrize("who", ["otto", "jan", "paul"])
def test_nobody_learns_of_an_order_they_may_not_see(cast: Cast, visit: Visit, who: str) -> None:
    placed = orders.place(cast.anna)
    person = getattr(cast, who)
    answer = visit(person).post(_again(placed.order_number), follow=True)
    assert "There is no such order" in _text(answer)
    assert "Produkt S1" not in _text(answer)
    assert _in_basket(person) == {}


def test_looking_at_the_address_adds_nothing(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna)
    assert visit(cast.anna).get(_again(placed.order_number)).status_code == 405
    assert _in_basket(cast.anna) == {}


def test_ordering_again_costs_the_same_for_one_line_and_three(cast: Cast, visit: Visit) -> None:
    counts = []
    for who, lines in ((cast.anna, 1), (cast.ewa, 3)):
        placed = orders.place(who, lines=lines)
        client = visit(who)
        counts.append(len(statements(lambda client=client, n=placed.order_number: client.post(_again(n)))))
    assert counts[0] == counts[1]


# --- Oscar's own pages beside it ---


def test_a_quantity_that_cannot_be_had_is_refused_and_kept(cast: Cast, visit: Visit) -> None:
    record = carts.stock("FEW-1", number=5)
    carts.fill(cast.anna, records=[record], quantity=3)
    line = apps.get_model("basket.Line").objects.get()
    form = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-MIN_NUM_FORMS": "0",
        "form-MAX_NUM_FORMS": "1000",
        "form-0-id": str(line.pk),
        "form-0-quantity": "77",
    }
    answer = visit(cast.anna).post("/basket/", form)
    assert answer.status_code == 422
    assert 'value="77"' in _text(answer)
    assert _in_basket(cast.anna) == {"FEW-1": 3}


def test_an_account_that_others_rely_on_is_not_deleted(cast: Cast, visit: Visit) -> None:
    cast.anna.user.set_password(PASSWORD)
    cast.anna.user.save()
    anna = visit(cast.anna)
    anna.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = anna.post("/accounts/profile/delete/", {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert "cannot be deleted" in _text(answer)
    cast.anna.user.refresh_from_db()


@pytest.mark.parametrize("quantity", ["10001", "100000", "100001", "9999999"])
def test_e7_a_line_and_the_basket_name_one_bound(cast: Cast, visit: Visit, quantity: str) -> None:
    carts.stock("T100", number=10_000_000)
    answer = visit(cast.anna).post("/basket/quick-order/", {"lines": f"T100;{quantity}"})
    text = answer.content.decode()
    assert (answer.status_code, "a basket holds up to 10,000 pieces" in text, "100000 " in text) == (422, True, False)


def test_what_was_not_added_is_quoted_as_its_language_quotes(cast: Cast, visit: Visit) -> None:
    carts.stock("T100")
    anna = visit(cast.anna, language="pl")
    answer = anna.post("/basket/quick-order/", {"lines": "T100\nNIC 2", "skip": "1"}, follow=True)
    assert "„NIC” (" in answer.content.decode()
