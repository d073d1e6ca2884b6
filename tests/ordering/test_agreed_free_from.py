"""An agreed value from which delivery is free stands in the place of the shop's own, also where it is higher."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from oscar.apps.shipping.methods import FixedPrice

from akcept.agreements import actions as agreements
from akcept.agreements.answers import Conditions
from akcept.agreements.inputs import AgreementInput
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.ports import order_book
from akcept.oscar_edge import figures
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.api.test_orders import address
from tests.conftest import Visit
from tests.ordering.test_agreed_carriage import COURIER, _agree, _order, _reckoned, _row, _sums
from tests.support import offers
from tests.support.api import order_of, system_of

#: From this net value on the shop's courier is free for everybody.
OF_SHOP = Decimal("500.00")


@pytest.mark.parametrize(
    ("net", "asked"), [("499.99", COURIER), ("500.00", COURIER), ("999.99", COURIER), ("1000.00", "0.00")]
)
def test_a_higher_value_than_the_shops_own_counts_on_every_way_to_the_cent(cast: Cast, net: str, asked: str) -> None:
    _agree(cast, cast.krakow, free_from="1000")
    expected = _reckoned(net, Decimal(asked))
    placed = _order(cast.anna, net)
    assert _sums(placed) == expected
    cart = carts.fill(cast.anna, records=[carts.stock(f"T{net}", price=net)], quantity=1)
    assert _sums(orders.place_cart(cast.anna, cart, delivery_address=orders.ADDRESS)) == expected
    free = "0.00" if Decimal(net) >= OF_SHOP else COURIER
    assert _sums(_order(cast.jan, net)) == _reckoned(net, Decimal(free)), "another branch agreed nothing"
    assert _sums(_order(cast.otto, net)) == _reckoned(net, Decimal(free)), "nor did another organisation"


def test_an_order_that_is_changed_keeps_it_when_nothing_is_agreed_any_more(cast: Cast) -> None:
    row = _agree(cast, cast.krakow, free_from="1000")
    placed = _order(cast.anna, "300.00", quantity=2)
    agreements.change_agreement(row.pk, AgreementInput(name="Umowa"), actor=cast.mia.actor, version=1)
    (line,) = _row(placed).lines.all()
    for quantity, asked in ((1, COURIER), (3, COURIER), (4, "0.00")):
        quote = order_book().would_cost(_row(placed).pk, {line.pk: quantity})
        assert quote.delivery_net == Decimal(asked), quantity
    today = order_book().would_cost(_row(placed).pk, {line.pk: 3}, today=True)
    assert today.delivery_net == 0, "the shop's own value counts today"


def test_an_offer_on_delivery_lowers_the_charge_that_the_shop_would_not_have_asked(cast: Cast) -> None:
    offers.delivery("Shipping percentage", "50")
    _agree(cast, cast.krakow, free_from="1000")
    assert _sums(_order(cast.anna, "600.00"))[0] == Decimal("9.50")
    assert _sums(_order(cast.jan, "600.00"))[0] == 0


def test_it_binds_orders_in_the_shops_currency_only(cast: Cast) -> None:
    said = Conditions(free_from=Decimal(1000))
    courier = SimpleNamespace(charging_always=lambda: "always")
    assert figures.without_own_free(courier, said, "PLN") == "always"
    assert figures.without_own_free(courier, said, "EUR") is courier
    assert figures.without_own_free(courier, Conditions(), "PLN") is courier


def test_methods_of_oscars_kind_lose_their_own_value_and_others_stay() -> None:
    said = Conditions(free_from=Decimal(1000))
    oscars = SimpleNamespace(free_shipping_threshold=Decimal(10))
    assert figures.without_own_free(oscars, said, "PLN").free_shipping_threshold is None
    assert oscars.free_shipping_threshold == 10, "it is the shop's for everybody"
    for method in (FixedPrice(Decimal(5)), SimpleNamespace(free_shipping_threshold=None)):
        assert figures.without_own_free(method, said, "PLN") is method


def test_the_checkout_tells_one_value_and_the_same_one_is_charged(cast: Cast, visit: Visit) -> None:
    _agree(cast, cast.krakow, free_from="1000")
    for who, told, others in ((cast.anna, "1,000.00", "500.00"), (cast.jan, "500.00", "1,000.00")):
        carts.fill(who, records=[carts.stock("T1", price="600.00")], quantity=1)
        page = visit(who).get("/checkout/").content.decode().replace("\xa0", " ")
        assert (f"from PLN {told}" in page, f"from PLN {others}" in page) == (True, False), who.name
        label = "Courier, PLN 19.00 net" if who is cast.anna else "Courier, free of charge"
        assert label in page, who.name


def test_a_system_is_told_and_charged_the_same(cast: Cast) -> None:
    _agree(cast, cast.krakow, free_from="1000")
    record = carts.stock("T1", price="600.00")
    sent = order_of(record.partner_sku, quantity=1, address_id=address(cast), dry_run=True)
    told = system_of(cast.anna).post("/orders", sent).json()
    assert told["delivery_net"]["amount"] == COURIER, told


# --- what was agreed of ways is kept, too ---


def _agree_ways(cast: Cast, *codes: str) -> Any:
    wanted = AgreementInput(name="Drogi", conditions=Conditions(delivers=codes, free_from=Decimal(1000)))
    return agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)


def _without(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    from shop.shipping.repository import Repository

    monkeypatch.setattr(Repository, "methods", tuple(m for m in Repository.methods if m.code not in codes))


def _offered(placed: Placed) -> list[str]:
    return [each.code for each in order_book().delivery_options(placed.order_id)]


def test_another_way_is_chosen_among_those_agreed_when_the_order_was_placed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _agree_ways(cast, "courier", "pickup")
    placed = _order(cast.anna, "10.00")
    agreements.change_agreement(row.pk, AgreementInput(name="Drogi"), actor=cast.mia.actor, version=1)
    _without(monkeypatch, "courier")
    assert _offered(placed) == ["pickup"]
    with pytest.raises(Exception, match="pickup") as refused:
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, delivery_code="pallet")
    assert getattr(refused.value, "field", "") == "delivery"
    _without(monkeypatch, "courier", "pickup")
    assert _offered(placed) == ["pallet"], "the shop has none of them any more"


def test_staff_see_what_was_agreed_of_an_orders_delivery_as_it_was_placed(cast: Cast, visit: Visit) -> None:
    said = Conditions(
        delivers=("courier", "pickup"), free_from=Decimal(1000), small_below=Decimal(100), surcharge=Decimal("7.49")
    )
    wanted = AgreementInput(name="Umowa", conditions=said)
    row = agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
    waits, at_work = _order(cast.anna, "50.00"), _order(cast.ben, "50.00")
    bare = _order(cast.otto, "50.00")
    agreements.change_agreement(row.pk, AgreementInput(name="Umowa"), actor=cast.mia.actor, version=1)
    words = (
        "Delivery free from, net: PLN 1,000.00",
        "Surcharge, net: PLN 7.49 below PLN 100.00",
        "Ways of delivery: Courier, Pick-up",
    )
    mia = visit(cast.mia, superuser=True)
    for placed, path in (
        (waits, f"/dashboard/acceptance/{waits.order_number}/"),
        (at_work, f"/dashboard/orders/{at_work.order_number}/"),
        (bare, f"/dashboard/acceptance/{bare.order_number}/"),
    ):
        page = mia.get(path).content.decode().replace("\xa0", " ")
        assert [word in page for word in words] == [placed is not bare] * len(words), path
