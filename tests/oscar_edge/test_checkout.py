"""Checkout on one page: it says beforehand what will happen, places once, and bad input loses nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from oscar.core.loading import get_class

from akcept.approvals import actions as rules
from akcept.approvals.models import Case
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Module, Organization, Substitution, UnitAddress
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements
from tests.support.visitors import hidden

CHECKOUT = "/checkout/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _form(client: Client, person: Person, **changes: Any) -> dict[str, Any]:
    page = _text(client.get(CHECKOUT))
    form: dict[str, Any] = {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": "",
        "note": "",
    }
    if person.member is not None:
        form["address"] = UnitAddress.objects.get(unit=person.member.unit, is_default=True).pk
    else:
        form |= {"name": "Paul", "line1": "ul. Długa 1", "postcode": "00-001", "city": "Warszawa", "phone": ""}
    return form | changes


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("anna", ["will wait", "Ben Nowak", "Cora Wiśniewska", "not accept them"]),
        ("jan", ["will wait", "Cora Wiśniewska", "Send for acceptance"]),
        ("ben", ["goes straight to the shop", "Order for"]),
        ("paul", ["goes straight to the shop"]),
    ],
)
def test_page_says_beforehand_what_will_happen(cast: Cast, visit: Visit, who: str, says: list[str]) -> None:
    person = getattr(cast, who)
    carts.fill(person)
    page = _text(visit(person).get(CHECKOUT))
    for text in says:
        assert text in page, text
    if who in ("ben", "paul"):
        assert "will wait" not in page


def test_nobody_is_written_to_where_nobody_is_asked(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    assert "Note to the approver" in _text(visit(cast.anna).get(CHECKOUT))
    Module.objects.create(pk=1, enabled=False)
    client = visit(cast.anna)
    assert "Note to the approver" not in _text(client.get(CHECKOUT))
    assert client.post(CHECKOUT, _form(client, cast.anna)).status_code == 302
    assert Placement.objects.get().order.status == "unhandled"


@pytest.mark.parametrize(
    ("who", "status"), [("anna", "awaiting_acceptance"), ("ben", "unhandled"), ("paul", "unhandled")]
)
def test_button_places_and_thanks_say_what_happens_next(cast: Cast, visit: Visit, who: str, status: str) -> None:
    person = getattr(cast, who)
    carts.fill(person)
    client = visit(person)
    answer = client.post(CHECKOUT, _form(client, person, note="Pilne" if who == "anna" else ""), follow=True)
    assert answer.redirect_chain == [(f"/checkout/thank-you/{Placement.objects.get().number}/", 302)]
    placement = Placement.objects.get()
    assert placement.order.status == status
    assert placement.number in _text(answer)
    if who == "anna":
        assert placement.note == "Pilne"
        assert "Ben Nowak" in _text(answer)


def test_member_who_may_not_order_sees_prices_and_whom_to_ask(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.cora)
    client = visit(cast.cora)
    page = _text(client.get(CHECKOUT))
    assert "Dora Zielińska" in page
    assert "11.00" in page
    assert "btn-accept btn-lg" not in page, "there is no button to order with"
    answer = client.post(CHECKOUT, _form(client, cast.cora))
    assert answer.status_code == 403
    assert not Placement.objects.exists()


def test_f8_another_delivery_chosen_without_script_is_named_as_what_changed(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    page = _text(client.get(CHECKOUT))
    shown = hidden(page, "seen_delivery")
    other = next(code for code in re.findall(r'<option value="([a-z-]+)"', page) if code in _deliveries() - {shown})
    answer = client.post(CHECKOUT, _form(client, cast.anna, delivery=other, seen_delivery=shown))
    assert answer.status_code == 409
    said = _text(answer)
    assert "You chose another delivery" in said
    assert "Prices or products have changed" not in said
    assert not Placement.objects.exists()
    again = _form(client, cast.anna, delivery=other, seen=hidden(said, "seen"), seen_delivery=other)
    assert client.post(CHECKOUT, again).status_code == 302, "confirmed, it is placed"


def test_f8_a_price_that_rose_is_not_called_another_delivery(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    page = _text(client.get(CHECKOUT))
    shown = hidden(page, "seen_delivery")
    form = _form(client, cast.anna, delivery=next(iter(_deliveries() - {shown})), seen_delivery=shown)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="S1").update(price="99.00")
    assert "Prices or products have changed" in _text(client.post(CHECKOUT, form))


def _deliveries() -> set[str]:
    return {method.code for method in get_class("shipping.repository", "Repository")().methods}


def test_second_submit_shows_the_first_order(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    form = _form(client, cast.anna)
    client.post(CHECKOUT, form)
    again = client.post(CHECKOUT, form, follow=True)
    assert again.redirect_chain[0][0] == f"/orders/{Placement.objects.get().number}/"
    assert "already been ordered" in _text(again)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"delivery": ""}, "delivery"),
    ({"delivery": "pigeon"}, "delivery"),
    ({"payment": ""}, "payment"),
    ({"payment": "barter"}, "payment"),
    ({"address": ""}, "address"),
    ({"address": "999999"}, "address"),
    ({"address": "abc"}, "address"),
    ({"address": "elsewhere"}, "address"),
    ({"address": "9" * 5000}, "address"),
    ({"po_number": "x" * 61}, "po_number"),
    ({"note": "x" * 1001}, "note"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_bad_input_is_told_at_its_field_and_the_rest_stays(
    cast: Cast, visit: Visit, change: dict[str, Any], field: str
) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    typed = {"po_number": "PO-77", "note": "kept words"} | change
    answer = client.post(CHECKOUT, _form(client, cast.anna, **typed))
    assert answer.status_code == 422
    page = _text(answer)
    assert f'id="id_{field}-error"' in page
    if field != "note":
        assert "kept words" in page
    if field != "po_number":
        assert "PO-77" in page
    assert not Placement.objects.exists()


@pytest.mark.parametrize("field", ["cart", "seen"])
@pytest.mark.parametrize("value", ["", "abc", "-1", "9" * 30])
def test_mangled_hidden_fields_place_nothing(cast: Cast, visit: Visit, field: str, value: str) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    answer = client.post(CHECKOUT, _form(client, cast.anna, **{field: value}))
    assert answer.status_code in (302, 409, 422)
    assert not Placement.objects.exists()


def test_private_customer_types_an_address(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.paul)
    client = visit(cast.paul)
    for change, field in (({"postcode": "1"}, "postcode"), ({"city": " "}, "city"), ({"line1": ""}, "line1")):
        answer = client.post(CHECKOUT, _form(client, cast.paul, **change))
        assert answer.status_code == 422
        assert f'id="id_{field}-error"' in _text(answer)
    assert client.post(CHECKOUT, _form(client, cast.paul)).status_code == 302


def test_address_of_another_unit_or_organisation_is_not_taken(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    for unit in (cast.tarnow, cast.terminal):
        foreign = UnitAddress.objects.get(unit=unit).pk
        assert client.post(CHECKOUT, _form(client, cast.anna, address=foreign)).status_code == 422
    assert not Placement.objects.exists()


def test_basket_of_somebody_else_is_not_ordered(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    foreign = carts.fill(cast.otto)
    client = visit(cast.anna)
    client.post(CHECKOUT, _form(client, cast.anna, cart=foreign))
    assert not Placement.objects.exists()


def test_price_that_rose_meanwhile_is_shown_before_it_is_ordered(cast: Cast, visit: Visit) -> None:
    record = carts.stock("RISES", price="10.00")
    carts.fill(cast.anna, records=[record])
    client = visit(cast.anna)
    form = _form(client, cast.anna, note="kept words")
    apps.get_model("partner.StockRecord").objects.filter(pk=record.pk).update(price=12)
    answer = client.post(CHECKOUT, form)
    assert answer.status_code == 409
    page = _text(answer)
    assert "changed since you opened" in page
    assert "kept words" in page
    assert hidden(page, "seen") != form["seen"]
    assert client.post(CHECKOUT, form | {"seen": hidden(page, "seen")}).status_code == 302


def test_sold_out_meanwhile_names_the_product(cast: Cast, visit: Visit) -> None:
    record = carts.stock("GONE", number=3)
    carts.fill(cast.anna, records=[record])
    client = visit(cast.anna)
    form = _form(client, cast.anna)
    apps.get_model("partner.StockRecord").objects.filter(pk=record.pk).update(num_in_stock=0)
    answer = client.post(CHECKOUT, form)
    assert answer.status_code == 409
    assert "Produkt GONE" in _text(answer)


def test_right_taken_away_with_the_page_open(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    form = _form(client, cast.anna)
    Member.objects.filter(pk=cast.anna.member.pk).update(place_orders=False)
    answer = client.post(CHECKOUT, form)
    assert (answer.status_code, "Dora Zielińska" in _text(answer)) == (403, True)


DOORS = ["shipping-address", "shipping-method", "payment-method", "payment-details", "preview"]


@pytest.mark.parametrize("door", DOORS)
def test_oscars_own_steps_place_nothing(cast: Cast, visit: Visit, door: str) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    for answer in (
        client.get(f"/checkout/{door}/"),
        client.post(f"/checkout/{door}/", {"action": "place_order"}),
    ):
        assert answer["Location"] == CHECKOUT
    assert not Placement.objects.exists()
    assert not apps.get_model("order.Order").objects.exists()


@pytest.mark.parametrize(("who", "status"), [("anna", "awaiting_acceptance"), ("ben", "unhandled")])
def test_code_that_places_oscars_way_waits_like_any_other(cast: Cast, who: str, status: str) -> None:
    """Whatever status and number it asks for."""
    buyer: Person = getattr(cast, who)
    basket = apps.get_model("basket.Basket").objects.get(pk=carts.fill(buyer))
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=None,
        shipping_method=SimpleNamespace(code=orders.COURIER),
        shipping_charge=None,
        user=buyer.user,
        shipping_address=SimpleNamespace(
            name=orders.ADDRESS.name,
            line1=orders.ADDRESS.line1,
            postcode=orders.ADDRESS.postcode,
            line4=orders.ADDRESS.city,
            country_id="PL",
        ),
        status="unhandled",
        order_number="X1",
    )
    assert (order.status, order.number == "X1") == (status, False)
    assert Case.objects.filter(order=order).exists() is (who == "anna")


def test_empty_basket_and_nobody_lead_away(cast: Cast, visit: Visit) -> None:
    assert visit(cast.anna).get(CHECKOUT)["Location"] == "/basket/"
    assert "/accounts/login/" in visit().get(CHECKOUT)["Location"]
    assert visit(cast.anna).get("/checkout/thank-you/")["Location"] == "/orders/"


@pytest.mark.parametrize("name", ["otto", "jan"])
def test_thanks_are_for_those_who_see_the_order(cast: Cast, visit: Visit, name: str) -> None:
    number = orders.place(cast.anna).order_number
    page = f"/checkout/thank-you/{number}/"
    assert number in visit(cast.anna).get(page).content.decode()
    assert visit(getattr(cast, name)).get(page)["Location"] == "/orders/"
    assert visit(cast.anna).get("/checkout/thank-you/999999/")["Location"] == "/orders/"
    assert "/accounts/login/" in visit().get(page)["Location"]


def test_looking_at_pages_writes_no_basket(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    for page in ("/", "/basket/", "/orders/", CHECKOUT):
        client.get(page)
    assert not apps.get_model("basket.Basket").objects.exists()
    client.post(f"/basket/add/{carts.stock('S1').product_id}/", {"quantity": 2})
    assert apps.get_model("basket.Basket").objects.get().owner == cast.anna.user


def test_three_hundred_lines_work(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna, lines=300)
    client = visit(cast.anna)
    assert client.get("/basket/").status_code == 200
    client.post(CHECKOUT, _form(client, cast.anna))
    placement = Placement.objects.get()
    assert (placement.line_count, placement.order.lines.count()) == (300, 300)
    assert client.get(f"/orders/{placement.number}/").status_code == 200


def test_page_takes_the_same_statements_for_one_and_three_lines(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    taken = []
    for lines in (1, 1, 3):  # the first fills what a process keeps: sites, countries
        carts.fill(cast.anna, lines=lines)
        form = _form(client, cast.anna)
        taken.append(
            (
                len(statements(lambda: client.get(CHECKOUT))),
                len(statements(lambda form=form: client.post(CHECKOUT, form))),
            )
        )
    assert taken[1] == taken[2]
    assert taken[2][1] == 28


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize(
    ("under", "whole"),
    [("nothing", 28), ("a substitution", 29), ("a rule", 29), ("a budget", 31), ("a rule and a budget", 32)],
)
def test_order_and_everything_around_it_take_so_many_statements(
    cast: Cast, visit: Visit, under: str, whole: int, lines: int
) -> None:
    """Session, user, BEGIN and COMMIT included; a budget adds its row, its sums and what the order holds of it."""
    client = visit(cast.anna)
    orders.place(cast.anna)  # what a process keeps; the organisation's journal has begun
    if under == "a substitution":
        now = timezone.now()
        Substitution.objects.create(
            organization=cast.acme, absent=cast.cora.member, substitute=cast.ewa.member,
            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), created_at=now,
        )  # fmt: skip
    if "a rule" in under:
        step = RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),))
        rule = Rule(id=0, name="All", unit_id=cast.head_office.pk, conditions=(), steps=(step,))
        rules.save_rule(rule, actor=cast.dora.actor, version=0)
        orders.place(cast.anna)
    if "a budget" in under:
        budgets.make(cast.krakow, "100000.00")
    carts.fill(cast.anna, lines=lines)
    form = _form(client, cast.anna)
    assert len(statements(lambda: client.post(CHECKOUT, form))) == whole
    assert Placement.objects.filter(line_count=lines).exists()


def test_nobody_orders_again_around_it(cast: Cast, visit: Visit) -> None:
    """Oscar's re-order fills the basket; what is ordered from it waits like anything else."""
    placed = orders.place(cast.anna)
    client = visit(cast.anna)
    client.post(f"/accounts/orders/{placed.order_number}/", {"order_id": placed.order_number, "action": "reorder"})
    assert Placement.objects.count() == 1
    assert re.match(r"/orders/\d+/", client.get(f"/accounts/orders/{placed.order_number}/")["Location"])


