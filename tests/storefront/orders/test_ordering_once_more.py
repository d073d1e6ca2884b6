"""E19: an order that ended without acceptance is corrected and ordered once more; both stay and name each other."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from akcept.approvals.models import Case
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.organizations.models import Member, UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.visitors import hidden

AGAIN = "Correct and order again"


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _place(cast: Cast) -> Placed:
    records = [carts.stock("A", price="10.00"), carts.stock("B", price="25.00")]
    return orders.place(cast.anna, records=records, note="Na kwartał", po_number="PO-7")


@pytest.fixture
def rejected(cast: Cast) -> Placed:
    placed = _place(cast)
    actions.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="Za <drogo>")
    return placed


def _page(number: str) -> str:
    return f"/orders/{number}/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _main(answer: Any) -> str:
    return _text(answer).partition("<main")[2]


def _fill(client: Client, placed: Placed) -> Any:
    return client.post(f"/basket/order-again/{placed.order_number}/", follow=True)


def _basket_line(who: Person, sku: str) -> Any:
    lines = apps.get_model("basket.Line").objects.filter(basket__owner=who.user, basket__status="Open")
    return lines.get(stockrecord__partner_sku=sku)


def _order(client: Client, who: Person, **typed: str) -> str:
    """Order what is in the basket, as the checkout shows it; return the number."""
    assert who.member is not None
    page = _text(client.get("/checkout/"))
    note = page.partition('name="note"')[2].partition(">")[2].partition("</textarea>")[0].strip()
    form = {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": page.partition('name="po_number" value="')[2].partition('"')[0],
        "note": note,
        "address": str(UnitAddress.objects.get(unit=who.member.unit, is_default=True).pk),
    }
    answer = client.post("/checkout/", form | typed)
    assert answer.status_code == 302, _text(answer)
    return str(answer["Location"].rstrip("/").rpartition("/")[2])


def test_rejected_order_is_corrected_ordered_once_more_and_accepted(cast: Cast, rejected: Placed, visit: Visit) -> None:
    anna, ben, cora = (visit(who) for who in (cast.anna, cast.ben, cast.cora))
    before = _main(anna.get(_page(rejected.order_number)))
    assert AGAIN in before
    assert AGAIN not in _main(ben.get(_page(rejected.order_number)))
    basket = _main(_fill(anna, rejected))
    assert "rejected</a>" not in basket
    for told in (
        f'Instead of <a href="{_page(rejected.order_number)}">',
        "which Ben Nowak rejected",
        "Za &lt;drogo&gt;",
    ):
        assert told in basket, told
        assert told in _main(anna.get("/checkout/")), told
    line = _basket_line(cast.anna, "B")
    line.quantity = 1
    line.save()
    deliver()
    mail.outbox.clear()
    number = _order(anna, cast.anna)
    new, old = Placement.objects.get(number=number), Placement.objects.get(number=rejected.order_number)
    assert (new.instead_of_id, new.note, new.po_number) == (old.pk, "Na kwartał", "PO-7")
    assert (old.order.status, new.order.status) == ("rejected", "awaiting_acceptance")

    for reader in (ben, cora):
        page = _main(reader.get(_page(number)))
        for shown in (
            "which Ben Nowak rejected",
            "Za &lt;drogo&gt;",
            _page(old.number),
            "<del>2</del>",
            "<ins>1</ins>",
        ):
            assert shown in page, shown
        assert f"Compared with order {old.number}" in page
        assert f"placed the order, instead of order {old.number}" in page
    for reader in (anna, ben):
        page = _main(reader.get(_page(old.number)))
        assert f'Ordered again as <a href="{_page(number)}">order {number}</a>' in page
        assert f"ordered it again, as order {number}" in page
        assert "rejected the order" in page
        assert "Za &lt;drogo&gt;" in page
        assert f"{_page(old.number)}accept/" not in page
        assert AGAIN not in page, "it was done"

    deliver()
    asked = next(message for message in mail.outbox if message.to == ["cora@customer.example"])
    assert f"It takes the place of order {old.number}, which Ben Nowak rejected: “Za <drogo>”" in asked.body
    assert ben.post(f"{_page(number)}accept/", {"version": "1"}).status_code == 302
    old.order.refresh_from_db()
    assert (old.order.status, orders.order(rejected).status) == ("rejected", "rejected")
    assert [carts.stock(sku).num_allocated for sku in ("A", "B")] == [2, 1]


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_what_ended_otherwise_is_ordered_once_more_too(cast: Cast, visit: Visit, end: str) -> None:
    placed = _place(cast)
    if end == "withdrawn":
        actions.withdraw(placed.order_number, actor=cast.anna.actor, version=1)
    else:
        actions.expire(placed.order_number, actor=Actor.system("expiry"))
    anna = visit(cast.anna)
    assert f"which {'was withdrawn' if end == 'withdrawn' else 'expired without acceptance'}" in _main(
        _fill(anna, placed)
    )
    number = _order(anna, cast.anna)
    page = _main(visit(cast.ben).get(_page(number)))
    assert "Instead of" in page
    assert "Products, quantities and prices are the same." in page


@pytest.mark.parametrize("state", ["awaiting", "accepted"])
def test_order_that_did_not_end_so_is_ordered_again_without_a_link(cast: Cast, visit: Visit, state: str) -> None:
    placed = _place(cast)
    if state == "accepted":
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    anna = visit(cast.anna)
    assert "Instead of" not in _main(_fill(anna, placed))
    number = _order(anna, cast.anna)
    assert Placement.objects.get(number=number).instead_of_id is None
    assert not Entry.objects.filter(topic="order.ordered_again").exists()


def test_basket_that_holds_nothing_of_it_any_more_takes_nobodys_place(
    cast: Cast, rejected: Placed, visit: Visit
) -> None:
    anna = visit(cast.anna)
    _fill(anna, rejected)
    basket = apps.get_model("basket.Basket").objects.get(owner=cast.anna.user, status="Open")
    basket.lines.all().delete()
    record = carts.stock("C")
    basket.lines.create(
        line_reference="c", product=record.product, stockrecord=record, quantity=1, price_currency="PLN"
    )
    assert "Instead of" not in _main(anna.get("/checkout/"))
    assert Placement.objects.get(number=_order(anna, cast.anna)).instead_of_id is None


def test_who_may_not_see_the_former_order_is_told_nothing_of_it(cast: Cast, rejected: Placed, visit: Visit) -> None:
    anna = visit(cast.anna)
    _fill(anna, rejected)
    Member.objects.filter(pk=cast.anna.member.pk).update(unit=cast.tarnow)
    cast.anna.member.refresh_from_db()
    number = _order(anna, cast.anna)
    boss = visit(new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders"))
    page = _main(boss.get(_page(number)))
    assert f"{_page(number)}accept/" in page
    assert "Za &lt;drogo&gt;" not in page
    assert _page(rejected.order_number) not in page
    for stranger in (cast.otto, cast.jan):
        assert visit(stranger).get(_page(number)).status_code == 404
        assert "There is no such order" in _text(_fill(visit(stranger), rejected))
    assert "Za &lt;drogo&gt;" in _main(visit(cast.cora).get(_page(number))), "head office sees both"


def test_otto_gains_no_link_by_a_basket_that_claims_one(cast: Cast, rejected: Placed) -> None:
    record = carts.stock("A")
    cart = carts.fill(cast.otto, records=[record])
    apps.get_model("akcept_oscar_edge.BasketOrigin").objects.create(basket_id=cart, order_id=rejected.order_id)
    number = orders.place_cart(cast.otto, cart).order_number
    assert Placement.objects.get(number=number).instead_of_id is None
    assert not Entry.objects.filter(subject_id=rejected.order_number, topic="order.ordered_again").exists()


def test_shop_sees_which_takes_whose_place_and_not_why(cast: Cast, rejected: Placed, visit: Visit) -> None:
    anna, mia = visit(cast.anna), visit(cast.mia, superuser=True)
    _fill(anna, rejected)
    number = _order(anna, cast.anna)
    new, old = (_main(mia.get(f"/dashboard/acceptance/{each}/")) for each in (number, rejected.order_number))
    assert f'Instead of <a href="/dashboard/acceptance/{rejected.order_number}/">' in new
    assert f'<a href="/dashboard/acceptance/{number}/">order {number}</a>' in old
    assert "drogo" not in new + old


def test_mail_s_page_tells_it_too_in_polish(cast: Cast, rejected: Placed, visit: Visit) -> None:
    anna = visit(cast.anna)
    _fill(anna, rejected)
    number = _order(anna, cast.anna)
    deliver()
    body = next(message.body for message in mail.outbox[::-1] if message.to == ["ben@customer.example"])
    assert number in body
    assert "Za <drogo>" in body
    link = body.partition("/acceptance/by-mail/")[2].split()[0]
    page = _main(visit(language="pl").get(f"/acceptance/by-mail/{link}"))
    assert "Zamiast" in page
    assert "Za &lt;drogo&gt;" in page
    assert Case.objects.get(order__number=number).state == "awaiting"
