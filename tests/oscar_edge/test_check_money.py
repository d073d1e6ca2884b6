"""What is in databases already (A1, A1b, A5): listed, and mended where there is no doubt."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from akcept.budgets.models import LedgerRow
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.ordering.ports import order_reader
from akcept.oscar_edge.models import PriceFacts
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from tests.support import offers


def _lines(placed: Any) -> Any:
    return apps.get_model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk")


def _run(*options: str, language: str = "en") -> tuple[str, str]:
    """Return what the command lists, and what it ends with."""
    out = StringIO()
    try:
        call_command("check_money", *options, "--language", language, stdout=out)
    except CommandError as error:
        return _plain(out.getvalue()), _plain(str(error))
    return _plain(out.getvalue()), ""


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


FINE = ("All orders, offers and vouchers add up.\n", "")


def _from_before(placed: Any) -> None:
    """Let an order be one from before terms were kept."""
    PriceFacts.objects.filter(line__order_id=placed.order_id).delete()
    PriceFacts.objects.filter(order_id=placed.order_id).delete()


@pytest.fixture
def cheap(cast: Cast) -> Any:
    """10,000 pieces at 0.02, on a budget."""
    budgets.make(cast.krakow, "1000.00", basis="total_gross")
    return orders.place(cast.anna, records=[carts.stock("S", price="0.02", number=20_000)], quantity=10_000)


@pytest.fixture
def guessed(cast: Cast, cheap: Any) -> Any:
    """Changed to 9,000 under a guessed rate: 203.37 where 244.77 is right."""
    line = _lines(cheap).get()
    actions.resubmit(cheap.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 9_000})
    _from_before(cheap)
    _lines(cheap).update(line_price_incl_tax="180.00", line_price_before_discounts_incl_tax="180.00")
    apps.get_model("order.Order").objects.filter(pk=cheap.order_id).update(total_incl_tax="203.37")
    Placement.objects.filter(pk=cheap.order_id).update(goods_gross="180.00", total_gross="203.37")
    return cheap


def test_orders_that_add_up_are_not_listed(cheap: Any) -> None:
    assert _run() == FINE


def test_a1_the_rate_is_told_by_the_figures_and_kept(cheap: Any) -> None:
    _from_before(cheap)
    listed, ended = _run()
    assert (cheap.order_number in listed, "figures tell" in listed, "1 order does not add up." in ended) == (
        True,
        True,
        True,
    )
    assert _run("--mend")[1] == ""
    assert [(row.rate, row.vat) for row in order_reader().document(cheap.order_id).vat] == [
        (Decimal("0.23"), Decimal("50.37"))
    ]
    assert _run() == FINE


def test_a1b_a_waiting_order_changed_under_a_guessed_rate_is_computed_anew(cast: Cast, guessed: Any) -> None:
    listed, ended = _run()
    assert (
        "180.00 net and PLN 180.00 gross, by what it was priced by 180.00 net and PLN 221.40 gross" in listed,
        bool(ended),
    ) == (True, True)
    assert _run("--mend")[1] == ""
    order, placement = orders.order(guessed), Placement.objects.get(pk=guessed.order_id)
    assert (str(order.total_incl_tax), str(placement.total_gross)) == ("244.77", "244.77")
    booked = LedgerRow.objects.filter(order_id=guessed.order_id).values_list("amount", flat=True)
    assert sum(booked) == Decimal("-244.77")
    assert _run() == FINE
    actions.accept(guessed.order_number, actor=cast.ben.actor, version=3)
    assert str(orders.order(guessed).total_incl_tax) == "244.77"


def test_a1b_what_was_released_is_listed_and_stays_as_it_was_billed(cast: Cast, guessed: Any) -> None:
    actions.accept(guessed.order_number, actor=cast.ben.actor, version=2)
    listed, ended = _run("--mend")
    assert (guessed.order_number in listed, "put right" in listed, "1 order does not add up." in ended) == (
        True,
        False,
        True,
    )
    assert str(orders.order(guessed).total_incl_tax) == "203.37"
    assert not PriceFacts.objects.exists()


def test_a1_where_nobody_can_tell_the_rate_nothing_is_guessed(cast: Cast) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("S", price="0.02")], quantity=1)
    _from_before(placed)
    _lines(placed).update(product=None)
    listed, ended = _run("--mend")
    assert ("nobody can tell" in listed, "1 order does not add up." in ended) == (True, True)
    document = order_reader().document(placed.order_id)
    assert document.lines[0].vat_rate is None
    assert str(document.total_gross) == "23.39"
    line = _lines(placed).get()
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 1}, note="same")
    assert str(orders.order(placed).total_incl_tax) == "23.39"


def test_a5_values_before_discounts_are_put_right(cast: Cast) -> None:
    offers.percent("100")
    placed = orders.place(cast.anna, records=[carts.stock("S", price="100.00")], quantity=1)
    _lines(placed).update(line_price_before_discounts_incl_tax="100.00")
    assert "before discounts 100.00 net and PLN 100.00 gross, right is 100.00 net and PLN 123.00 gross" in _run()[0]
    assert _run("--mend")[1] == ""
    assert str(_lines(placed).get().line_price_before_discounts_incl_tax) == "123.00"


def test_a1_the_migration_keeps_what_is_certain_and_leaves_the_rest(cast: Cast, cheap: Any) -> None:
    other = orders.place(cast.anna, records=[carts.stock("T", price="0.02")], quantity=1)
    dear = orders.place(cast.anna, records=[carts.stock("U", price="10.00", rate=8)], quantity=3)
    for placed in (cheap, other, dear):
        _from_before(placed)
    migration = import_module("akcept.oscar_edge.migrations.0004_price_facts_from_before")
    migration.keep_what_is_certain(apps, None)
    rates = PriceFacts.objects.filter(line__isnull=False).values_list("line__order_id", "rate")
    assert dict(rates) == {cheap.order_id: Decimal("0.23"), dear.order_id: Decimal("0.08")}
    assert PriceFacts.objects.filter(order__isnull=False).count() == 2


# --- A4: what offers and vouchers have given, of which Oscar keeps no currency ---


@pytest.fixture
def reduced(cast: Cast) -> tuple[Any, Any]:
    """10 % off 100.00 in zloty and off 2 x 50.00 in euro: 10.00 given in the shop's currency, two orders."""
    offer = offers.percent("10", voucher=True)
    voucher = offers.voucher(offer, code="TEN")
    euro = carts.stock("E", price="50.00")
    euro.price_currency = "EUR"
    euro.save()
    for record, pieces in ((carts.stock("Z", price="100.00"), 1), (euro, 2)):
        cart = carts.fill(cast.anna, records=[record], quantity=pieces)
        apps.get_model("basket.Basket").objects.get(pk=cart).vouchers.add(voucher)
        orders.place_cart(cast.anna, cart)
    return offer, voucher