@pytest.mark.parametrize("who", ["ben", "otto", "paul", None])
def test_anonymous_order_page_shows_nothing(cast: Cast, visit: Visit, who: str | None) -> None:
    placed = orders.place(cast.anna)
    order = orders.order(placed)
    client = visit(getattr(cast, who) if who else None)
    answer = client.get(f"/accounts/order-status/{placed.order_number}/{order.verification_hash()}/", follow=True)
    assert "Produkt" not in _text(answer) or who == "ben"


def test_whoever_may_types_an_address_and_mistakes_lose_nothing(cast: Cast, visit: Visit) -> None:
    free = new_person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    carts.fill(free)
    client = visit(free)
    typed = {"name": "Targi", "line1": "ul. Targowa 5", "postcode": "6", "city": "Poznań", "phone": ""}
    form = _form(client, free, address="elsewhere", **typed)
    refused = client.post(CHECKOUT, form)
    assert refused.status_code == 422
    page = _text(refused)
    assert 'id="id_postcode-error"' in page
    assert 'value="ul. Targowa 5"' in page
    assert '<details class="more col-12 mb-2" data-choice="address=elsewhere" open>' in page
    assert client.post(CHECKOUT, form | {"postcode": "60-734"}).status_code == 302
    placed = Placement.objects.get()
    assert placed.order.shipping_address.line1 == "ul. Targowa 5"
    deliver()
    asked = next(message for message in mail.outbox if message.to == ["ben@customer.example"])
    assert "Targi, ul. Targowa 5, 60-734 Poznań" in asked.body
    for who, where in ((cast.ben, "orders"), (cast.mia, "dashboard/acceptance")):
        assert "Targi<br>60-734 Poznań" in _text(visit(who).get(f"/{where}/{placed.order.number}/"))


