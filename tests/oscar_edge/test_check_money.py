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


def _run(*options: str) -> tuple[str, str]:
    """Return what the command lists, and what it ends with."""
    out = StringIO()
    try:
        call_command("check_money", *options, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


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
    assert _run() == ("All orders add up, 0 were mended.\n", "")


def test_a1_the_rate_is_told_by_the_figures_and_kept(cheap: Any) -> None:
    _from_before(cheap)
    listed, ended = _run()
    assert (cheap.order_number in listed, "figures tell" in listed, "1 orders" in ended) == (True, True, True)
    assert _run("--mend")[1] == ""
    assert [(row.rate, row.vat) for row in order_reader().document(cheap.order_id).vat] == [
        (Decimal("0.23"), Decimal("50.37"))
    ]
    assert _run() == ("All orders add up, 0 were mended.\n", "")


def test_a1b_a_waiting_order_changed_under_a_guessed_rate_is_computed_anew(cast: Cast, guessed: Any) -> None:
    listed, ended = _run()
    assert ("180.00 gross, by its terms 180.00 and 221.40" in listed, bool(ended)) == (True, True)
    assert _run("--mend")[1] == ""
    order, placement = orders.order(guessed), Placement.objects.get(pk=guessed.order_id)
    assert (str(order.total_incl_tax), str(placement.total_gross)) == ("244.77", "244.77")
    booked = LedgerRow.objects.filter(order_id=guessed.order_id).values_list("amount", flat=True)
    assert sum(booked) == Decimal("-244.77")
    assert _run() == ("All orders add up, 0 were mended.\n", "")
    actions.accept(guessed.order_number, actor=cast.ben.actor, version=3)
    assert str(orders.order(guessed).total_incl_tax) == "244.77"


def test_a1b_what_was_released_is_listed_and_stays_as_it_was_billed(cast: Cast, guessed: Any) -> None:
    actions.accept(guessed.order_number, actor=cast.ben.actor, version=2)
    listed, ended = _run("--mend")
    assert (guessed.order_number in listed, "mended" in listed, "1 orders" in ended) == (True, False, True)
    assert str(orders.order(guessed).total_incl_tax) == "203.37"
    assert not PriceFacts.objects.exists()


def test_a1_where_nobody_can_tell_the_rate_nothing_is_guessed(cast: Cast) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("S", price="0.02")], quantity=1)
    _from_before(placed)
    _lines(placed).update(product=None)
    listed, ended = _run("--mend")
    assert ("nobody can tell" in listed, "1 orders" in ended) == (True, True)
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
    assert "before discounts 100.00 gross, right is 123.00" in _run()[0]
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