def _as_oscar_added(offer: Any, voucher: Any) -> None:
    """As before sums were kept apart: euro added to zloty."""
    for row in (offer, voucher):
        type(row).objects.filter(pk=row.pk).update(total_discount="20.00")


def _deleted(currency: str) -> None:
    """Let be gone what an order takes with it when it is deleted."""
    apps.get_model("order.OrderDiscount").every.filter(order__currency=currency).delete()
    apps.get_model("voucher.VoucherApplication").objects.filter(order__currency=currency).delete()


def _given(row: Any) -> tuple[str, int]:
    row.refresh_from_db()
    return str(row.total_discount), row.num_orders


def test_a4_offers_and_vouchers_that_count_as_their_orders_say_are_not_listed(reduced: tuple[Any, Any]) -> None:
    assert _run() == FINE
    assert [_given(row) for row in reduced] == [("10.00", 2), ("10.00", 2)]


def test_a4_euro_added_to_zloty_are_taken_out_of_what_an_offer_has_given(reduced: tuple[Any, Any]) -> None:
    offer, voucher = reduced
    _as_oscar_added(offer, voucher)
    listed, ended = _run()
    assert f"“{offer.name}” has given PLN 20.00 (orders: 2), by its orders PLN 10.00 (orders: 2)\n" in listed
    assert "“TEN” has given PLN 20.00 (orders: 2), by its orders PLN 10.00 (orders: 2)\n" in listed
    assert ended == "2 offers or vouchers have counted wrongly. --mend puts right what is beyond doubt."
    said = _run("--mend")
    assert (said[0].count("– put right"), said[1]) == (2, "")
    assert [_given(row) for row in reduced] == [("10.00", 2), ("10.00", 2)]
    assert _run() == FINE


