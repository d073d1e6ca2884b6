"""Delivery free from a value and a surcharge below one, as agreed: to the cent, with VAT, and kept with the order."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Addressed, Conditions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import Agreement
from akcept.kernel import price_sight
from akcept.kernel.errors import Changed, Invalid
from akcept.ordering import actions
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import WantedLine, order_book
from akcept.ordering.shop_terms import agreed_with
from akcept.organizations.queries import seat_of
from akcept.oscar_edge.agreed_words import terms_in_words
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.oracle import Carriage, bill
from tests.support.reductions import Item
from tests.support.statements import statements

#: What the shop asks for a courier, net.
COURIER = "19.00"


def _agree(cast: Cast, unit: Any, name: str = "Umowa", **said: Any) -> Agreement:
    wanted = AgreementInput(name=name, conditions=Conditions(**{key: Decimal(sum_) for key, sum_ in said.items()}))
    return agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk if unit is not None else None)


def _order(person: Person, net: str, *, quantity: int = 1, **wanted: Any) -> Any:
    record = carts.stock(f"T{net}", price=net)
    return actions.place_list(
        [WantedLine(code=record.partner_sku, quantity=quantity)],
        actor=person.actor,
        **{"delivery_code": orders.COURIER, "delivery_address": orders.address_of(person), **wanted},
    )


def _row(placed: Any) -> Any:
    return get_model("order", "Order").objects.get(number=placed.order_number)


def _sums(placed: Any) -> tuple[Decimal, ...]:
    row = _row(placed)
    return row.shipping_excl_tax, row.shipping_incl_tax, row.total_excl_tax, row.total_incl_tax


def _reckoned(net: str, carriage: Decimal, *, quantity: int = 1) -> tuple[Decimal, ...]:
    """Return what the oracle makes of it: delivery and total, net and gross."""
    found = bill([Item(net, 23, quantity)], [], Carriage(str(carriage)))
    return tuple(Decimal(each) / 100 for each in (*found.carriage, found.net, found.gross))


@pytest.mark.parametrize(
    ("net", "asked"),
    [
        ("0.01", "26.49"),
        ("99.99", "26.49"),
        ("100.00", COURIER),
        ("199.99", COURIER),
        ("200.00", "0.00"),
        ("600.00", "0.00"),
    ],
)
def test_an_order_costs_what_was_agreed_of_its_delivery_on_every_way_to_the_cent(
    cast: Cast, net: str, asked: str
) -> None:
    _agree(cast, cast.krakow, free_from="200", small_below="100", surcharge="7.49")
    expected = _reckoned(net, Decimal(asked))
    assert _sums(_order(cast.anna, net)) == expected
    cart = carts.fill(cast.anna, records=[carts.stock(f"T{net}", price=net)], quantity=1)
    assert _sums(orders.place_cart(cast.anna, cart, delivery_address=orders.ADDRESS)) == expected
    free = "0.00" if Decimal(net) >= 500 else COURIER
    assert _sums(_order(cast.jan, net)) == _reckoned(net, Decimal(free)), "another branch agreed nothing"
    assert _sums(_order(cast.otto, net)) == _reckoned(net, Decimal(free)), "nor did another organisation"


def test_a_surcharge_comes_on_what_is_free_and_on_what_is_fetched(cast: Cast) -> None:
    _agree(cast, cast.krakow, free_from="0", small_below="100", surcharge="7.49")
    assert _sums(_order(cast.anna, "50.00")) == _reckoned("50.00", Decimal("7.49"))
    fetched = _order(cast.anna, "50.00", delivery_code="pickup")
    assert _sums(fetched) == _reckoned("50.00", Decimal("7.49"))


def test_each_is_said_by_the_nearest_and_a_unit_may_have_none(cast: Cast) -> None:
    _agree(cast, None, "Wszyscy", free_from="1000", small_below="50", surcharge="5")
    _agree(cast, cast.head_office, "Acme", free_from="300")
    _agree(cast, cast.krakow, "Oddział", small_below="0", surcharge="0")
    anna, otto = agreed_with(cast.krakow.pk), agreed_with(cast.terminal.pk)
    assert (anna.free_from, anna.small_below, anna.surcharge) == (300, 0, 0)
    assert (otto.free_from, otto.small_below, otto.surcharge) == (1000, 50, 5)
    assert _sums(_order(cast.anna, "10.00"))[0] == Decimal(COURIER)
    assert _sums(_order(cast.otto, "10.00"))[0] == Decimal("24.00")


def test_an_order_keeps_what_was_agreed_when_it_is_changed_and_has_todays_when_its_prices_are(cast: Cast) -> None:
    row = _agree(cast, cast.krakow, free_from="200", small_below="100", surcharge="7.49")
    placed = _order(cast.anna, "60.00", quantity=2)
    agreements.change_agreement(row.pk, AgreementInput(name="Umowa"), actor=cast.mia.actor, version=1)
    assert _sums(placed) == _reckoned("60.00", Decimal(COURIER), quantity=2), "as it was placed"
    order = _row(placed)
    (line,) = order.lines.all()
    for quantity, asked in ((1, "26.49"), (2, COURIER), (4, "0.00")):
        quote = order_book().would_cost(order.pk, {line.pk: quantity})
        assert (quote.delivery_net, quote.total_gross) == (
            Decimal(asked),
            _reckoned("60.00", Decimal(asked), quantity=quantity)[3],
        )
    today = order_book().would_cost(order.pk, {line.pk: 1}, today=True)
    assert today.delivery_net == Decimal(COURIER), "nothing is agreed today"


def test_a_page_from_before_the_agreement_changed_places_nothing(cast: Cast, visit: Visit) -> None:
    """What was seen is what is ordered: a surcharge that was agreed meanwhile is shown first."""
    row = _agree(cast, cast.krakow, free_from="10")
    cart = carts.fill(cast.anna, records=[carts.stock("T1", price="50.00")], quantity=1)
    page = visit(cast.anna).get("/checkout/").content.decode()
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    said = Conditions(small_below=Decimal(100), surcharge=Decimal(5))
    wanted = AgreementInput(name="Umowa", conditions=said)
    agreements.change_agreement(row.pk, wanted, actor=cast.mia.actor, version=1)
    with pytest.raises(Changed):
        orders.place_cart(cast.anna, cart, delivery_address=orders.ADDRESS, seen=seen)
    assert not Placement.objects.exists()


def test_prices_brought_up_to_date_bring_delivery_as_agreed_today_and_keep_it(cast: Cast) -> None:
    row = _agree(cast, cast.krakow, free_from="10")
    placed = _order(cast.anna, "50.00")
    ShopTerms.objects.create(pk=1, price_days=7)
    said = Conditions(small_below=Decimal(100), surcharge=Decimal(5))
    wanted = AgreementInput(name="Umowa", conditions=said)
    agreements.change_agreement(row.pk, wanted, actor=cast.mia.actor, version=1)
    later = timezone.now() + timedelta(days=8)
    with pytest.raises(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1, now=later)
    assert _sums(placed) == _reckoned("50.00", Decimal("24.00"))
    (line,) = _row(placed).lines.all()
    assert order_book().would_cost(_row(placed).pk, {line.pk: 2}).delivery_net == Decimal(COURIER)


@pytest.mark.parametrize("lines", [1, 3])
def test_what_was_agreed_of_delivery_is_read_with_the_rest_whatever_the_lines(cast: Cast, lines: int) -> None:
    def placing() -> int:
        cart = carts.fill(cast.anna, lines=lines)
        return len(statements(lambda: orders.place_cart(cast.anna, cart, delivery_address=orders.ADDRESS)))

    _agree(cast, cast.krakow)
    placing()  # what is read once a process is read
    without = placing()
    _agree(cast, cast.krakow, "Dostawa", free_from="1", small_below="1000", surcharge="5")
    assert placing() == without


def test_other_systems_read_and_write_it(cast: Cast) -> None:
    sent = {
        **{"name": "Umowa", "unit_id": cast.krakow.pk, "pay_days": 14, "addressed": "unit"},
        **{"free_from": "200.00", "small_below": "100.00", "surcharge": "7.49"},
    }
    mia = system_of(cast.mia)
    made = mia.post("/customer-agreements", sent)
    assert made.status_code == 201, made.content
    one = mia.get(f"/customer-agreements/{made.json()['id']}").json()
    (own,) = system_of(cast.anna).get("/agreements").json()["items"]
    for told in (one, own):
        assert (told["pay_days"], told["addressed"]) == (14, "unit")
        assert [told[name]["amount"] for name in ("free_from", "small_below", "surcharge")] == [
            *("200.00", "100.00", "7.49")
        ]
    assert system_of(cast.jan).get("/agreements").json()["items"] == [], "of another branch"
    assert system_of(cast.otto).get("/agreements").json()["items"] == [], "of another organisation"
    refused = mia.post("/customer-agreements", {**sent, "name": "Druga", "surcharge": None})
    assert (refused.status_code, refused.json()["field"]) == (422, "surcharge")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"free_from": "-1"}, "free_from"),
        ({"free_from": "0.001"}, "free_from"),
        ({"small_below": "10"}, "surcharge"),
        ({"surcharge": "10"}, "small_below"),
        ({"small_below": "10", "surcharge": "NaN"}, "surcharge"),
        ({"small_below": "1e20", "surcharge": "1"}, "small_below"),
    ],
)
def test_what_cannot_be_agreed_of_delivery_is_refused_by_its_field(
    cast: Cast, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _agree(cast, cast.krakow, **said)
    assert refused.value.field == field


def test_who_buys_reads_the_terms_before_submitting_and_the_surcharge_after(cast: Cast, visit: Visit) -> None:
    """In the basket, in quick order and at the checkout; others read nothing of it, nor do those who see no prices."""
    _agree(cast, cast.krakow, free_from="200", small_below="100", surcharge="7.49")
    said = Conditions(addressed=Addressed.OWN, pay_days=14, order_from=Decimal(10))
    wanted = AgreementInput(name="Druga", conditions=said)
    agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
    words = (
        *("delivery is free of charge from PLN 200.00", "Below PLN 100.00", "a surcharge of PLN 7.49"),
        *("sent to the addresses of Oddział Kraków only", "within 14 days"),
    )
    for who in (cast.anna, cast.jan, cast.otto):
        carts.fill(who, records=[carts.stock("T1", price="50.00")], quantity=1)
        for path in ("/basket/", "/basket/quick-order/", "/checkout/"):
            page = visit(who).get(path).content.decode().replace("\xa0", " ")
            assert [word in page for word in words] == [who is cast.anna] * len(words), (who.name, path)
    placed = _order(cast.anna, "50.00")
    named = "Courier, with the small-order surcharge"
    for client, path in (
        (visit(cast.anna), f"/orders/{placed.order_number}/"),
        (visit(cast.ben), f"/orders/{placed.order_number}/"),
        (visit(cast.mia), f"/dashboard/acceptance/{placed.order_number}/"),
    ):
        assert named in client.get(path).content.decode(), path
    larger = _order(cast.anna, "150.00")
    assert named not in visit(cast.anna).get(f"/orders/{larger.order_number}/").content.decode()


def test_who_sees_no_prices_is_told_no_sums(cast: Cast) -> None:
    said = Conditions(
        **{name: Decimal(100) for name in ("free_from", "small_below", "surcharge", "order_from", "order_up_to")},
        pay_days=14,
    )
    seat = seat_of(cast.anna.actor)
    assert len(terms_in_words(said, seat)) == 5
    with price_sight.seen_by(lambda: False):
        assert terms_in_words(said, seat) == ["On account: to be paid within 14 days."]
    assert len(terms_in_words(said, None)) == 2, "of those who have no organisation only the charge is agreed"
