"""Placing: held or not, refused with whom to ask, stock and prices taken, a constant number of statements."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps

from akcept.approvals.models import Case
from akcept.journal.models import Delivery, Entry
from akcept.kernel.errors import (
    AlreadyPlaced,
    Changed,
    EmptyCart,
    Invalid,
    NobodyCanDecide,
    NotAllowed,
    NotFound,
    OutOfStock,
)
from akcept.ordering import actions, payments
from akcept.ordering.models import Placement
from akcept.organizations.actions import switch_module
from akcept.organizations.models import Member, Organization, UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from tests.support.statements import statements


def _topics(number: str) -> list[str]:
    return list(Entry.objects.filter(subject_id=number).order_by("id").values_list("topic", flat=True))


def test_member_who_may_only_place_waits_for_the_nearest_first(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    assert placed.held
    assert placed.approvers == ("Ben Nowak", "Cora Wiśniewska")
    assert orders.order(placed).status == "awaiting_acceptance"
    assert _topics(placed.order_number) == ["order.placed"]
    case = Case.objects.get(pk=placed.order_id)
    assert (case.unit_id, case.requester_id, case.state) == (cast.krakow.pk, cast.anna.member.pk, "awaiting")


@pytest.mark.parametrize("who", ["ben", "paul"])
def test_who_may_accept_and_who_has_no_organisation_goes_straight_to_the_shop(cast: Cast, who: str) -> None:
    placed = orders.place(getattr(cast, who))
    assert (placed.held, placed.approvers) == (False, ())
    assert orders.order(placed).status == "unhandled"
    assert _topics(placed.order_number) == ["order.placed", "order.released"]
    assert not Case.objects.exists()


def test_each_unit_asks_its_own_people(cast: Cast) -> None:
    assert orders.place(cast.jan).approvers == ("Cora Wiśniewska",)
    assert orders.place(cast.piotr).approvers == ("Ben Nowak", "Cora Wiśniewska")


def test_member_without_the_right_is_told_whom_to_ask_and_keeps_their_basket(cast: Cast) -> None:
    cart = carts.fill(cast.cora)
    with pytest.raises(NotAllowed, match="Dora Zielińska"):
        orders.place_cart(cast.cora, cart)
    assert apps.get_model("basket.Basket").objects.get(pk=cart).status == "Open"
    assert not Placement.objects.exists()


def test_order_nobody_could_accept_is_refused_before_it_exists(cast: Cast) -> None:
    Member.objects.filter(pk__in=[cast.ben.member.pk, cast.cora.member.pk]).update(accept_orders=False)
    with pytest.raises(NobodyCanDecide, match="Dora Zielińska"):
        orders.place(cast.anna)
    assert not Entry.objects.filter(topic="order.placed").exists()


@pytest.mark.parametrize("status", ["pending", "blocked"])
def test_organisation_that_is_not_active_orders_nothing(cast: Cast, status: str) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(status=status)
    for person in (cast.anna, cast.ben):
        with pytest.raises(NotAllowed, match="Acme"):
            orders.place(person)


def test_deactivated_member_is_no_private_customer(cast: Cast) -> None:
    Member.objects.filter(pk=cast.anna.member.pk).update(active=False)
    with pytest.raises(NotAllowed, match="has been deactivated"):
        orders.place(cast.anna)


def test_switched_off_module_holds_nothing_new(cast: Cast) -> None:
    waiting = orders.place(cast.anna)
    switch_module(enabled=False, actor=cast.mia.actor)
    assert not orders.place(cast.anna).held
    decided = actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert decided.state == "accepted"


def test_withheld_module_holds_nothing_and_lets_nobody_decide(cast: Cast, settings) -> None:
    waiting = orders.place(cast.anna)
    settings.AKCEPT_B2B_AVAILABLE = False
    assert not orders.place(cast.anna).held
    with pytest.raises(NotAllowed):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_prices_are_frozen_and_stock_is_allocated(cast: Cast) -> None:
    record = carts.stock("K1", price="19.99", number=10)
    placed = orders.place(cast.anna, records=[record], quantity=3)
    record.refresh_from_db()
    record.price = Decimal("99.00")
    record.save(update_fields=["price"])
    assert (record.num_allocated, record.num_in_stock) == (3, 10)
    line = orders.order(placed).lines.get()
    assert (line.unit_price_excl_tax, line.line_price_excl_tax) == (Decimal("19.99"), Decimal("59.97"))
    assert Placement.objects.get(pk=placed.order_id).goods_net == Decimal("59.97")


def test_more_than_there_is_names_the_product(cast: Cast) -> None:
    scarce = carts.stock("RARE", number=5)
    orders.place(cast.ewa, records=[scarce], quantity=4)
    with pytest.raises(OutOfStock, match="Produkt RARE"):
        orders.place(cast.anna, records=[scarce], quantity=2)
    scarce.refresh_from_db()
    assert scarce.num_allocated == 4


def test_basket_becomes_one_order(cast: Cast) -> None:
    cart = carts.fill(cast.anna)
    first = orders.place_cart(cast.anna, cart)
    with pytest.raises(AlreadyPlaced) as refused:
        orders.place_cart(cast.anna, cart)
    assert refused.value.order_number == first.order_number
    assert Placement.objects.count() == 1


@pytest.mark.parametrize("who", ["ben", "otto", "paul"])
def test_nobody_places_the_basket_of_somebody_else(cast: Cast, who: str) -> None:
    cart = carts.fill(cast.anna)
    with pytest.raises(NotFound):
        orders.place_cart(getattr(cast, who), cart)


def test_empty_basket_is_refused(cast: Cast) -> None:
    with pytest.raises(EmptyCart):
        orders.place(cast.anna, records=[])


def test_price_that_moved_since_the_page_was_shown_asks_again(cast: Cast) -> None:
    record = carts.stock("MOVES", price="10.00")
    cart = carts.fill(cast.anna, records=[record])
    with pytest.raises(Changed):
        orders.place_cart(cast.anna, cart, seen="what-the-page-showed")
    assert not Placement.objects.exists()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"note": "x" * (actions.NOTE_LIMIT + 1)}, "note"),
        ({"po_number": "x" * (actions.PO_NUMBER_LIMIT + 1)}, "po_number"),
        ({"payment_code": "barter"}, "payment"),
        ({"delivery_code": "pigeon"}, "delivery"),
    ],
)
def test_terms_that_cannot_be_taken_name_their_field(cast: Cast, terms: dict[str, str], field: str) -> None:
    cart = carts.fill(cast.anna)
    with pytest.raises(Invalid) as refused:
        orders.place_cart(cast.anna, cart, **terms)
    assert refused.value.field == field


def test_deferred_payment_is_for_organisations(cast: Cast) -> None:
    assert orders.place_cart(cast.anna, carts.fill(cast.anna), payment_code=payments.ON_ACCOUNT).held
    with pytest.raises(Invalid):
        orders.place_cart(cast.paul, carts.fill(cast.paul), payment_code=payments.ON_ACCOUNT)


def test_placing_takes_the_same_statements_for_one_five_and_three_hundred_lines(cast: Cast) -> None:
    orders.place(cast.anna, lines=1)  # country, site and content types are read once a process
    carts_of = {lines: carts.fill(cast.anna, lines=lines) for lines in (1, 5, 300)}
    place = partial(orders.place_cart, cast.anna, delivery_address=UnitAddress.objects.get(unit=cast.krakow).pk)
    counts = {lines: len(statements(partial(place, cart))) for lines, cart in carts_of.items()}
    assert counts == dict.fromkeys((1, 5, 300), 26)


def test_deliveries_are_queued_with_the_order(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    entry = Entry.objects.get(subject_id=placed.order_number)
    queued = set(Delivery.objects.filter(entry=entry).values_list("subscriber", flat=True))
    assert {"mail.acceptance_asked", "mail.order_received"} <= queued
    assert "oscar.order_placed" not in queued


@pytest.mark.parametrize(
    "changes", [{"line1": "ul. Obca 1"}, {"name": "Ktoś inny"}, {"city": "Gdańsk"}, {"postcode": "00-001"}]
)
def test_goods_go_to_the_units_addresses_unless_somebody_may_send_them_anywhere(
    cast: Cast, changes: dict[str, str]
) -> None:
    elsewhere = replace(orders.address_of(cast.anna), **changes)
    with pytest.raises(Invalid, match="delivery addresses of Oddział Kraków") as refused:
        orders.place(cast.anna, delivery_address=elsewhere)
    assert refused.value.field == "address"
    free = new_person("Filip", "Free", seat=cast.krakow, rights="place_orders use_free_address")
    assert orders.place(free, delivery_address=elsewhere).held
    assert not orders.place(cast.paul, delivery_address=elsewhere).held


def test_address_of_another_unit_is_none_of_mine(cast: Cast) -> None:
    with pytest.raises(Invalid):
        orders.place(cast.anna, delivery_address=orders.address_of(cast.jan))


def test_note_is_kept_where_somebody_may_be_asked_to_read_it(cast: Cast) -> None:
    held = orders.place_cart(cast.anna, carts.fill(cast.anna), note="Please")
    private = orders.place_cart(cast.paul, carts.fill(cast.paul), note="Please")
    notes = dict(Placement.objects.values_list("number", "note"))
    assert (notes[held.order_number], notes[private.order_number]) == ("Please", "")


def test_address_of_the_unit_is_named_by_its_id(cast: Cast) -> None:
    second = UnitAddress.objects.create(
        unit=cast.krakow, recipient="Acme, rampa B", line1="ul. Rampowa 2", postcode="30-002", city="Kraków", phone="7"
    )
    row = orders.order(orders.place(cast.anna, delivery_address=second.pk)).shipping_address
    assert (row.name, row.line1, row.postcode, row.line4, row.phone_number) == (
        "Acme, rampa B", "ul. Rampowa 2", "30-002", "Kraków", "7",
    )  # fmt: skip


@pytest.mark.parametrize("rights", ["place_orders", "place_orders use_free_address"])
def test_id_of_another_units_address_is_not_taken(cast: Cast, rights: str) -> None:
    buyer = new_person("Filip", "Free", seat=cast.krakow, rights=rights)
    for unit in (cast.head_office, cast.skawina, cast.tarnow, cast.terminal):
        foreign = UnitAddress.objects.get(unit=unit).pk
        with pytest.raises(Invalid, match="a delivery address of Oddział Kraków") as refused:
            orders.place(buyer, delivery_address=foreign)
        assert refused.value.field == "address"
    with pytest.raises(Invalid, match="Type the delivery address"):
        orders.place(cast.paul, delivery_address=UnitAddress.objects.get(unit=cast.krakow).pk)
    assert not Placement.objects.exists()


def test_invoice_goes_to_the_organisation_unless_another_address_is_given(cast: Cast) -> None:
    """As it is in the transaction: nobody is invoiced to an address that was changed with the page open."""
    Organization.objects.filter(pk=cast.acme.pk).update(line1="ul. Nowa 2")
    given = replace(orders.ADDRESS, name="Acme, księgowość", line1="ul. Inna 3")
    own, other, private = (
        orders.order(placed).billing_address
        for placed in (
            orders.place(cast.anna),
            orders.place(cast.anna, invoice_address=given),
            orders.place(cast.paul),
        )
    )
    assert (own.name, own.line1, own.postcode, own.line4) == ("Acme", "ul. Nowa 2", "00-850", "Warszawa")
    assert (other.name, other.line1) == ("Acme, księgowość", "ul. Inna 3")
    assert private is None


def test_country_the_shop_does_not_know_is_refused_by_name(cast: Cast) -> None:
    with pytest.raises(Invalid, match="XY") as refused:
        orders.place(cast.paul, delivery_address=replace(orders.ADDRESS, country="XY"))
    assert refused.value.field == "address"
