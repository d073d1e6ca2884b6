"""G11: other code calls Oscar's `OrderCreator`. Without an organisation it does what Oscar does; a member's waits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from oscar.apps.checkout.surcharges import FlatCharge
from oscar.apps.order.signals import order_placed
from oscar.apps.shipping.methods import Free, NoShippingRequired
from oscar.core.loading import get_class
from oscar.core.prices import Price

from akcept.approvals.models import Case
from akcept.kernel.errors import Invalid, NotAllowed, NotFound
from akcept.ordering.models import Placement
from akcept.organizations.actions import switch_module
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person


def _basket(of: Person | None, *, sent: bool = True) -> Any:
    """Return somebody's basket (None: nobody's) with one product, priced as their pages price it."""
    owner = of or person("Nemo", "Nobody")
    record = carts.stock("G11" if sent else "DIGITAL")
    if not sent:
        record.product.product_class.requires_shipping = False
        record.product.product_class.save()
    basket = apps.get_model("basket.Basket").objects.get(pk=carts.fill(owner, records=[record]))
    if of is None:
        basket.owner = None
        basket.save()
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    return basket


def _place(basket: Any, **more: Any) -> Any:
    free = Price(currency="PLN", excl_tax=Decimal("0.00"), tax=Decimal("0.00"))
    total = Price(currency="PLN", excl_tax=Decimal("20.00"), tax=Decimal("4.60"))
    terms = {"shipping_method": Free(), "shipping_charge": free, **more}
    return get_class("order.utils", "OrderCreator")().place_order(basket=basket, total=total, **terms)


@pytest.fixture
def signalled() -> Iterator[list[str]]:
    seen: list[str] = []

    def receive(order: Any, **_kwargs: Any) -> None:
        seen.append(order.number)

    order_placed.connect(receive)
    yield seen
    order_placed.disconnect(receive)


@pytest.mark.parametrize("whose", ["own", "anothers", "nobodys"])
@pytest.mark.parametrize("buyer", ["user", "guest", "anonymous"])
def test_g11_without_an_organisation_oscar_places_it(cast: Cast, signalled: list[str], whose: str, buyer: str) -> None:
    user = {"user": cast.paul.user, "guest": None, "anonymous": AnonymousUser()}[buyer]
    owner = {"own": cast.paul, "anothers": person("Rita", "Private"), "nobodys": None}[whose]
    order = _place(_basket(owner), user=user, order_number="X-1", status="in_progress")
    assert (order.number, order.status, order.total_incl_tax) == ("X-1", "in_progress", Decimal("24.60"))
    assert (order.user, order.shipping_address) == (cast.paul.user if buyer == "user" else None, None)
    assert signalled == ["X-1"]
    assert not Placement.objects.exists()
    assert order.lines.get().stockrecord.num_allocated == 2


def test_g11_surcharges_of_a_private_order_are_kept(cast: Cast) -> None:
    five = Decimal("5.00")
    price = Price(currency="PLN", excl_tax=five, tax=Decimal("0.00"))
    charge = SimpleNamespace(surcharge=FlatCharge(excl_tax=five, incl_tax=five), price=price)
    order = _place(_basket(cast.paul), user=cast.paul.user, surcharges=[charge])
    assert [each.incl_tax for each in order.surcharges.all()] == [Decimal("5.00")]


@pytest.mark.parametrize("status", ["awaiting_acceptance", "rejected", "withdrawn", "expired"])
@pytest.mark.parametrize("who", ["paul", "anna"])
def test_g11_no_order_begins_where_only_acceptance_leads(cast: Cast, who: str, status: str) -> None:
    buyer = getattr(cast, who)
    with pytest.raises(ValueError, match=status):
        _place(_basket(buyer), user=buyer.user, status=status)


def test_g11_members_basket_without_a_user_is_the_members_order(cast: Cast, signalled: list[str]) -> None:
    method = SimpleNamespace(code=orders.COURIER)
    own = orders.address_of(cast.anna)
    where = SimpleNamespace(name=own.name, line1=own.line1, postcode=own.postcode, line4=own.city, country_id="PL")
    order = _place(_basket(cast.anna), user=None, shipping_method=method, shipping_address=where)
    assert (order.user, order.status) == (cast.anna.user, "awaiting_acceptance")
    assert Case.objects.filter(order=order).exists()
    assert signalled == []


@pytest.mark.parametrize("who", ["paul", "otto", "ben"])
def test_g11_members_basket_is_ordered_by_nobody_else(cast: Cast, who: str) -> None:
    """Neither by a private customer, nor from another organisation, nor by a colleague who could accept it."""
    basket = _basket(cast.anna)
    with pytest.raises((NotAllowed, NotFound)):
        _place(basket, user=getattr(cast, who).user, shipping_method=SimpleNamespace(code=orders.COURIER))
    assert not apps.get_model("order.Order").objects.exists()


@pytest.mark.parametrize("whose", ["anothers", "nobodys"])
def test_g11_member_orders_no_basket_but_their_own(cast: Cast, whose: str) -> None:
    basket = _basket(cast.paul if whose == "anothers" else None)
    with pytest.raises(NotFound, match="not yours"):
        _place(basket, user=cast.anna.user, shipping_method=SimpleNamespace(code=orders.COURIER))


def test_g11_members_digital_goods_need_no_address(cast: Cast) -> None:
    order = _place(_basket(cast.anna, sent=False), user=cast.anna.user, shipping_method=NoShippingRequired())
    assert (order.status, order.shipping_address) == ("awaiting_acceptance", None)


def test_g11_members_goods_that_are_sent_need_one(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _place(_basket(cast.anna), user=cast.anna.user, shipping_method=SimpleNamespace(code=orders.COURIER))
    assert refused.value.field == "address"


@pytest.mark.parametrize("who", ["paul", "anna"])
def test_g1_g11_an_order_stands_or_falls_with_the_callers_transaction(cast: Cast, who: str) -> None:
    """As under ATOMIC_REQUESTS, and where a shop books its own rows beside the order."""
    buyer = getattr(cast, who)
    basket = _basket(buyer, sent=False)

    class Refused(Exception):
        pass

    def act() -> None:
        with transaction.atomic():
            assert _place(basket, user=buyer.user, shipping_method=NoShippingRequired()).pk
            raise Refused

    with pytest.raises(Refused):
        act()
    assert not apps.get_model("order.Order").objects.exists()
    assert not Placement.objects.exists()
    assert apps.get_model("basket.Basket").objects.get(pk=basket.pk).status == "Open"


def test_g11_while_the_module_is_off_a_members_basket_is_like_any_other(cast: Cast) -> None:
    switch_module(enabled=False, actor=cast.mia.actor)
    order = _place(_basket(cast.anna), user=cast.paul.user)
    assert order.user == cast.paul.user
