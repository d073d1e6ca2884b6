"""Vouchers: what the requester saw is what is frozen; a rejection gives the use back; nothing held is added up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from akcept.kernel.errors import Changed, Refused
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit

SAVED = Decimal("12.34")


def _model(label: str) -> Any:
    return apps.get_model(label)


@pytest.fixture
def voucher(db: None) -> Any:
    """A voucher that takes 12.34 off, once."""
    everything = _model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    offer = _model("offer.ConditionalOffer").objects.create(
        name="Autumn",
        slug="autumn",
        offer_type="Voucher",
        condition=_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=_model("offer.Benefit").objects.create(range=everything, type="Absolute", value=SAVED),
    )
    now = timezone.now()
    made = _model("voucher.Voucher").objects.create(
        name="Autumn",
        code="AUTUMN",
        usage="Single use",
        start_datetime=now - timedelta(days=1),
        end_datetime=now + timedelta(days=1),
    )
    made.offers.add(offer)
    return made


def _cart(person: Person, voucher: Any) -> int:
    cart = carts.fill(person, records=[carts.stock("V1", price="100.00")], quantity=1)
    _model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    return cart


def test_what_was_shown_is_frozen_and_stays_when_the_voucher_ends(cast: Cast, voucher: Any) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    voucher.delete()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    order = orders.order(placed)
    assert Placement.objects.get(pk=placed.order_id).goods_net == Decimal("87.66")
    assert order.lines.get().line_price_excl_tax == Decimal("87.66")
    assert order.total_excl_tax == Decimal("87.66") + order.shipping_excl_tax


def test_rejecting_gives_a_single_use_voucher_back(cast: Cast, voucher: Any) -> None:
    first = orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.applications.count()) == (1, 1)
    actions.reject(first.order_number, actor=cast.ben.actor, version=1, reason="no")
    voucher.refresh_from_db()
    offer = voucher.offers.get()
    assert (voucher.num_orders, voucher.applications.count(), voucher.total_discount) == (0, 0, 0)
    assert (offer.num_orders, offer.num_applications, offer.total_discount) == (0, 0, 0)
    second = orders.place_cart(cast.ewa, _cart(cast.ewa, voucher))
    assert Placement.objects.get(pk=second.order_id).goods_net == Decimal("87.66")


def test_voucher_used_up_meanwhile_is_told_before_anything_is_ordered(cast: Cast, voucher: Any) -> None:
    cart = _cart(cast.ewa, voucher)
    orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    with pytest.raises((Changed, Refused)):
        orders.place_cart(cast.ewa, cart, seen="with-the-voucher")
    assert Placement.objects.count() == 1


def test_pages_about_offers_and_vouchers_add_up_accepted_orders_only(cast: Cast, voucher: Any, visit: Visit) -> None:
    client = visit(cast.mia, superuser=True)
    placed = orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    pages = [
        reverse("dashboard:voucher-stats", args=[voucher.pk]),
        reverse("dashboard:offer-detail", args=[voucher.offers.get().pk]),
    ]
    assert [placed.order_number in client.get(page).content.decode() for page in pages] == [False, False]
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert [placed.order_number in client.get(page).content.decode() for page in pages] == [True, True]
