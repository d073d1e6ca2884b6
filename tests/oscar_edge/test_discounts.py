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
from akcept.ordering.models import Placement, ShopTerms
from akcept.organizations.models import UnitAddress
from akcept.oscar_edge import quotes
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support import offers
from tests.support.visitors import hidden

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


def test_a_code_is_typed_in_the_basket_and_taken_out_again(cast: Cast, voucher: Any, visit: Visit) -> None:
    carts.fill(cast.anna, records=[carts.stock("V1", price="100.00")], quantity=1)
    anna = visit(cast.anna)

    def page() -> str:
        return str(anna.get("/basket/").content.decode().replace("\u00a0", " "))

    assert "PLN 100.00" in page()
    wrong = anna.post(reverse("basket:vouchers-add"), {"code": "SPRING"}, follow=True)
    assert "SPRING" in wrong.content.decode()
    anna.post(reverse("basket:vouchers-add"), {"code": "autumn"})
    assert "PLN 87.66" in page()
    assert "Remove voucher AUTUMN" in page()
    anna.post(reverse("basket:vouchers-remove", kwargs={"pk": voucher.pk}))
    assert "PLN 87.66" not in page()


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


# --- what was shown is what is released, whatever happened to the offer meanwhile ---


def _offer(**limits: Any) -> Any:
    """An offer without a voucher: 10 % off everything."""
    everything = _model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    return _model("offer.ConditionalOffer").objects.create(
        name="Ten",
        slug="ten",
        condition=_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=_model("offer.Benefit").objects.create(range=everything, type="Percentage", value=10),
        **limits,
    )


def _plain(person: Person) -> int:
    return carts.fill(person, records=[carts.stock("V1", price="100.00")], quantity=1)


def _sums(placed: Any) -> tuple[Decimal, Decimal, Decimal]:
    """Return the goods' net value, the line's gross one, and what the order notes as taken off."""
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    noted = sum(used.amount for used in _model("order.OrderDiscount").every.filter(order_id=placed.order_id))
    placement = Placement.objects.get(pk=placed.order_id)
    order = orders.order(placed)
    assert order.total_excl_tax - order.shipping_excl_tax == placement.goods_net == line.line_price_excl_tax
    return placement.goods_net, line.line_price_incl_tax, Decimal(noted)


def _end_voucher(voucher: Any) -> None:
    voucher.end_datetime = timezone.now() - timedelta(hours=1)
    voucher.save()


def _end_offer(voucher: Any) -> None:
    _model("offer.ConditionalOffer").objects.update(end_datetime=timezone.now() - timedelta(hours=1))


def _lower_benefit(voucher: Any) -> None:
    _model("offer.Benefit").objects.update(value=1)


def _delete_offer(voucher: Any) -> None:
    _model("offer.ConditionalOffer").objects.all().delete()


@pytest.mark.parametrize("meanwhile", [_end_voucher, _end_offer, _lower_benefit, _delete_offer])
def test_released_at_what_was_shown_whatever_became_of_the_offer(cast: Cast, voucher: Any, meanwhile: Any) -> None:
    placed = orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    shown = _sums(placed)
    meanwhile(voucher)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert (orders.order(placed).status, _sums(placed), shown[0]) == ("unhandled", shown, Decimal("87.66"))


@pytest.mark.parametrize("meanwhile", [_end_voucher, _end_offer, _lower_benefit, _delete_offer])
def test_changed_and_brought_up_to_date_what_was_taken_off_stays_in_proportion(
    cast: Cast, voucher: Any, meanwhile: Any
) -> None:
    ShopTerms.objects.create(pk=1, price_days=7)
    cart = carts.fill(cast.anna, records=[carts.stock("V1", price="100.00")], quantity=2)
    _model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
    placed = orders.place_cart(cast.anna, cart)
    before = _sums(placed)[0]
    meanwhile(voucher)
    line = _model("order.Line").objects.get(order_id=placed.order_id)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 1})
    assert _sums(placed)[0] == before / 2
    _model("partner.StockRecord").objects.update(price=Decimal("120.00"))
    later = timezone.now() + timedelta(days=8)
    with pytest.raises(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=2, now=later)
    assert _sums(placed)[0] == (before / 2 * Decimal("1.2")).quantize(Decimal("0.01"))
    actions.accept(placed.order_number, actor=cast.ben.actor, version=3, now=later)
    assert orders.order(placed).status == "unhandled"


