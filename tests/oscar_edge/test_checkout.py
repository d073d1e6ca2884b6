"""Checkout on one page: it says beforehand what will happen, and places once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone
from oscar.core.loading import get_class

from akcept.approvals import actions as rules
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Module, Organization, Substitution
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.oscar_edge.checkout import CHECKOUT, form_of, text_of
from tests.support.statements import statements
from tests.support.visitors import hidden


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
    page = text_of(visit(person).get(CHECKOUT))
    for text in says:
        assert text in page, text
    if who in ("ben", "paul"):
        assert "will wait" not in page


def test_nobody_is_written_to_where_nobody_is_asked(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    assert "Note to the approver" in text_of(visit(cast.anna).get(CHECKOUT))
    Module.objects.create(pk=1, enabled=False)
    client = visit(cast.anna)
    assert "Note to the approver" not in text_of(client.get(CHECKOUT))
    assert client.post(CHECKOUT, form_of(client, cast.anna)).status_code == 302
    assert Placement.objects.get().order.status == "unhandled"


@pytest.mark.parametrize(
    ("who", "status"), [("anna", "awaiting_acceptance"), ("ben", "unhandled"), ("paul", "unhandled")]
)
def test_button_places_and_thanks_say_what_happens_next(cast: Cast, visit: Visit, who: str, status: str) -> None:
    person = getattr(cast, who)
    carts.fill(person)
    client = visit(person)
    answer = client.post(CHECKOUT, form_of(client, person, note="Pilne" if who == "anna" else ""), follow=True)
    assert answer.redirect_chain == [(f"/checkout/thank-you/{Placement.objects.get().number}/", 302)]
    placement = Placement.objects.get()
    assert placement.order.status == status
    assert placement.number in text_of(answer)
    if who == "anna":
        assert placement.note == "Pilne"
        assert "Ben Nowak" in text_of(answer)


def test_f8_another_delivery_chosen_without_script_is_named_as_what_changed(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    page = text_of(client.get(CHECKOUT))
    shown = hidden(page, "seen_delivery")
    other = next(code for code in re.findall(r'<option value="([a-z-]+)"', page) if code in _deliveries() - {shown})
    answer = client.post(CHECKOUT, form_of(client, cast.anna, delivery=other, seen_delivery=shown))
    assert answer.status_code == 409
    said = text_of(answer)
    assert "You chose another delivery" in said
    assert "Prices or products have changed" not in said
    assert not Placement.objects.exists()
    again = form_of(client, cast.anna, delivery=other, seen=hidden(said, "seen"), seen_delivery=other)
    assert client.post(CHECKOUT, again).status_code == 302, "confirmed, it is placed"


def test_f8_a_price_that_rose_is_not_called_another_delivery(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    page = text_of(client.get(CHECKOUT))
    shown = hidden(page, "seen_delivery")
    form = form_of(client, cast.anna, delivery=next(iter(_deliveries() - {shown})), seen_delivery=shown)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="S1").update(price="99.00")
    assert "Prices or products have changed" in text_of(client.post(CHECKOUT, form))


def _deliveries() -> set[str]:
    return {method.code for method in get_class("shipping.repository", "Repository")().methods}


def test_second_submit_shows_the_first_order(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    form = form_of(client, cast.anna)
    client.post(CHECKOUT, form)
    again = client.post(CHECKOUT, form, follow=True)
    assert again.redirect_chain[0][0] == f"/orders/{Placement.objects.get().number}/"
    assert "already been ordered" in text_of(again)


def test_private_customer_types_an_address(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.paul)
    client = visit(cast.paul)
    for change, field in (({"postcode": "1"}, "postcode"), ({"city": " "}, "city"), ({"line1": ""}, "line1")):
        answer = client.post(CHECKOUT, form_of(client, cast.paul, **change))
        assert answer.status_code == 422
        assert f'id="id_{field}-error"' in text_of(answer)
    assert client.post(CHECKOUT, form_of(client, cast.paul)).status_code == 302


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
    client.post(CHECKOUT, form_of(client, cast.anna))
    placement = Placement.objects.get()
    assert (placement.line_count, placement.order.lines.count()) == (300, 300)
    assert client.get(f"/orders/{placement.number}/").status_code == 200


def test_page_takes_the_same_statements_for_one_and_three_lines(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    taken = []
    for lines in (1, 1, 3):  # the first fills what a process keeps: sites, countries
        carts.fill(cast.anna, lines=lines)
        form = form_of(client, cast.anna)
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
    form = form_of(client, cast.anna)
    assert len(statements(lambda: client.post(CHECKOUT, form))) == whole
    assert Placement.objects.filter(line_count=lines).exists()


def test_whoever_may_types_an_address_and_mistakes_lose_nothing(cast: Cast, visit: Visit) -> None:
    free = new_person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    carts.fill(free)
    client = visit(free)
    typed = {"name": "Targi", "line1": "ul. Targowa 5", "postcode": "6", "city": "Poznań", "phone": ""}
    form = form_of(client, free, address="elsewhere", **typed)
    refused = client.post(CHECKOUT, form)
    assert refused.status_code == 422
    page = text_of(refused)
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
        assert "Targi<br>60-734 Poznań" in text_of(visit(who).get(f"/{where}/{placed.order.number}/"))


def test_who_may_not_is_offered_no_other_address_and_cannot_send_one(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna)
    client = visit(cast.anna)
    assert 'name="line1"' not in text_of(client.get(CHECKOUT))
    typed = {"name": "X", "line1": "ul. Targowa 5", "postcode": "60-734", "city": "Poznań"}
    answer = client.post(CHECKOUT, form_of(client, cast.anna, address="elsewhere", **typed))
    assert answer.status_code == 422
    assert "delivery elsewhere needs a separate permission" in text_of(answer)
    assert not Placement.objects.exists()


def test_invoice_goes_to_the_organisation_and_its_address_for_invoices(cast: Cast, visit: Visit) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(invoice_email="faktury@acme.example")
    carts.fill(cast.anna)
    client = visit(cast.anna)
    says = ("NIP", cast.acme.nip, "ul. Prosta 18", "faktury@acme.example")
    for text in says:
        assert text in text_of(client.get(CHECKOUT)), text
    client.post(CHECKOUT, form_of(client, cast.anna))
    Organization.objects.filter(pk=cast.acme.pk).update(line1="ul. Nowa 2")
    number = Placement.objects.get().number
    mia = visit(cast.mia, superuser=True)
    pages = [text_of(client.get(f"/orders/{number}/")), text_of(mia.get(f"/dashboard/acceptance/{number}/"))]
    actions.accept(number, actor=cast.ben.actor, version=1)
    for page in (*pages, text_of(mia.get(f"/dashboard/orders/{number}/"))):
        for text in says:  # the address it was placed with
            assert text in page, text
        assert "ul. Nowa 2" not in page


def test_private_customer_is_shown_nobody_elses_invoice_address(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.paul)
    assert not re.search(r"\bNIP\b", text_of(visit(cast.paul).get(CHECKOUT)))