def test_who_may_not_is_offered_no_other_address_and_cannot_send_one(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    assert 'name="line1"' not in _text(client.get(CHECKOUT))
    typed = {"name": "X", "line1": "ul. Targowa 5", "postcode": "60-734", "city": "Poznań"}
    answer = client.post(CHECKOUT, _form(client, cast.anna, address="elsewhere", **typed))
    assert answer.status_code == 422
    assert "delivery elsewhere needs a separate permission" in _text(answer)
    assert not Placement.objects.exists()


def test_invoice_goes_to_the_organisation_and_its_address_for_invoices(cast: Cast, visit: Visit) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(invoice_email="faktury@acme.example")
    carts.fill(cast.anna)
    client = visit(cast.anna)
    says = ("NIP", cast.acme.nip, "ul. Prosta 18", "faktury@acme.example")
    for text in says:
        assert text in _text(client.get(CHECKOUT)), text
    client.post(CHECKOUT, _form(client, cast.anna))
    Organization.objects.filter(pk=cast.acme.pk).update(line1="ul. Nowa 2")
    number = Placement.objects.get().number
    mia = visit(cast.mia, superuser=True)
    pages = [_text(client.get(f"/orders/{number}/")), _text(mia.get(f"/dashboard/acceptance/{number}/"))]
    actions.accept(number, actor=cast.ben.actor, version=1)
    for page in (*pages, _text(mia.get(f"/dashboard/orders/{number}/"))):
        for text in says:  # the address it was placed with
            assert text in page, text
        assert "ul. Nowa 2" not in page


def test_private_customer_is_shown_nobody_elses_invoice_address(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.paul)
    assert not re.search(r"\bNIP\b", _text(visit(cast.paul).get(CHECKOUT)))