def test_a4_an_order_that_ended_unaccepted_gave_nothing(cast: Cast, reduced: tuple[Any, Any]) -> None:
    """Its euro were added when it was placed, and by a later version not taken off when it ended."""
    euro = apps.get_model("order.Order").objects.get(currency="EUR")
    actions.reject(str(euro.number), actor=cast.ben.actor, version=1, reason="no")
    assert _run() == FINE
    _as_oscar_added(*reduced)
    _run("--mend")
    assert [_given(row) for row in reduced] == [("10.00", 1), ("10.00", 1)]


def test_a4_fewer_orders_than_an_offer_lowered_are_counted_anew(reduced: tuple[Any, Any]) -> None:
    offer, _voucher = reduced
    type(offer).objects.filter(pk=offer.pk).update(num_orders=1, num_applications=1, total_discount="0.00")
    assert "(orders: 1), by its orders PLN 10.00 (orders: 2)" in _run()[0]
    assert _run("--mend")[1] == ""
    offer.refresh_from_db()
    assert (_given(offer), offer.num_applications) == (("10.00", 2), 2)


def test_a4_where_orders_are_deleted_nobody_can_tell_and_it_stays(reduced: tuple[Any, Any]) -> None:
    """Deleted orders gave something too: without euro that is no trouble, with euro it is listed and left."""
    offer, _voucher = reduced
    _deleted("PLN")
    listed, ended = _run("--mend")
    assert "has given PLN 10.00, which may have €10.00 in it; orders that it counted are deleted" in listed
    assert ended == "2 offers or vouchers have counted wrongly."
    assert _given(offer) == ("10.00", 2)
    _deleted("EUR")
    assert _run() == FINE


# --- said in the operator's language, one thing as one ---


def test_one_is_one_and_several_are_several_in_both_languages(cast: Cast, cheap: Any) -> None:
    others = [orders.place(cast.anna, records=[carts.stock("U", price="10.00")], quantity=1) for _n in range(2)]
    _from_before(cheap)
    assert _run()[1] == "1 order does not add up. --mend puts right what is beyond doubt."
    assert _run(language="pl")[1] == "1 zamówienie się nie zgadza. --mend poprawia to, co nie budzi wątpliwości."
    for placed in others:
        _from_before(placed)
    assert _run()[1].startswith("3 orders do not add up.")
    listed, ended = _run(language="pl")
    assert "stawki VAT nie są zapisane przy pozycjach" in listed
    assert ended.startswith("3 zamówienia się nie zgadzają.")
    assert _run("--mend", language="pl") == (
        listed.replace("\n", " – poprawiono\n")
        + "Wszystkie zamówienia, oferty i vouchery się zgadzają. Poprawiono: 3.\n",
        "",
    )


def test_the_shop_s_language_is_the_operator_s_unless_they_name_one(cheap: Any) -> None:
    out = StringIO()
    call_command("check_money", stdout=out)
    assert out.getvalue() == "Wszystkie zamówienia, oferty i vouchery się zgadzają.\n"