def test_order_that_waits_uses_an_offer_up_and_gives_it_back_when_it_ends(cast: Cast) -> None:
    offer = _offer(max_global_applications=1)
    waiting = orders.place_cart(cast.anna, _plain(cast.anna))
    assert _sums(waiting)[0] == Decimal("90.00")
    other = orders.place_cart(cast.ewa, _plain(cast.ewa))
    assert _sums(other)[0] == Decimal("100.00")
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="no")
    offer.refresh_from_db()
    assert (offer.num_applications, offer.num_orders, offer.total_discount) == (0, 0, 0)
    again = orders.place_cart(cast.jan, _plain(cast.jan))
    assert _sums(again)[0] == Decimal("90.00")
    actions.accept(other.order_number, actor=cast.ben.actor, version=1)
    assert _sums(other)[0] == Decimal("100.00"), "what was shown, although the offer was free again for a while"


def test_offer_used_up_by_another_order_at_the_same_moment_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both prices were computed while the offer was free; the second order is not placed at a price it cannot have."""
    offer = _offer(max_global_applications=1)
    compute = quotes.quote_for

    def meanwhile(basket: Any, method: Any) -> Any:
        _model("offer.ConditionalOffer").objects.update(num_applications=1)
        return compute(basket, method)

    monkeypatch.setattr(quotes, "quote_for", meanwhile)
    with pytest.raises(Changed, match="Ten"):
        orders.place_cart(cast.anna, _plain(cast.anna))
    assert not Placement.objects.exists()
    offer.refresh_from_db()
    assert offer.total_discount == 0


def test_single_use_voucher_used_at_the_same_moment_is_refused(
    cast: Cast, voucher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = orders.place(cast.ben, records=[carts.stock("V2")])
    cart, compute = _cart(cast.anna, voucher), quotes.quote_for

    def meanwhile(basket: Any, method: Any) -> Any:
        _model("voucher.VoucherApplication").objects.create(voucher=voucher, order_id=first.order_id)
        return compute(basket, method)

    monkeypatch.setattr(quotes, "quote_for", meanwhile)
    with pytest.raises(Changed, match="AUTUMN"):
        orders.place_cart(cast.anna, cart)
    assert Placement.objects.count() == 1


def test_used_up_voucher_left_in_a_basket_is_in_nobody_s_way(cast: Cast, voucher: Any) -> None:
    cart = _cart(cast.ewa, voucher)
    orders.place_cart(cast.anna, _cart(cast.anna, voucher))
    placed = orders.place_cart(cast.ewa, cart)
    assert _sums(placed)[0] == Decimal("100.00")
    assert voucher.applications.count() == 1


def test_so_many_times_a_customer_counts_what_waits_and_not_what_was_rejected(cast: Cast) -> None:
    _offer(max_user_applications=1)
    waiting = orders.place_cart(cast.anna, _plain(cast.anna))
    second = orders.place_cart(cast.anna, _plain(cast.anna))
    assert [_sums(waiting)[0], _sums(second)[0]] == [Decimal("90.00"), Decimal("100.00")]
    colleague = orders.place_cart(cast.ewa, _plain(cast.ewa))
    assert _sums(colleague)[0] == Decimal("90.00")
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="no")
    third = orders.place_cart(cast.anna, _plain(cast.anna))
    assert _sums(third)[0] == Decimal("90.00")


def test_ended_voucher_is_told_at_the_checkout_before_anything_is_placed(
    cast: Cast, voucher: Any, visit: Visit
) -> None:
    _cart(cast.anna, voucher)
    anna = visit(cast.anna)
    page = anna.get("/checkout/").content.decode()
    _end_voucher(voucher)
    address = UnitAddress.objects.get(unit=cast.krakow, is_default=True).pk
    form = {"cart": hidden(page, "cart"), "seen": hidden(page, "seen"), "delivery": "courier", "payment": "transfer"}
    answer = anna.post("/checkout/", form | {"address": address})
    assert (answer.status_code, Placement.objects.count()) == (409, 0)
    assert "have changed since you opened this page" in answer.content.decode()


def test_a_voucher_that_was_never_counted_is_taken_out_as_any_other(cast: Cast, voucher: Any, visit: Visit) -> None:
    _cart(cast.anna, voucher)
    taken_out = visit(cast.anna).post(reverse("basket:vouchers-remove", kwargs={"pk": voucher.pk}))
    assert taken_out.status_code == 302
    voucher.refresh_from_db()
    assert voucher.num_basket_additions == 0
    assert not _model("basket.Basket").objects.filter(vouchers=voucher).exists()


@pytest.mark.postgres
def test_an_offer_used_two_thousand_million_times_still_lets_an_order_through(pg: Any, cast: Cast) -> None:
    """Oscar's column has 32 bits on PostgreSQL: what is above is not counted, and the order is placed."""
    offer = offers.percent("10")
    used = _model("offer.ConditionalOffer").objects.filter(pk=offer.pk)
    used.update(num_applications=2**31 - 2)
    for _time in range(2):
        orders.place(cast.ben, lines=3)
        assert used.get().num_applications == 2**31 - 1
